/** Reads rooms and their members as they stand. Synchronous. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { RoomRole, User } from "./protocol.ts";
import type { MemberRecord, RoomQuery, RoomRecord } from "./store.ts";
import { conversationKey } from "./store_rules.ts";
import { ROOM_COLUMNS, roomOfRow, type RoomRow } from "./store_sqlite_rows.ts";

export class RoomReader {
  readonly #room: StatementSync;
  readonly #public: StatementSync;
  readonly #conversation: StatementSync;
  readonly #members: StatementSync;
  readonly #role: StatementSync;

  constructor(database: DatabaseSync) {
    this.#room = database.prepare(`SELECT ${ROOM_COLUMNS} FROM rooms WHERE room = ?`);
    this.#public = database.prepare(`
      SELECT ${ROOM_COLUMNS} FROM rooms
      WHERE public = 1 AND timestamp <= :timestamp AND (timestamp < :timestamp OR room > :room)
        AND (instr(room, :text) > 0 OR instr(title, :text) > 0)
      ORDER BY timestamp DESC, room LIMIT :limit`);
    this.#conversation = database.prepare("SELECT room FROM rooms WHERE conversation = ?");
    this.#members = database.prepare(
      "SELECT user, role, since FROM members WHERE room_key = ? ORDER BY key",
    );
    this.#role = database.prepare(`
      SELECT role FROM rooms JOIN members ON room_key = rooms.key WHERE room = ? AND user_id = ?`);
  }

  /** Undefined where nothing ever happened. */
  row(room: string): RoomRow | undefined {
    return this.#room.get(room) as unknown as RoomRow | undefined;
  }

  /** The room in a row, with its people where it is a conversation. */
  recordOf(row: RoomRow): RoomRecord {
    const record = roomOfRow(row);
    if (row.kind !== "direct") return record;
    const people = this.#membersOf(row.key)
      .map(({ user, role }) => ({ user, role }))
      .sort((a, b) => a.user.id < b.user.id ? -1 : 1);
    return { ...record, people };
  }

  rooms({ filter = "", after, limit }: RoomQuery): RoomRecord[] {
    const { room, timestamp } = after ?? { room: "", timestamp: Number.MAX_SAFE_INTEGER };
    const rows = this.#public.all({ text: filter.toLowerCase(), room, timestamp, limit });
    return (rows as unknown as RoomRow[]).map(roomOfRow);
  }

  conversation(userIds: readonly string[]): string | undefined {
    return (this.#conversation.get(conversationKey(userIds)) as { room: string } | undefined)?.room;
  }

  members(room: string): MemberRecord[] {
    const key = this.row(room)?.key;
    return key === undefined ? [] : this.#membersOf(key);
  }

  role(room: string, userId: string): RoomRole | undefined {
    return (this.#role.get(room, userId) as { role: RoomRole } | undefined)?.role;
  }

  #membersOf(key: number): MemberRecord[] {
    const rows = this.#members.all(key) as unknown as (Omit<MemberRecord, "user"> & {
      user: string;
    })[];
    return rows.map(({ user, role, since }) => ({ user: JSON.parse(user) as User, role, since }));
  }
}
