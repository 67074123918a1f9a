/** The servers that are compared, and how each is started. */

import { startPermissions } from "../support/server.ts";
import { temporaryFolder } from "../support/temporary.ts";
import type { Cell, Scenario } from "./cells.ts";
import { PEERS, type Tools } from "./tools.ts";

/** A command, and its data, to be removed afterwards. */
export interface Start {
  program: string;
  args: readonly string[];
  cwd: URL;
  data?: Disposable;
}

export interface Server {
  name: string;
  /** How it is called in tables and charts. */
  title: string;
  /** What the load speaks with it: a name in `load/dialect.c`. */
  dialect: "plain" | "socket.io" | "parlor";
  /** Whether it keeps rooms apart. */
  rooms: boolean;
  /** Is measured; the others are what it is compared with. */
  own: boolean;
  /** The only cells in which it takes part; all where it is absent. */
  scenarios?: readonly Scenario[];
  start(tools: Tools): Start;
}

/** Whether a cell can be run on a server and says something there. */
export function takesPart({ rooms, scenarios }: Server, cell: Cell): boolean {
  return (rooms || !cell.separateRooms) && (scenarios?.includes(cell.scenario) ?? true);
}

const ROOT = new URL("../../", import.meta.url);

function parlor(data: string, limits: readonly string[] = ["--limit=all=0"]): Start {
  return {
    program: Deno.execPath(),
    args: [
      "run",
      ...startPermissions(),
      "main.ts",
      "--host=127.0.0.1",
      "--port=0",
      ...limits,
      `--data=${data}`,
    ],
    cwd: ROOT,
  };
}

/** Parlor with a log of its own that lasts as long as the run; without limits where none are given. */
export function durableParlor(limits?: readonly string[]): Start {
  const data = temporaryFolder();
  return { ...parlor(data.path, limits), data };
}

export const SERVERS: readonly Server[] = [
  {
    name: "parlor",
    title: "Parlor, durable log",
    dialect: "parlor",
    rooms: true,
    own: true,
    start: () => durableParlor(),
  },
  {
    name: "parlor-memory",
    title: "Parlor, in memory",
    dialect: "parlor",
    rooms: true,
    own: true,
    start: () => parlor(":memory:"),
  },
  {
    name: "parlor-plain",
    title: "Parlor, plain sockets",
    // The very client that the other servers get: only the upgrade, no greeting and no joining.
    dialect: "plain",
    rooms: true,
    own: true,
    scenarios: ["accept_rate"],
    start: () => durableParlor(),
  },
  {
    name: "bun",
    title: "Bun native publish",
    dialect: "plain",
    rooms: true,
    own: false,
    start: ({ bun }) => ({ program: bun, args: ["bun_publish.js"], cwd: PEERS }),
  },
  {
    name: "deno",
    title: "Deno naive loop",
    dialect: "plain",
    rooms: false,
    own: false,
    start: () => ({
      program: Deno.execPath(),
      args: ["run", "--no-config", "--allow-net", "deno_loop.ts"],
      cwd: PEERS,
    }),
  },
  {
    name: "deno-floor",
    title: "Deno, the same dialogue",
    dialect: "parlor",
    rooms: false,
    own: false,
    scenarios: ["idle_memory", "accept_rate"],
    start: () => ({
      program: Deno.execPath(),
      // What Parlor runs with, as it is a fifth of the cost.
      args: ["run", "--unstable-no-legacy-abort", "--no-config", "--allow-net", "deno_floor.ts"],
      cwd: PEERS,
    }),
  },
  {
    name: "ws",
    title: "ws broadcast, Node",
    dialect: "plain",
    rooms: false,
    own: false,
    start: ({ node }) => ({ program: node, args: ["ws_broadcast.cjs"], cwd: PEERS }),
  },
  {
    name: "socket.io",
    title: "Socket.IO, Node",
    dialect: "socket.io",
    rooms: true,
    own: false,
    start: ({ node }) => ({ program: node, args: ["socket_io.cjs"], cwd: PEERS }),
  },
];
