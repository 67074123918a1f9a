/** Errors that a person at the command line reads, and the one way from any error to a refusal. */

import { Refusal } from "./protocol.ts";
import type { Log } from "./log.ts";

/** The server cannot start, and the message is a sentence that says what to do. Exit code 1. */
export class StartError extends Error {
  override name = "StartError";
}

/** The command line or environment is wrong. Exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/**
 * Turns whatever was thrown into what its cause may be told. Anything that is not a `Refusal` is our
 * own fault: the log gets the details, the other side learns only that it happened.
 */
export function asRefusal(error: unknown, log: Log): Refusal {
  if (error instanceof Refusal) return error;
  log.error("unexpected error", { error: error instanceof Error ? error.stack : String(error) });
  return new Refusal("internal", "Something went wrong on the server. Please try again.");
}
