/**
 * Who put which emoji on which message. What a page shows of it is kept with the message and changed
 * with every reaction, as a page is read a thousand times as often; people are numbers there, as their
 * names under each of a hundred messages would be most of what reading a page costs.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { LIMITS, type ReactEvent, type User } from "./protocol.ts";

/** A `Reaction` as it is kept with its message: `reactors` are keys of those people. */
export type StandingReaction = [emoji: string, count: number, ...reactors: number[]];

export class ReactionProjection {
  readonly #findReactor: StatementSync;
  readonly #addReactor: StatementSync;
  readonly #add: StatementSync;
  readonly #remove: StatementSync;
  readonly #reactors: StatementSync;
  readonly #standing: StatementSync;
  readonly #setStanding: StatementSync;

  constructor(database: DatabaseSync) {
    this.#findReactor = database.prepare("SELECT key FROM reactors WHERE user = ?");
    this.#addReactor = database.prepare("INSERT INTO reactors (user) VALUES (?) RETURNING key");
    this.#add = database.prepare(`
      INSERT OR IGNORE INTO reactions (room_key, seq, emoji, user_id, reactor_key)
      VALUES (?, ?, ?, ?, ?)`);
    this.#remove = database.prepare(
      "DELETE FROM reactions WHERE room_key = ? AND seq = ? AND emoji = ? AND user_id = ?",
    );
    this.#reactors = database.prepare(`
      SELECT reactor_key FROM reactions WHERE room_key = ? AND seq = ? AND emoji = ?
      ORDER BY key LIMIT ${LIMITS.reactionPeople}`);
    this.#standing = database.prepare(
      "SELECT reactions FROM messages WHERE room_key = ? AND seq = ?",
    );
    this.#setStanding = database.prepare(
      "UPDATE messages SET reactions = ? WHERE room_key = ? AND seq = ?",
    );
  }

  /** Changes nothing where the reaction is as asked already. */
  react(key: number, { target, emoji, on, user }: ReactEvent): void {
    const reactor = on ? this.#reactorOf(user) : undefined;
    const { changes } = reactor === undefined
      ? this.#remove.run(key, target, emoji, user.id)
      : this.#add.run(key, target, emoji, user.id, reactor);
    if (changes === 0) return;
    const standing = this.#standingOf(key, target);
    const index = standing.findIndex(([known]) => known === emoji);
    const [, count, ...shown] = standing[index] ?? [emoji, 0];
    if (reactor !== undefined) {
      const reactors = [...shown, reactor].slice(0, LIMITS.reactionPeople);
      standing.splice(index < 0 ? standing.length : index, 1, [emoji, count + 1, ...reactors]);
    } else if (count > 1) {
      // There may be more than were shown, of whom one is shown now.
      standing.splice(index, 1, [emoji, count - 1, ...this.#reactorsOf(key, target, emoji)]);
    } else {
      standing.splice(index, 1);
    }
    this.#setStanding.run(standing.length > 0 ? JSON.stringify(standing) : null, key, target);
  }

  /** The emoji on a message, in the order in which each came first. */
  emojiOn(key: number, seq: number): string[] {
    return this.#standingOf(key, seq).map(([emoji]) => emoji);
  }

  #standingOf(key: number, seq: number): StandingReaction[] {
    const { reactions } = this.#standing.get(key, seq) as { reactions: string | null };
    return reactions === null ? [] : JSON.parse(reactions) as StandingReaction[];
  }

  #reactorsOf(key: number, seq: number, emoji: string): number[] {
    const rows = this.#reactors.all(key, seq, emoji) as unknown as { reactor_key: number }[];
    return rows.map(({ reactor_key }) => reactor_key);
  }

  #reactorOf({ id, name, unverified }: User): number {
    const user = JSON.stringify({ id, name, unverified });
    const found = this.#findReactor.get(user) ?? this.#addReactor.get(user);
    return (found as { key: number }).key;
  }
}
