/** One run: a fresh server on its core, one load on the other. */

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

/** What `load/main.c` prints. Seconds of wall clock and of CPU, resident kB. */
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

/**
 * Seconds of load before it is measured: all but the loops of the fan-out run some thousand times a
 * second at most, and what compiles a program while it runs takes thousands to find out what to compile.
 */
const WARM_UP = 5;
/** Handshakes under way at a time. */
const OPENING = 64;
/** Milliseconds until a server must listen. */
const START_PATIENCE = 20_000;

/** Runs one cell on one server. Throws a sentence where a copy was lost, doubled or out of order. */
export async function measure(
  cell: Cell,
  server: Server,
  seconds: number,
  tools: Tools,
  cores: Cores,
): Promise<Measure> {
  await using running = await startServer(server, tools, cores.server);
  return await runLoad(cell, server.dialect, running, seconds, tools, cores);
}

/** Runs the load of a cell on a server that runs already, or until `signal`. Throws as `measure` does. */
export async function runLoad(
  cell: Cell,
  dialect: Server["dialect"],
  running: Running,
  seconds: number,
  tools: LoadTools,
  cores: Cores,
  signal?: AbortSignal,
): Promise<Measure> {
  const lasting = cell.scenario === "accept_rate" ? 0 : seconds;
  const { success, stdout, stderr } = await new Deno.Command(tools.taskset, {
    args: [
      ...["--cpu-list", String(cores.load), tools.load],
      `--port=${running.port}`,
      `--pid=${running.pid}`,
      `--core=${cores.server}`,
      `--dialect=${dialect}`,
      `--body=${cell.body}`,
      `--opening=${OPENING}`,
      `--settle=${cell.settle}`,
      `--warm=${cell.rooms.some(({ senders }) => senders > 0) ? WARM_UP : 0}`,
      `--measure=${lasting}`,
      ...cell.rooms.map(roomArgument),
    ],
    ...signal && { signal },
  }).output();
  const text = new TextDecoder();
  if (signal?.aborted) throw new Error("The load did not come to its end in time.");
  if (!success) throw new Error(text.decode(stderr).trim());
  return JSON.parse(text.decode(stdout));
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
