/**
 * Where messages are kept: one log of events per room, and the messages as they stand.
 * Implementations: `store_memory.ts`, `store_sqlite.ts`. All pass `tests/contract/store.ts`.
 */

import type { NameRegistry } from "./names.ts";
import type { LogEvent, Message, User } from "./protocol.ts";

/** A message on its way into the log: everything but its place there. */
export interface Draft {
  type: "chat";
  room: string;
  user: User;
  /** The author's own id: `(user.id, id)` is one message for ever. */
  id: string;
  message: string;
  /** Size of the binary frame that this note stands for. */
  bytes?: number;
}

/** What became of a draft. */
export interface Appended {
  event: LogEvent;
  /** The event was there before: this was a retry. */
  repeated: boolean;
}

/** A part of a room's log. */
export interface Replay {
  /** In order, without holes, starting right after the position asked for. */
  events: LogEvent[];
  /** The last position of the room when this was read; greater than the last event's if cut. */
  head: number;
}

/** Where a page of messages is taken from. Positions are `seq`; at most one of the fields. */
export type PagePlace =
  | { at: "end" }
  | { at: "before"; seq: number }
  | { at: "after"; seq: number }
  /** Half before, half from there on. */
  | { at: "around"; seq: number }
  /** From the first message of that moment (milliseconds) on. */
  | { at: "time"; timestamp: number };

export interface Page {
  /** Oldest first. */
  messages: Message[];
  /** The log position as of which the messages stand. */
  head: number;
  /** Whether there are older ones than the first, newer ones than the last. */
  older: boolean;
  newer: boolean;
}

export interface RoomHead {
  room: string;
  head: number;
  /** When the last event was written, in milliseconds. */
  timestamp: number;
}

/**
 * What an implementation keeps:
 *
 * - **Durable.** `append` resolves only when the event would survive the loss of the process (and,
 *   for the implementations that say so, of power).
 * - **Atomic.** Log and messages change together or not at all.
 * - **Dense.** `seq` is 1, 2, 3 … in each room; a refused append takes none.
 * - **In order.** Appends of one caller are written in the order in which `append` was called, and
 *   their promises settle in that order. `timestamp` never goes back within a room.
 * - **Idempotent.** The same `(user.id, id)` with the same room and text resolves to the event that
 *   is there, `repeated`; with another room or text it rejects with `conflict`. A name that changed in
 *   between makes no difference.
 * - **A failure keeps nothing.** A rejected append left no trace and took no `seq`, except for
 *   `unavailable`, after which nobody knows: retry with the same id.
 *   Rejections are `Refusal`s: `conflict`, `storage_full`, `unavailable`.
 * - **Reads see every settled append**, and never half of one.
 */
export interface Store {
  /** Names this history. Another epoch means that positions of before mean nothing. */
  readonly epoch: string;
  /** Who may be called what; kept where the messages are. */
  readonly names: NameRegistry;
  append(draft: Draft): Promise<Appended>;
  /** At most `limit` events of the room after `seq`. A room that does not exist is empty. */
  since(room: string, seq: number, limit: number): Promise<Replay>;
  /** At most `limit` messages. */
  page(room: string, place: PagePlace, limit: number): Promise<Page>;
  /** The last position of a room, 0 for one in which nothing was said. */
  head(room: string): Promise<number>;
  /** Public rooms in which something was said, the most recent first, at most `limit`. */
  rooms(limit: number): Promise<RoomHead[]>;
  /** Finishes what was begun, then frees everything. Later calls reject. */
  close(): Promise<void>;
}
