/** Reads who put which emoji on which message. Synchronous. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { User } from "./protocol.ts";
import type { OwnReaction } from "./store.ts";

export class ReactionReader {
  readonly #reactors: StatementSync;
  readonly #reacted: StatementSync;

  constructor(database: DatabaseSync) {
    this.#reactors = database.prepare(`
      SELECT user FROM reactions JOIN reactors ON reactors.key = reactor_key
      WHERE room_key = ? AND seq = ? AND emoji = ? ORDER BY reactions.key LIMIT ?`);
    this.#reacted = database.prepare(`
      SELECT seq, emoji FROM reactions
      WHERE room_key = ? AND user_id = ? AND seq BETWEEN ? AND ?`);
  }

  /** Everybody who put an emoji on a message, the first first. */
  reactors(key: number, seq: number, emoji: string, limit: number): User[] {
    const rows = this.#reactors.all(key, seq, emoji, limit) as unknown as { user: string }[];
    return rows.map(({ user }) => JSON.parse(user) as User);
  }

  /** Which emoji somebody has put on the messages from one position to another. */
  reacted(key: number, userId: string, first: number, last: number): OwnReaction[] {
    return this.#reacted.all(key, userId, first, last) as unknown as OwnReaction[];
  }
}
