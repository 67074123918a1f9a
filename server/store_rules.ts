/**
 * What every implementation of `Store` does and says alike, so that none of them drifts.
 */

import { type LogEvent, Refusal } from "./protocol.ts";
import type { Draft, PagePlace } from "./store.ts";

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

/** A page as a cut through a log: so many messages before a position, so many from it on. */
export interface PageCut {
  seq: number;
  before: number;
  from: number;
}

/**
 * Where the page of a place is cut.
 *
 * @param head the last position of the room
 * @param firstSince the first position written at or after a moment; `head + 1` where there is none
 */
export function cutOf(
  place: PagePlace,
  limit: number,
  head: number,
  firstSince: (timestamp: number) => number,
): PageCut {
  switch (place.at) {
    case "end":
      return { seq: head + 1, before: limit, from: 0 };
    case "before":
      return { seq: place.seq, before: limit, from: 0 };
    case "after":
      return { seq: place.seq + 1, before: 0, from: limit };
    case "around": {
      const before = Math.floor(limit / 2);
      return { seq: place.seq, before, from: limit - before };
    }
    case "time":
      return { seq: firstSince(place.timestamp), before: 0, from: limit };
  }
}

/**
 * The first position from 1 to `head` that was written at or after a moment, `head + 1` where there
 * is none. Halves the range each time, as timestamps never go back within a room.
 */
export function firstSince(
  timestamp: number,
  head: number,
  timestampAt: (seq: number) => number,
): number {
  let low = 1;
  let high = head + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (timestampAt(middle) < timestamp) low = middle + 1;
    else high = middle;
  }
  return low;
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
