/**
 * People's own relation to rooms in the store's database: what the writer and the reader of
 * `store_sqlite.ts` do for it. Synchronous, each on its own connection.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type Place, type Places, type Unread, UNREAD_SEARCHED } from "./places.ts";
import { EVERYBODY, type RoomRole, UNREAD_MOST } from "./protocol.ts";
import type { ReadAtOnce, SendChange } from "./store_sqlite_changes.ts";
import type { RoomHeads } from "./store_sqlite_room_heads.ts";
import type { RoomReader } from "./store_sqlite_room_reader.ts";
import {
  IS_MESSAGE,
  MESSAGES_IN_ORDER,
  ROOM_COLUMNS_OR_NONE,
  type RoomRow,
} from "./store_sqlite_rows.ts";

/** A change, as it goes to the writer. */
export type PlaceChange =
  | { change: "read"; userId: string; room: string; upTo: number; back: boolean }
  | { change: "listed"; userId: string; room: string; listed: boolean; read?: number }
  | { change: "muted"; userId: string; room: string; muted: boolean };

/** Makes changes, within a transaction of the writer. */
export class PlaceWriter {
  readonly #read: StatementSync;
  readonly #setListed: StatementSync;
  readonly #setMuted: StatementSync;

  constructor(database: DatabaseSync, private readonly heads: RoomHeads) {
    // Whoever comes to a room has not missed what was said before.
    this.#read = database.prepare(`
      INSERT INTO places (user_id, room, read, listed, muted)
      VALUES (:user, :room, iif(:back, :wanted, :head), 0, 0)
      ON CONFLICT (user_id, room)
      DO UPDATE SET read = iif(:back, :wanted, max(read, :wanted)) RETURNING read`);
    this.#setListed = database.prepare(`
      INSERT INTO places (user_id, room, read, listed, muted) VALUES (?, ?, ?, ?, 0)
      ON CONFLICT (user_id, room) DO UPDATE SET listed = excluded.listed`);
    this.#setMuted = database.prepare(`
      INSERT INTO places (user_id, room, read, listed, muted) VALUES (?, ?, ?, 0, ?)
      ON CONFLICT (user_id, room) DO UPDATE SET muted = excluded.muted`);
  }

  /** Returns where the read position stands after a change of it. Throws what SQLite throws. */
  apply(change: PlaceChange): number | null {
    const { userId, room } = change;
    const head = this.heads.find(room)?.head ?? 0;
    switch (change.change) {
      case "read": {
        const wanted = Math.min(Math.max(change.upTo, 0), head);
        const back = change.back ? 1 : 0;
        const stands = this.#read.get({ user: userId, room, head, wanted, back });
        return (stands as { read: number }).read;
      }
      case "listed":
        this.#setListed.run(
          userId,
          room,
          Math.min(change.read ?? head, head),
          change.listed ? 1 : 0,
        );
        return null;
      case "muted":
        this.#setMuted.run(userId, room, head, change.muted ? 1 : 0);
        return null;
    }
  }
}

/** The places in a store's database. */
export function createSqlitePlaces(
  database: DatabaseSync,
  rooms: RoomReader,
  read: ReadAtOnce,
  send: SendChange,
): Places {
  const reader = new PlaceReader(database, rooms);
  return {
    // deno-lint-ignore require-await
    list: async (userId, limit) => read(() => reader.list(userId, limit)),
    // deno-lint-ignore require-await
    listAfter: async (userId, room, limit) => read(() => reader.listAfter(userId, room, limit)),
    // deno-lint-ignore require-await
    find: async (userId, room) => read(() => reader.find(userId, room)),
    read: async (userId, room, upTo, back) => {
      const stands = await send({ change: "read", userId, room, upTo, back }) as number;
      return { read: stands, ...read(() => reader.unread(userId, room, stands)) };
    },
    setListed: async (userId, room, listed, read) => {
      await send({
        change: "listed",
        userId,
        room,
        listed,
        ...(read !== undefined && { read }),
      });
    },
    setMuted: async (userId, room, muted) => {
      await send({ change: "muted", userId, room, muted });
    },
  };
}

interface PlaceRow extends RoomRow, Unread {
  role: RoomRole | null;
  read: number;
  listed: number;
  muted: number;
  removed: number;
}

/** What is unread after the position `read` in the room with the key `key`, for `:user`. */
function unreadAfter(key: string, read: string): string {
  return `
    (SELECT count(*) FROM (
      SELECT 1 FROM (
        SELECT iif(deleted, NULL, user_id) AS author FROM ${MESSAGES_IN_ORDER}
        WHERE room_key = ${key} AND seq > ${read} AND ${IS_MESSAGE}
        ORDER BY seq DESC LIMIT ${UNREAD_SEARCHED})
      WHERE author <> :user LIMIT ${UNREAD_MOST})) AS unread,
    (SELECT count(*) FROM (
      SELECT DISTINCT seq FROM mentions
      WHERE user_id IN (:user, '${EVERYBODY}') AND room_key = ${key} AND seq > ${read}
        AND author_id <> :user LIMIT ${UNREAD_MOST})) AS mentions`;
}

/** Looks things up. */
class PlaceReader {
  readonly #list: StatementSync;
  readonly #listAfter: StatementSync;
  readonly #find: StatementSync;
  readonly #unread: StatementSync;

  constructor(database: DatabaseSync, private readonly rooms: RoomReader) {
    // Chosen by their keys first: only of those that are told is anything else looked up.
    const listed = (chosen: string, order: string) =>
      database.prepare(`
      SELECT ${ROOM_COLUMNS_OR_NONE}, read, listed, muted, removed, role,
        ${unreadAfter("asked.key", "asked.read")}
      FROM (
        SELECT places.room, key, read, listed, muted, removed FROM places LEFT JOIN rooms USING (room)
        WHERE user_id = :user AND listed = 1 ${chosen} ORDER BY ${order} LIMIT :limit) AS asked
      LEFT JOIN rooms ON rooms.key = asked.key
      LEFT JOIN members ON members.room_key = asked.key AND members.user_id = :user
      ORDER BY ${order.replace("places.", "asked.")}`);
    this.#list = listed("", "rooms.timestamp DESC, places.room");
    this.#listAfter = listed("AND places.room > :after", "places.room");
    this.#find = database.prepare(`
      SELECT *, ${unreadAfter("place.key", "place.read")} FROM (
        SELECT ${ROOM_COLUMNS_OR_NONE}, coalesce(read, rooms.head) AS read,
          coalesce(listed, 0) AS listed, coalesce(muted, 0) AS muted, coalesce(removed, 0) AS removed,
          role
        FROM (SELECT :room AS room) AS asked
        LEFT JOIN rooms ON rooms.room = asked.room
        LEFT JOIN places ON places.user_id = :user AND places.room = asked.room
        LEFT JOIN members ON members.room_key = rooms.key AND members.user_id = :user
        WHERE rooms.key IS NOT NULL OR places.user_id IS NOT NULL) AS place`);
    this.#unread = database.prepare(`SELECT ${unreadAfter("place.key", ":read")} FROM (
      SELECT key FROM rooms WHERE room = :room) AS place`);
  }

  list(user: string, limit: number): Place[] {
    return this.#placesOf(this.#list.all({ user, limit }));
  }

  listAfter(user: string, after: string, limit: number): Place[] {
    return this.#placesOf(this.#listAfter.all({ user, after, limit }));
  }

  find(user: string, room: string): Place | undefined {
    const row = this.#find.get({ user, room }) as unknown as PlaceRow | undefined;
    return row && this.#placeOf(row);
  }

  unread(user: string, room: string, read: number): Unread {
    const found = this.#unread.get({ user, room, read }) as unknown as Unread | undefined;
    return { unread: found?.unread ?? 0, mentions: found?.mentions ?? 0 };
  }

  #placesOf(rows: unknown[]): Place[] {
    return (rows as PlaceRow[]).map((row) => this.#placeOf(row));
  }

  #placeOf(row: PlaceRow): Place {
    const { role, read, listed, muted, removed, unread, mentions } = row;
    return {
      room: this.rooms.recordOf(row),
      ...(role === null ? {} : { role }),
      read,
      listed: listed === 1,
      muted: muted === 1,
      ...(removed === 1 ? { removed: true } : {}),
      unread,
      mentions,
    };
  }
}
