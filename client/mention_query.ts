/** What somebody is about to name in a text: `@` and the beginning of a name, up to the caret. */

import { EVERYBODY, LIMITS, type User } from "../server/protocol.ts";
import { withoutAccents } from "../server/without_accents.ts";

export interface MentionQuery {
  /** Where the `@` stands. */
  from: number;
  /** Where the caret is. */
  to: number;
  /** What stands between. Names may have spaces. */
  name: string;
}

/** An `@` that begins a word, and what follows it on its line. */
const QUERY = /(?:^|[^\p{L}\p{N}_.@/-])@([^@\n]*)$/u;

export function mentionQueryAt(text: string, caret: number): MentionQuery | undefined {
  const line = text.slice(Math.max(0, caret - LIMITS.nameBytes - 3), caret);
  const name = QUERY.exec(line)?.[1];
  if (name === undefined || name.startsWith(" ")) return undefined;
  return { from: caret - name.length - 1, to: caret, name };
}

/** Most people offered. */
export const OFFERED_MOST = 8;

/** Everybody in the room at once, for those who may. */
const ROOM: User = { id: EVERYBODY, name: "room" };

/**
 * Whom a query can mean: whose name begins with it before those of whom another word does, otherwise in
 * the given order. None where it already says the whole name of the only one.
 */
export function mentionsOffered(
  name: string,
  people: readonly User[],
  mayNameAll: boolean,
): User[] {
  const wanted = withoutAccents(name);
  const all = mayNameAll ? [...people, ROOM] : people;
  const names = all.map((user) => ({ user, plain: withoutAccents(user.name) }));
  const first = names.filter((one) => one.plain.startsWith(wanted));
  const second = names.filter((one) => !first.includes(one) && one.plain.includes(` ${wanted}`));
  const offered = [...first, ...second].slice(0, OFFERED_MOST).map(({ user }) => user);
  return offered.length === 1 && withoutAccents(offered[0]!.name) === wanted ? [] : offered;
}
