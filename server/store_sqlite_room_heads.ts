/**
 * The rooms that a transaction of the writer has to do with: where their logs stand. Written once for
 * each room, at the end of the transaction, however much was said in it.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { isPublicRoom, type RoomKind } from "./protocol.ts";

export interface RoomHead {
  key: number;
  kind: RoomKind;
  /** The last position, 0 for a room that is not there yet. */
  head: number;
  /** When it was written, in milliseconds. */
  timestamp: number;
}

export class RoomHeads {
  readonly #find: StatementSync;
  readonly #add: StatementSync;
  readonly #move: StatementSync;
  /** What is known lives no longer than the transaction: nothing to forget when it fails. */
  readonly #known = new Map<string, RoomHead>();
  readonly #moved = new Set<RoomHead>();

  constructor(database: DatabaseSync) {
    this.#find = database.prepare("SELECT key, kind, head, timestamp FROM rooms WHERE room = ?");
    this.#add = database.prepare(
      "INSERT INTO rooms (room, public, kind, head, timestamp) VALUES (?, ?, ?, 0, 0) RETURNING key",
    );
    this.#move = database.prepare("UPDATE rooms SET head = ?, timestamp = ? WHERE key = ?");
  }

  /** Forgets what it knew: a transaction begins. */
  begin(): void {
    this.#known.clear();
    this.#moved.clear();
  }

  /** Writes what has moved: the transaction is about to end. */
  write(): void {
    for (const { head, timestamp, key } of this.#moved) this.#move.run(head, timestamp, key);
  }

  /** Undefined where there is no such room. */
  find(room: string): RoomHead | undefined {
    const known = this.#known.get(room);
    if (known) return known;
    const found = this.#find.get(room) as RoomHead | undefined;
    if (found) this.#known.set(room, found);
    return found;
  }

  /** Begins a room, which must then get its first event. */
  add(room: string, kind: RoomKind | undefined): RoomHead {
    const isPublic = isPublicRoom(room);
    const begun = kind ?? (isPublic ? "public" : "private");
    const { key } = this.#add.get(room, isPublic ? 1 : 0, begun) as { key: number };
    const added = { key, kind: begun, head: 0, timestamp: 0 };
    this.#known.set(room, added);
    return added;
  }

  /** Moves a room's head to an event. */
  move(room: RoomHead, seq: number, timestamp: number): void {
    room.head = seq;
    room.timestamp = timestamp;
    this.#moved.add(room);
  }
}
