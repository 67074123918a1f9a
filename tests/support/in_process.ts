/** Parlor inside the test's own process, so that the sanitizers see whatever it leaves behind. */

import type { Config } from "../../server/config.ts";
import { createLog } from "../../server/log.ts";
import { type Parlor, serve, type ServeOptions } from "../../server/serve.ts";

export interface InProcessServer extends Parlor, AsyncDisposable {
  /** The log's lines until now. */
  readonly log: readonly string[];
}

/** Serves on a free port of the loopback address and keeps nothing, unless `config` says otherwise. */
export async function serveInProcess(
  config: Partial<Config> = {},
  options: ServeOptions = {},
): Promise<InProcessServer> {
  const log: string[] = [];
  const parlor = await serve(
    {
      host: "localhost",
      port: 0,
      data: ":memory:",
      publicUrl: undefined,
      allowOrigins: [],
      ...config,
    },
    createLog((line) => log.push(line)),
    options,
  );
  let stopped: Promise<void> | undefined;
  const stop = () => stopped ??= parlor.stop();
  return { ...parlor, log, stop, [Symbol.asyncDispose]: stop };
}
