/**
 * Who put which emoji on which message. What a page shows of it is kept with the message, as JSON, and
 * changed with every reaction: a page is read a thousand times as often.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { LIMITS, type Message, type ReactEvent, type Reaction, type User } from "./protocol.ts";

export class ReactionProjection {
  readonly #add: StatementSync;
  readonly #remove: StatementSync;
  readonly #people: StatementSync;
  readonly #show: StatementSync;

  constructor(database: DatabaseSync) {
    this.#add = database.prepare(`
      INSERT OR IGNORE INTO reactions (room_key, seq, emoji, user_id, user) VALUES (?, ?, ?, ?, ?)`);
    this.#remove = database.prepare(
      "DELETE FROM reactions WHERE room_key = ? AND seq = ? AND emoji = ? AND user_id = ?",
    );
    this.#people = database.prepare(`
      SELECT user FROM reactions WHERE room_key = ? AND seq = ? AND emoji = ?
      ORDER BY key LIMIT ${LIMITS.reactionPeople}`);
    this.#show = database.prepare(
      "UPDATE messages SET reactions = ? WHERE room_key = ? AND seq = ?",
    );
  }

  /** Changes nothing where the reaction is as asked already. */
  react(key: number, { reactions = [] }: Message, event: ReactEvent): void {
    const { target, emoji, on, user } = event;
    const { changes } = on
      ? this.#add.run(key, target, emoji, user.id, JSON.stringify(user))
      : this.#remove.run(key, target, emoji, user.id);
    if (changes === 0) return;
    const stand = on
      ? withReaction(reactions, emoji, user)
      : withoutReaction(reactions, emoji, () => this.#peopleOf(key, target, emoji));
    this.#show.run(stand.length > 0 ? JSON.stringify(stand) : null, key, target);
  }

  #peopleOf(key: number, seq: number, emoji: string): User[] {
    const rows = this.#people.all(key, seq, emoji) as unknown as { user: string }[];
    return rows.map(({ user }) => JSON.parse(user) as User);
  }
}

function withReaction(reactions: readonly Reaction[], emoji: string, user: User): Reaction[] {
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  if (!known) return [...reactions, { emoji, count: 1, people: [user] }];
  const people = [...known.people, user].slice(0, LIMITS.reactionPeople);
  return reactions.map((reaction) =>
    reaction === known ? { emoji, count: known.count + 1, people } : reaction
  );
}

/** @param peopleLeft those who are shown now: there may have been more than those shown before */
function withoutReaction(
  reactions: readonly Reaction[],
  emoji: string,
  peopleLeft: () => User[],
): Reaction[] {
  return reactions.flatMap((reaction) => {
    if (reaction.emoji !== emoji) return [reaction];
    const count = reaction.count - 1;
    return count === 0 ? [] : [{ emoji, count, people: peopleLeft() }];
  });
}
