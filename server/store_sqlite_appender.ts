/**
 * Writes batches of drafts into the log and the messages, one transaction a batch. Synchronous: it
 * blocks until the disk has the batch, so it runs in the writer, off the server's event loop.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { isPublicRoom, type LogEvent } from "./protocol.ts";
import type { Draft } from "./store.ts";
import { isRetry } from "./store_rules.ts";
import { type DatabaseProblem, isValueProblem, problemOf } from "./store_sqlite_problems.ts";
import { eventOfRow, type EventRow, PAYLOAD_VERSION, payloadOf } from "./store_sqlite_rows.ts";

/** A draft, and when it came in milliseconds. */
export interface StampedDraft {
  draft: Draft;
  timestamp: number;
}

/** Why a draft was not kept. `internal`: this draft cannot be, by no fault of the disk. */
export type RefusalCode = "conflict" | "storage_full" | "unavailable" | "internal";

/** What became of a draft: kept at a place; the event that was there before; or refused. */
export type Outcome = [seq: number, timestamp: number] | LogEvent | RefusalCode;

export interface BatchResult {
  /** One for each draft, in their order. */
  outcomes: Outcome[];
  /** What went wrong, where more did than a conflict. */
  problem?: DatabaseProblem;
}

interface RoomRow {
  key: number;
  head: number;
  timestamp: number;
}

export class Appender {
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #findEvent: StatementSync;
  readonly #findRoom: StatementSync;
  readonly #addRoom: StatementSync;
  readonly #moveHead: StatementSync;
  readonly #addEvent: StatementSync;
  readonly #addMessage: StatementSync;
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
    this.#rollback = database.prepare("ROLLBACK");
    this.#findEvent = database.prepare(`
      SELECT room, seq, events.timestamp, id, version, payload
      FROM events JOIN rooms ON rooms.key = events.room_key
      WHERE user_id = ? AND id = ?`);
    this.#findRoom = database.prepare("SELECT key, head, timestamp FROM rooms WHERE room = ?");
    this.#addRoom = database.prepare(
      "INSERT INTO rooms (room, public, head, timestamp) VALUES (?, ?, 0, 0) RETURNING key",
    );
    this.#moveHead = database.prepare("UPDATE rooms SET head = ?, timestamp = ? WHERE key = ?");
    this.#addEvent = database.prepare(`
      INSERT INTO events (room_key, seq, timestamp, type, user_id, id, version, payload)
      VALUES (?, ?, ?, ?, ?, ?, ${PAYLOAD_VERSION}, ?)`);
    this.#addMessage = database.prepare(`
      INSERT INTO messages (room_key, seq, timestamp, id, version, payload)
      VALUES (?, ?, ?, ?, ${PAYLOAD_VERSION}, ?)`);
  }

  /**
   * Keeps what can be kept of a batch, in order, and returns when it is durable. Never throws: a
   * failure of the disk refuses the whole batch.
   */
  append(batch: readonly StampedDraft[]): BatchResult {
    try {
      return { outcomes: this.#transaction(batch) };
    } catch (error) {
      if (!(error instanceof DraftError)) return refusalOfAll(batch, problemOf(error));
      // A draft that cannot be kept must not take others with it. Whether one can be is checked before
      // it is written, so this is rare enough for one transaction each, and a savepoint for every
      // draft of every batch would be paid for nothing.
      if (batch.length === 1) return { outcomes: ["internal"], problem: problemOf(error.cause) };
      const results = batch.map((stamped) => this.append([stamped]));
      const problem = results.find((result) => result.problem)?.problem;
      return {
        outcomes: results.flatMap((result) => result.outcomes),
        ...(problem && { problem }),
      };
    }
  }

  #transaction(batch: readonly StampedDraft[]): Outcome[] {
    // What is known of rooms lives no longer than the transaction: nothing to forget when it fails.
    const rooms = new Map<string, RoomRow>();
    this.#begin.run();
    try {
      const outcomes = batch.map((stamped) => this.#write(stamped, rooms));
      for (const room of rooms.values()) this.#moveHead.run(room.head, room.timestamp, room.key);
      this.#commit.run();
      return outcomes;
    } catch (error) {
      if (this.#database.isTransaction) this.#rollback.run();
      throw error;
    }
  }

  #write({ draft, timestamp }: StampedDraft, rooms: Map<string, RoomRow>): Outcome {
    try {
      const found = this.#findEvent.get(draft.user.id, draft.id) as
        | EventRow & { room: string }
        | undefined;
      if (found) {
        const event = eventOfRow(found.room, found);
        return isRetry(draft, event) ? event : "conflict";
      }
      const payload = payloadOf(draft);
      const room = rooms.get(draft.room) ?? this.#room(draft.room);
      const seq = room.head + 1;
      const at = Math.max(timestamp, room.timestamp);
      this.#addEvent.run(room.key, seq, at, draft.type, draft.user.id, draft.id, payload);
      this.#addMessage.run(room.key, seq, at, draft.id, payload);
      rooms.set(draft.room, { key: room.key, head: seq, timestamp: at });
      return [seq, at];
    } catch (error) {
      throw isValueProblem(error) ? new DraftError("cannot be kept", { cause: error }) : error;
    }
  }

  #room(room: string): RoomRow {
    const found = this.#findRoom.get(room) as RoomRow | undefined;
    if (found) return found;
    const { key } = this.#addRoom.get(room, isPublicRoom(room) ? 1 : 0) as { key: number };
    return { key, head: 0, timestamp: 0 };
  }
}

/** One draft is at fault, not the database. */
class DraftError extends Error {}

/**
 * A full disk has kept nothing: SQLite wrote no valid end of the transaction. After any other failure
 * at the commit nobody knows what the disk has, so the author has to retry with the same id.
 */
function refusalOfAll(batch: readonly StampedDraft[], problem: DatabaseProblem): BatchResult {
  const code = problem.kind === "full" ? "storage_full" : "unavailable";
  return { outcomes: batch.map(() => code), problem };
}
