/** A server on its core, its clients on the other, and what a round under load shows. */

import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { within } from "../support/deadline.ts";
import type { Cell, RoomLoad } from "./cells.ts";
import type { Cores } from "./machine.ts";
import type { Server, Start } from "./servers.ts";
import type { LoadTools, Tools } from "./tools.ts";

/** What one room's readers saw. Times in microseconds, from a send to its last receipt. */
export interface RoomMeasure {
  messages: number;
  /** One message seen by one reader is one. */
  deliveries: number;
  p50: number;
  p99: number;
  longest: number;
}

/** What `load/main.c` prints of a round. Seconds of wall clock and of CPU, resident kB. */
export interface Measure {
  connections: number;
  connectSeconds: number;
  connectServerCpu: number;
  connectLoadCpu: number;
  /** What others took from the server's core meanwhile. */
  connectOtherCpu: number;
  memoryBefore: number;
  memorySettled: number;
  memoryAfter: number;
  seconds: number;
  serverCpu: number;
  loadCpu: number;
  /** What others took from the server's core. */
  otherCpu: number;
  bytes: number;
  frames: number;
  rooms: RoomMeasure[];
}

/** Some time under load. */
export interface Round {
  /** Seconds of load before it is measured. */
  warm: number;
  /** Seconds that are measured. */
  seconds: number;
  /** Whether the clients that never read have entered; they stay from then on. */
  stalled?: boolean;
}

/**
 * Seconds of load before anything is measured: all but the loops of the fan-out run some thousand times a
 * second at most, and what compiles a program while it runs takes thousands to find out what to compile.
 */
export const WARM_UP = 5;
/** Handshakes under way at a time. */
const OPENING = 64;
/** Milliseconds until a server must listen. */
const START_PATIENCE = 20_000;

/** The clients of a cell, connected to a server. */
export interface Clients extends AsyncDisposable {
  /** Throws a sentence where a copy was lost, doubled or out of order. */
  run(round: Round): Promise<Measure>;
}

/** Connects the clients of a cell to a server that runs already. They are ended at `signal`. */
export function connectClients(
  cell: Cell,
  dialect: Server["dialect"],
  { port, pid }: Running,
  { taskset, load }: LoadTools,
  cores: Cores,
  signal?: AbortSignal,
): Clients {
  const child = new Deno.Command(taskset, {
    args: [
      ...["--cpu-list", String(cores.load), load],
      `--port=${port}`,
      `--pid=${pid}`,
      `--core=${cores.server}`,
      `--dialect=${dialect}`,
      `--body=${cell.body}`,
      `--opening=${OPENING}`,
      `--settle=${cell.settle}`,
      ...cell.rooms.map(roomArgument),
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    ...signal && { signal },
  }).spawn();
  const rounds = child.stdin.getWriter();
  const results = createInterface({ input: Readable.fromWeb(child.stdout) })
    [Symbol.asyncIterator]();
  const complaint = new Response(child.stderr).text();
  return {
    async run({ warm, seconds, stalled = false }) {
      // One that has ended takes nothing more, and says below why.
      await rounds.write(new TextEncoder().encode(`${warm} ${seconds} ${Number(stalled)}\n`))
        .catch(() => {});
      const { value, done } = await results.next();
      if (!done) return JSON.parse(value);
      if (signal?.aborted) throw new Error("The load did not come to its end in time.");
      throw new Error((await complaint).trim());
    },
    async [Symbol.asyncDispose]() {
      await rounds.close().catch(() => {});
      await results.return?.();
      await complaint;
      await child.status;
    },
  };
}

function roomArgument(room: RoomLoad): string {
  const { name, readers, stalled, senders, outstanding, interval } = room;
  return `--room=${[name, readers, stalled, senders, outstanding, interval * 1_000].join(",")}`;
}

/** A server on its core. */
export interface Running extends AsyncDisposable {
  pid: number;
  port: number;
}

/** Starts a server on a core and resolves when it listens. Disposing ends it and removes its data. */
export function startServer(server: Server, tools: Tools, core: number): Promise<Running> {
  return startOnCore(server.title, server.start(tools), tools.taskset, core);
}

/** The same with a command; `title` names it in errors. */
export async function startOnCore(
  title: string,
  { program, args, cwd, data }: Start,
  taskset: string,
  core: number,
): Promise<Running> {
  // `taskset` becomes the program, so the process is the server's own.
  const child = new Deno.Command(taskset, {
    args: ["--cpu-list", String(core), program, ...args],
    cwd,
    env: { NO_COLOR: "1", PORT: "", HOST: "" },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const { promise: listening, resolve } = Promise.withResolvers<number>();
  const read = async () => {
    let printed = "";
    let found = false;
    // Goes on to the end, so that the server never waits for a reader of its log.
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      if (found) continue;
      printed += chunk;
      const port = /(?:listening on |running at http:\/\/[^:\s]+:)(\d+)/.exec(printed)?.[1];
      if (port) resolve(Number(port));
      found = port !== undefined;
    }
  };
  const ended = Promise.all([child.status, read()]);
  const end = async () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await ended;
    data?.[Symbol.dispose]();
  };
  try {
    const failed = ended.then(() => {
      throw new Error(`${title} ended before it was ready.`);
    });
    // Heard only until it is ready: ending later is no error here.
    failed.catch(() => {});
    const port = await within(
      Promise.race([listening, failed]),
      () => `${title} does not listen`,
      START_PATIENCE,
    );
    return { pid: child.pid, port, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}
