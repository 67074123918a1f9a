/** The command line: reads the configuration, serves, and stops in order on SIGTERM or SIGINT. */

import { readConfig } from "./server/config.ts";
import { StartError, UsageError } from "./server/errors.ts";
import { createLog } from "./server/log.ts";
import { serve } from "./server/serve.ts";

/** Runs Parlor and resolves to its exit code: 0 stopped, 1 could not start, 2 wrong usage. */
async function main(): Promise<number> {
  const log = createLog();
  try {
    const invocation = readConfig(Deno.args, Deno.env);
    if (invocation.action !== "serve") {
      console.log(invocation.text);
      return 0;
    }
    const stopAsked = nextSignal(["SIGTERM", "SIGINT"]);
    const parlor = await serve(invocation.config, log);
    console.log(`Parlor is running at ${parlor.url}`);
    await stopAsked;
    log.info("stopping");
    await parlor.stop();
    log.info("stopped");
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof StartError)) throw error;
    console.error(error.message);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** Resolves at the first of the signals; a second one then ends the process as usual. */
function nextSignal(signals: Deno.Signal[]): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      for (const signal of signals) Deno.removeSignalListener(signal, stop);
      resolve();
    };
    // Windows knows no SIGTERM.
    for (const signal of signals) {
      if (Deno.build.os !== "windows" || signal === "SIGINT") Deno.addSignalListener(signal, stop);
    }
  });
}

if (import.meta.main) Deno.exit(await main());
