/** Parlor inside the test's own process, so that the sanitizers see whatever it leaves behind. */

import type { Config } from "../../server/config.ts";
import { parseLimits } from "../../server/limit_table.ts";
import { createLog } from "../../server/log.ts";
import { parseProxies } from "../../server/network.ts";
import { type Parlor, serve, type ServeOptions } from "../../server/serve.ts";
import { within } from "./deadline.ts";

export interface InProcessServer extends Parlor, AsyncDisposable {
  /** The log's lines until now. */
  readonly log: readonly string[];
  /** Waits until the lines of the log are as `wanted`. */
  logged(wanted: (lines: readonly string[]) => boolean): Promise<void>;
}

/** Serves on a free port of the loopback address and keeps nothing, unless `config` says otherwise. */
export async function serveInProcess(
  config: Partial<Config> = {},
  options: ServeOptions = {},
): Promise<InProcessServer> {
  const log: string[] = [];
  let wake = () => {};
  const parlor = await serve(
    {
      host: "localhost",
      port: 0,
      data: ":memory:",
      publicUrl: undefined,
      allowOrigins: [],
      mode: "open",
      secret: undefined,
      tokens: { secret: undefined, keysUrl: undefined, audience: undefined, issuer: undefined },
      proxies: parseProxies([]),
      // Tests do in a second what people do in an hour; those of limits say so.
      limits: parseLimits(["all=0"]),
      tls: undefined,
      memoryLimit: undefined,
      ...config,
    },
    createLog((line) => {
      log.push(line);
      wake();
    }),
    options,
  );
  const logged = (wanted: (lines: readonly string[]) => boolean) => {
    const found = async () => {
      while (!wanted(log)) await new Promise<void>((resolve) => wake = resolve);
    };
    return within(found(), () => `The log does not say what was waited for:\n${log.join("\n")}`);
  };
  let stopped: Promise<void> | undefined;
  const stop = (inHaste?: boolean) => stopped ??= parlor.stop(inHaste);
  return { ...parlor, log, logged, stop, [Symbol.asyncDispose]: () => stop() };
}
