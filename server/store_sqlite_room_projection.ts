/**
 * How rooms, their members and people's lists of rooms stand after the events of the log, as the writer
 * keeps it beside the log. Synchronous, within the transaction that writes the event.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { MemberEvent, RoomEvent, RoomRole, RoomSettings, User } from "./protocol.ts";
import type { MemberDraft } from "./store.ts";
import { changedSettings, conversationOf, isRemoval } from "./store_rules.ts";

export class RoomProjection {
  readonly #settings: StatementSync;
  readonly #setSettings: StatementSync;
  readonly #setConversation: StatementSync;
  readonly #setMember: StatementSync;
  readonly #removeMember: StatementSync;
  readonly #setListed: StatementSync;
  readonly #setRemoved: StatementSync;
  readonly #unlistedMembers: StatementSync;

  constructor(database: DatabaseSync) {
    this.#settings = database.prepare("SELECT settings FROM rooms WHERE key = ?");
    this.#setSettings = database.prepare("UPDATE rooms SET settings = ?, title = ? WHERE key = ?");
    this.#setConversation = database.prepare("UPDATE rooms SET conversation = ? WHERE key = ?");
    this.#setMember = database.prepare(`
      INSERT INTO members (room_key, user_id, user, role, since, invite) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (room_key, user_id) DO UPDATE SET user = excluded.user, role = excluded.role,
        since = excluded.since, invite = coalesce(excluded.invite, invite)`);
    this.#removeMember = database.prepare("DELETE FROM members WHERE room_key = ? AND user_id = ?");
    this.#setListed = database.prepare(`
      INSERT INTO places (user_id, room, read, listed, muted) VALUES (?, ?, ?, ?, 0)
      ON CONFLICT (user_id, room) DO UPDATE SET listed = excluded.listed`);
    this.#setRemoved = database.prepare(
      "UPDATE places SET removed = ? WHERE user_id = ? AND room = ?",
    );
    this.#unlistedMembers = database.prepare(`
      SELECT user_id FROM members JOIN places USING (user_id)
      WHERE room_key = ? AND room = ? AND listed = 0 ORDER BY key`);
  }

  /** A room began or its settings changed. */
  set(key: number, event: RoomEvent): void {
    const { room, seq, timestamp, created, settings: change, members = [] } = event;
    const { settings } = this.#settings.get(key) as { settings: string };
    const changed = changedSettings(JSON.parse(settings) as RoomSettings, change);
    this.#setSettings.run(JSON.stringify(changed), (changed.title ?? "").toLowerCase(), key);
    if (created === "direct") this.#setConversation.run(conversationOf(members), key);
    for (const { user, role } of members) {
      this.#addMember(key, user, role, timestamp, undefined);
      this.#setListed.run(user.id, room, seq, 1);
    }
  }

  /** Somebody came, went or has another role. */
  member(
    key: number,
    event: MemberEvent,
    { invite }: MemberDraft,
  ): void {
    const { room, seq, timestamp, member, role } = event;
    if (role === null) this.#removeMember.run(key, member.id);
    else this.#addMember(key, member, role, timestamp, invite);
    this.#setListed.run(member.id, room, seq, role === null ? 0 : 1);
    this.#setRemoved.run(isRemoval(event) ? 1 : 0, member.id, room);
  }

  /** Puts a conversation back on the lists of its people. Returns the ids of those who lacked it. */
  relist(key: number, room: string, seq: number): string[] {
    const rows = this.#unlistedMembers.all(key, room) as unknown as { user_id: string }[];
    for (const { user_id } of rows) this.#setListed.run(user_id, room, seq, 1);
    return rows.map(({ user_id }) => user_id);
  }

  #addMember(key: number, user: User, role: RoomRole, since: number, invite?: string): void {
    this.#setMember.run(key, user.id, JSON.stringify(user), role, since, invite ?? null);
  }
}
