/** Parlor as a real process, with exactly the permissions of the task `start`. */

import { PATIENCE, within } from "./deadline.ts";
import { temporaryFolder } from "./temporary.ts";

const ROOT = new URL("../../", import.meta.url);

/** The line that says that the server takes connections. */
const READY = /^Parlor is running at (https?:\/\/\S+)\n/m;

export interface ServerOptions {
  /** The data folder; by default a temporary one, removed at the end. `:memory:` keeps nothing. */
  data?: string;
  /** The port; by default a free one. */
  port?: number;
  /** Further command line flags. */
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** The script to run instead of `main.ts`, for deliberately wrong builds. */
  entry?: URL;
  /** A program and its arguments to run the server under. It must leave the process to the server. */
  under?: readonly string[];
  /** The whole command to run instead, without the flags for port and data. */
  command?: { program: string; args: readonly string[]; cwd: string };
  /** Milliseconds until it must be ready. */
  patience?: number;
}

/** How a process ended, and all that it printed. */
export interface Ended {
  code: number;
  signal: Deno.Signal | null;
  output: string;
}

export interface RunningServer extends AsyncDisposable {
  /** `http://localhost:PORT` (https with a certificate), without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** The data folder it was started with. */
  readonly data: string;
  /** What it printed until now, standard output and standard error in the order of arrival. */
  output(): string;
  /** Waits until it has printed a text: the log writes its lines a moment later. */
  printed(text: string): Promise<void>;
  /** Asks it to end (SIGTERM) and waits until it has. */
  stop(): Promise<Ended>;
  /** Ends it on the spot (SIGKILL), as a crash would. */
  kill(): Promise<Ended>;
  /** Waits until it has ended by itself. */
  ended(): Promise<Ended>;
  /** Starts it again, after `stop` or `kill`, on the same port and data. */
  restart(): Promise<void>;
}

/**
 * Starts Parlor and resolves when it takes connections. Rejects with its output where it does not
 * become ready. Ends it, and removes a temporary data folder, when disposed:
 * `await using server = await startServer()`.
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const folder = options.data === undefined ? temporaryFolder() : undefined;
  const data = options.data ?? folder!.path;

  let process = spawn(data, options.port ?? 0, options);
  let url: string;
  try {
    url = await process.ready;
  } catch (error) {
    folder?.[Symbol.dispose]();
    throw error;
  }
  const port = Number(new URL(url).port);

  const end = async (signal: Deno.Signal): Promise<Ended> => {
    process.signal(signal);
    return await within(
      process.ended,
      () => `The server did not end after ${signal}. It printed:\n${process.output()}`,
    );
  };

  return {
    url,
    port,
    data,
    get pid() {
      return process.pid;
    },
    output: () => process.output(),
    printed: (text) =>
      within(
        process.printed(text),
        () => `The server did not print “${text}” but:\n${process.output()}`,
      ),
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    ended: () => process.ended,
    async restart() {
      process = spawn(data, port, options);
      await process.ready;
    },
    async [Symbol.asyncDispose]() {
      await end("SIGKILL");
      folder?.[Symbol.dispose]();
    },
  };
}

/**
 * Runs Parlor with the flags to its end, for `--help`, bad flags and starts that must fail.
 * Neither port nor data are set.
 */
export async function runToEnd(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", ...startPermissions(), "main.ts", ...args],
    cwd: ROOT,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const result = child.output();
  try {
    const { code, stdout, stderr } = await within(
      result,
      () => `Parlor did not end with ${args.join(" ")}`,
    );
    const text = new TextDecoder();
    return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
  } catch (error) {
    child.kill("SIGKILL");
    await result;
    throw error;
  }
}

/** The permission flags of the task `start`, so that tests run with what users run with. */
export function startPermissions(): string[] {
  return permissionsOf("start");
}

/** The permission flags with which a task in `deno.json` lets the server run. */
export function permissionsOf(task: "start" | "dev" | "compile"): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
  const command: string = tasks[task].command;
  // The last `deno` of the task is the one that serves, or packs what serves.
  const flags = command.slice(command.lastIndexOf("deno ")).replaceAll("'", "").split(" ")
    .filter((word) => /^--(allow-|deny-|no-prompt$)/.test(word));
  if (flags.length === 0) throw new Error(`The task “${task}” in deno.json gives no permissions.`);
  return flags;
}

interface ServerProcess {
  pid: number;
  /** The address, once it takes connections. */
  ready: Promise<string>;
  ended: Promise<Ended>;
  output(): string;
  printed(text: string): Promise<void>;
  /** Sends a signal; nothing happens where the process has ended. */
  signal(signal: Deno.Signal): void;
}

function spawn(data: string, port: number, options: ServerOptions): ServerProcess {
  const { program, args, cwd } = options.command ?? {
    program: Deno.execPath(),
    args: ["run", ...startPermissions(), options.entry?.href ?? "main.ts"],
    cwd: ROOT,
  };
  const [command, ...before] = [...options.under ?? [], program];
  const child = new Deno.Command(command!, {
    args: [...before, ...args, "--port", String(port), "--data", data, ...options.args ?? []],
    cwd,
    // Tests do in a second what people do in an hour, so limits are off where a test sets none. And
    // the environment of whoever runs the tests must not change what is tested.
    env: { PORT: "", HOST: "", NO_COLOR: "1", PARLOR_LIMITS: "all=0", ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();

  let output = "";
  let onOutput = () => {};
  let hasEnded = false;
  const { promise: firstLine, resolve: found } = Promise.withResolvers<string>();
  const read = async (
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    look?: (printed: string) => void,
  ) => {
    let printed = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      onOutput();
      printed += text;
      look?.(printed);
    }
  };
  const lookForReady = (printed: string) => {
    const url = READY.exec(printed)?.[1];
    if (url) found(url);
  };
  const ended = Promise.all([child.status, read(child.stdout, lookForReady), read(child.stderr)])
    .then(([{ code, signal }]) => {
      hasEnded = true;
      return { code, signal, output };
    });
  const signal = (name: Deno.Signal) => {
    if (!hasEnded) child.kill(name);
  };

  const printed = async (text: string) => {
    while (!output.includes(text)) await new Promise<void>((resolve) => onOutput = resolve);
  };

  const becomeReady = async () => {
    const endedEarly = ended.then(({ code }) => {
      throw new Error(`The server ended with code ${code} before it was ready:\n${output}`);
    });
    // Heard only until it is ready: ending later is no error here.
    endedEarly.catch(() => {});
    try {
      return await within(
        Promise.race([firstLine, endedEarly]),
        () => `The server did not become ready. It printed:\n${output}`,
        options.patience ?? 2 * PATIENCE,
      );
    } catch (error) {
      signal("SIGKILL");
      await ended;
      throw error;
    }
  };

  return { pid: child.pid, ready: becomeReady(), ended, output: () => output, printed, signal };
}
