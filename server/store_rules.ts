/**
 * What every implementation of `Store` does and says alike, so that none of them drifts.
 */

import { type LogEvent, Refusal } from "./protocol.ts";
import type { Draft } from "./store.ts";

/** A random name for a new history: 12 characters of `[A-Za-z0-9_-]`, 72 bits. */
export function newEpoch(): string {
  return crypto.getRandomValues(new Uint8Array(9)).toBase64({ alphabet: "base64url" });
}

/** The event that a draft becomes at its place in the log. Shares nothing with the draft. */
export function eventOf(draft: Draft, seq: number, timestamp: number): LogEvent {
  return {
    type: draft.type,
    room: draft.room,
    seq,
    timestamp,
    user: { ...draft.user },
    id: draft.id,
    message: draft.message,
    ...(draft.bytes === undefined ? {} : { bytes: draft.bytes }),
  };
}

/** Whether a draft that has the author and id of a kept event says the same: then it is a retry. */
export function isRetry(
  draft: Pick<Draft, "room" | "message">,
  kept: Pick<LogEvent, "room" | "message">,
): boolean {
  return draft.room === kept.room && draft.message === kept.message;
}

/** The refusal of a draft whose id its author has used before for something else. */
export function conflict(): Refusal {
  return new Refusal(
    "conflict",
    "This id was used before for another message. Send it again with a new id.",
  );
}

/** The refusal of every call after `close`. */
export function closed(): Refusal {
  return new Refusal("unavailable", "This server is shutting down. Please try again in a moment.");
}
