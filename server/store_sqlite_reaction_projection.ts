/**
 * Who put which emoji on which message. What a page shows of it is kept with the message, as it is sent,
 * and changed with every reaction: a page is read a thousand times as often.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ReactEvent, Reaction, User } from "./protocol.ts";
import type { ReactDraft } from "./store.ts";
import { areNamed } from "./store_rules.ts";
import { standingOf } from "./store_sqlite_rows.ts";

export class ReactionProjection {
  readonly #findReactor: StatementSync;
  readonly #addReactor: StatementSync;
  readonly #find: StatementSync;
  readonly #add: StatementSync;
  readonly #remove: StatementSync;
  readonly #people: StatementSync;
  readonly #setStanding: StatementSync;

  constructor(database: DatabaseSync) {
    this.#findReactor = database.prepare("SELECT key FROM reactors WHERE user = ?");
    this.#addReactor = database.prepare("INSERT INTO reactors (user) VALUES (?) RETURNING key");
    this.#find = database.prepare(`
      SELECT 1 FROM reactions WHERE room_key = ? AND user_id = ? AND seq = ? AND emoji = ?`);
    this.#add = database.prepare(`
      INSERT OR IGNORE INTO reactions (room_key, seq, emoji, user_id, reactor_key)
      VALUES (?, ?, ?, ?, ?)`);
    this.#remove = database.prepare(
      "DELETE FROM reactions WHERE room_key = ? AND user_id = ? AND seq = ? AND emoji = ?",
    );
    this.#people = database.prepare(`
      SELECT user FROM reactions JOIN reactors ON reactors.key = reactor_key
      WHERE room_key = ? AND seq = ? AND emoji = ? ORDER BY reactions.key`);
    this.#setStanding = database.prepare(
      "UPDATE events SET reactions = ? WHERE room_key = ? AND seq = ?",
    );
  }

  /** How many people have an emoji on a message once one more has put it there, or taken it off. */
  countAfter(
    key: number,
    { target, emoji, on, user }: ReactDraft,
    standing: readonly Reaction[],
  ): number {
    const known = standing.find((reaction) => reaction.emoji === emoji);
    if (!known) return Number(on);
    const isThere = this.#find.get(key, user.id, target, emoji) !== undefined;
    return known.count + Number(on) - Number(isThere);
  }

  /** Changes nothing where the reaction is as asked already. `standing`: those on the message before. */
  react(
    key: number,
    { target, emoji, on, user, count }: ReactEvent,
    standing: readonly Reaction[] = [],
  ): void {
    const { changes } = on
      ? this.#add.run(key, target, emoji, user.id, this.#reactorOf(user))
      : this.#remove.run(key, user.id, target, emoji);
    if (changes === 0) return;
    const changed = { emoji, count };
    const counts = standing.some((reaction) => reaction.emoji === emoji)
      ? standing.map((reaction) => reaction.emoji === emoji ? changed : reaction)
      : [...standing, changed];
    const left = this.#named(key, target, counts.filter((reaction) => reaction.count > 0));
    this.#setStanding.run(standingOf(left), key, target);
  }

  /** Names everybody where they are few. */
  #named(key: number, seq: number, counts: readonly Reaction[]): Reaction[] {
    if (!areNamed(counts)) return counts.map(({ emoji, count }) => ({ emoji, count }));
    return counts.map(({ emoji, count }) => {
      const rows = this.#people.all(key, seq, emoji) as unknown as { user: string }[];
      return { emoji, count, people: rows.map(({ user }) => JSON.parse(user) as User) };
    });
  }

  #reactorOf({ id, name, unverified }: User): number {
    const user = JSON.stringify({ id, name, unverified });
    const found = this.#findReactor.get(user) ?? this.#addReactor.get(user);
    return (found as { key: number }).key;
  }
}
