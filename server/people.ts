/**
 * The people of this community whom the server has seen: to find somebody by name, and to tell when
 * they were last here. Implementations: `people_memory.ts`, `people_sqlite.ts`. Both pass
 * `tests/contract/people.ts`.
 */

import type { User } from "./protocol.ts";

export interface Person {
  id: string;
  /** As of when they were last seen. */
  name: string;
  /** When they were last seen, in milliseconds. */
  seen: number;
}

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
