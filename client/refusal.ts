/** What to make of a refusal. */

import type { ErrorCode, ErrorEvent } from "../server/protocol.ts";

const PASSING: ReadonlySet<ErrorCode> = new Set(["unavailable", "storage_full", "internal"]);

/** Whether the same may be taken later, as with every refusal that says when to try again. */
export function isPassing({ code, retryAfter }: ErrorEvent): boolean {
  return PASSING.has(code) || retryAfter !== undefined;
}
