/** What the callers of the SQLite store get for what the writer answers. */

import { Refusal } from "./protocol.ts";
import type { Appended, Draft } from "./store.ts";
import {
  conflict,
  eventOf,
  gone,
  notFound,
  roomExists,
  tooManyEdits,
  tooManyReactions,
} from "./store_rules.ts";
import type { LogRefusalCode } from "./store_sqlite_appender.ts";
import type { Outcome, WriteRefusalCode } from "./store_sqlite_batch.ts";
import type { ChangeResult } from "./store_sqlite_changes.ts";

/** Milliseconds after which it makes sense to try again what the disk has failed. */
export const RETRY_AFTER = 1_000;

/** The event of a draft; throws the `Refusal` where there is none. */
export function appendedOf(draft: Draft, outcome: Outcome): Appended {
  if (typeof outcome === "string") throw refusalOf(outcome);
  if ("done" in outcome) throw new Error("The writer took a draft for a change.");
  if (!Array.isArray(outcome)) return { event: outcome, repeated: true };
  const [seq, timestamp, { relisted, count } = {}] = outcome;
  const event = eventOf(draft, seq, timestamp, count);
  return { event, repeated: false, ...(relisted && { relisted }) };
}

/** What a change says; throws the `Refusal` where it was not made. */
export function changeResultOf(outcome: Outcome): ChangeResult {
  if (typeof outcome === "string") throw refusalOf(outcome);
  if (!("done" in outcome)) throw new Error("The writer took a change for a draft.");
  return outcome.done;
}

function refusalOf(code: LogRefusalCode | WriteRefusalCode): Refusal {
  switch (code) {
    case "conflict":
      return conflict();
    case "not_found":
      return notFound();
    case "gone":
      return gone();
    case "too_many_reactions":
      return tooManyReactions();
    case "too_many_edits":
      return tooManyEdits();
    case "room_exists":
      return roomExists();
    case "storage_full":
      return new Refusal(
        code,
        "The server's disk is full, so this was not kept. Please tell whoever runs it.",
      );
    case "unavailable":
      return new Refusal(
        code,
        "The server could not make sure that this is kept. Please send it again.",
        RETRY_AFTER,
      );
    case "internal":
      return new Refusal(code, "This cannot be kept.");
  }
}
