/** Reads who put which emoji on which message. Synchronous. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Reaction, User } from "./protocol.ts";
import type { StandingReaction } from "./store_sqlite_reaction_projection.ts";

/** People kept at hand, of some hundred bytes each. */
const REACTORS_KEPT = 20_000;

export class ReactionReader {
  readonly #reactor: StatementSync;
  readonly #reactors: StatementSync;
  /** Key → who. The same few people stand under most messages, and rows of them never change. */
  readonly #known = new Map<number, User>();

  constructor(database: DatabaseSync) {
    this.#reactor = database.prepare("SELECT user FROM reactors WHERE key = ?");
    this.#reactors = database.prepare(`
      SELECT user FROM reactions JOIN reactors ON reactors.key = reactor_key
      WHERE room_key = ? AND seq = ? AND emoji = ? ORDER BY reactions.key LIMIT ?`);
  }

  /** The reactions in a row of `messages`. The people are shared and must not be changed. */
  reactionsOf(standing: string): Reaction[] {
    return (JSON.parse(standing) as StandingReaction[]).map(([emoji, count, ...keys]) => ({
      emoji,
      count,
      people: keys.map((key) => this.#userOf(key)),
    }));
  }

  /** Everybody who put an emoji on a message, the first first. */
  reactors(key: number, seq: number, emoji: string, limit: number): User[] {
    const rows = this.#reactors.all(key, seq, emoji, limit) as unknown as { user: string }[];
    return rows.map(({ user }) => JSON.parse(user) as User);
  }

  #userOf(key: number): User {
    const known = this.#known.get(key);
    if (known) return known;
    const { user } = this.#reactor.get(key) as { user: string };
    const found = JSON.parse(user) as User;
    if (this.#known.size >= REACTORS_KEPT) this.#known.clear();
    this.#known.set(key, found);
    return found;
  }
}
