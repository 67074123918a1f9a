/** The command line: reads the configuration, serves, and stops in order on SIGTERM or SIGINT. */

import { readConfig } from "./server/config.ts";
import { StartError, UsageError } from "./server/errors.ts";
import { createLog } from "./server/log.ts";
import { megabytes, watchMemory } from "./server/memory_watch.ts";
import { serve } from "./server/serve.ts";
import { makeToken } from "./server/token_command.ts";
import { useVectoredWrites } from "./server/vectored_writes.ts";

/** The code with which a supervisor starts a program again (EX_TEMPFAIL of sysexits.h). */
const RESTART_ME = 75;

/**
 * Runs Parlor and resolves to its exit code: 0 stopped, 1 could not start, 2 wrong usage, 75 stopped by
 * itself at its memory limit.
 */
async function main(): Promise<number> {
  const log = createLog();
  try {
    const invocation = readConfig(Deno.args, Deno.env);
    if (invocation.action === "token") {
      console.log(await makeToken(invocation.command));
      return 0;
    }
    if (invocation.action !== "serve") {
      console.log(invocation.text);
      return 0;
    }
    const stopAsked = nextSignal(["SIGTERM", "SIGINT"]);
    const { config } = invocation;
    useVectoredWrites();
    const parlor = await serve(config, log);
    using watch = config.memoryLimit && watchMemory(config.memoryLimit);
    dropPermissions();
    console.log(`Parlor is running at ${parlor.url}`);
    const resident = await Promise.race([stopAsked, watch?.exceeded ?? stopAsked]);
    if (resident !== undefined) {
      log.error(
        `the memory has reached ${megabytes(resident)}, so the server stops to be started again`,
        { limit: megabytes(watch!.limit), code: RESTART_ME },
      );
    }
    log.info("stopping");
    await parlor.stop(resident !== undefined);
    log.info("stopped");
    return resident === undefined ? 0 : RESTART_ME;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof StartError)) throw error;
    console.error(error.message);
    return error instanceof UsageError ? 2 : 1;
  }
}

/**
 * Gives up, for good, what only the start needs: the files are open, the configuration is read. Whoever
 * finds a way to run code in the server, or to make it open a path, finds nothing to read or write.
 * The database's writer thread shares these permissions, so it loses them too.
 */
function dropPermissions(): void {
  for (const name of ["read", "write", "env", "sys"] as const) {
    Deno.permissions.revokeSync({ name });
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
