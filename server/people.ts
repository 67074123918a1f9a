/**
 * The people of this community whom the server has seen: to find somebody by name, and to tell when
 * they were last here. Implementations: `people_memory.ts`, `people_sqlite.ts`. Both pass
 * `tests/contract/people.ts`.
 */

import { GUEST_PREFIX } from "./identity.ts";
import type { User } from "./protocol.ts";

/** Milliseconds after which a guest who was not seen has no session any more, and never comes back. */
const GUEST_LASTS = 30 * 24 * 60 * 60_000;

/** How many people are looked at with each note, whether they are to be forgotten. */
export const LOOKED_AT = 50;
/** How many rooms of somebody who is forgotten are forgotten at once. */
export const PLACES_FORGOTTEN = 100;

export interface Person {
  id: string;
  /** As of when they were last seen. */
  name: string;
  /** When they were last seen, in milliseconds. */
  seen: number;
}

/** Whether somebody is a guest whose session is surely over. */
export function isGone({ id, seen }: Pick<Person, "id" | "seen">, now: number): boolean {
  return id.startsWith(GUEST_PREFIX) && seen <= now - GUEST_LASTS;
}

/**
 * Guests who are gone and never said anything are forgotten by and by, a few with each note, together with
 * their places in rooms: nobody can reach them, and anybody can make thousands of them.
 */
export interface PeopleDirectory {
  /**
   * Notes that people are here now, under these names. Resolves when it is kept; a crash may take the
   * last notes with it. `seen` never goes back.
   */
  note(users: readonly User[], now: number): Promise<void>;
  /** Those of the ids that are known, in any order. */
  find(ids: readonly string[]): Promise<Person[]>;
  /**
   * People whose name has this text in it, whatever the case: first those whose name, or a word of it,
   * begins with it, and the last seen first. An empty text is everybody.
   */
  search(text: string, limit: number): Promise<Person[]>;
}
