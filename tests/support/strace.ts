/** A server under strace, to watch what it asks of the system, or to make some of that slow or fail. */

import { within } from "./deadline.ts";
import { find, STRACE, testWith } from "./programs.ts";
import { type RunningServer, startServer } from "./server.ts";

/** The calls that write to files and sockets, and those that wait for the disk. */
const WATCHED = "trace=fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg";

export interface TracedServer extends RunningServer {
  /** Stops the server; resolves to the calls that it made, one line each, in order. */
  calls(): Promise<string[]>;
}

export interface TraceOptions {
  data?: string;
  entry?: URL;
  /** What to tamper with, as strace's `-e inject=` takes it: `fsync:error=EIO:when=3`. */
  inject?: string;
  /** The one file whose calls are watched and tampered with; absent: all. */
  file?: string;
}

/** Starts a server of which every call that matters for durability is seen. */
export async function startTraced(
  { inject, file, ...options }: TraceOptions = {},
): Promise<TracedServer> {
  const folder = await Deno.makeTempDir({ prefix: "parlor-strace-" });
  const output = `${folder}/calls`;
  const under = [
    find(STRACE)!,
    // -D leaves the process to the server: signals reach it, and strace ends with it. -y names the
    // files behind descriptors, -s shows whole texts. The filter in the kernel keeps the rest fast.
    ...["-D", "-f", "--seccomp-bpf", "-y", "-s", "65536", "-o", output, "-e", WATCHED],
    ...inject === undefined ? [] : ["-e", `inject=${inject}`],
    ...file === undefined ? [] : ["-P", file],
  ];
  const server = await startServer({ ...options, under }).catch(async (error) => {
    await Deno.remove(folder, { recursive: true });
    throw error;
  });
  const calls = async () => {
    // The column of process ids is as wide as five digits, or wider.
    const ends = new RegExp(`^${server.pid} +\\+\\+\\+ `);
    await server.stop();
    // strace writes its last line a moment after the process has ended.
    using watched = Deno.watchFs(output);
    const changes = watched[Symbol.asyncIterator]();
    const wholeTrace = async (): Promise<string[]> => {
      const lines = (await Deno.readTextFile(output)).split("\n");
      if (lines.some((line) => ends.test(line))) return lines;
      await changes.next();
      return await wholeTrace();
    };
    return await within(wholeTrace(), () => "strace did not write its last line");
  };
  const dispose = async () => {
    await server[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  };
  return Object.assign(Object.create(server), { calls, [Symbol.asyncDispose]: dispose });
}

/** Registers a test of traced servers: a named skip where strace is missing, a failure with `CI=true`. */
export function testTraced(name: string, body: () => Promise<void>): void {
  testWith([STRACE], name, () => body());
}
