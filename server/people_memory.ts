/** A directory of people in memory, forgotten with the process. */

import { isGone, LOOKED_AT, type PeopleDirectory, type Person } from "./people.ts";
import type { User } from "./protocol.ts";
import { Walk } from "./walk.ts";

/** What the store knows of people besides. */
export interface MemoryPeopleStore {
  /** Whether they ever said or did anything in a room. */
  hasSaid(userId: string): boolean;
  /** Forgets their own relation to rooms. */
  forgetPlaces(userId: string): void;
}

/** An empty directory. */
export function createMemoryPeople(store: MemoryPeopleStore): PeopleDirectory {
  return new MemoryPeople(store);
}

class MemoryPeople implements PeopleDirectory {
  readonly #people = new Map<string, Person>();
  readonly #walk = new Walk(this.#people);

  constructor(private readonly store: MemoryPeopleStore) {}

  // deno-lint-ignore require-await
  async note(users: readonly User[], now: number): Promise<void> {
    for (const { id, name } of users) {
      const seen = Math.max(now, this.#people.get(id)?.seen ?? 0);
      this.#people.set(id, { id, name, seen });
    }
    for (const [id, person] of this.#walk.next(LOOKED_AT)) {
      if (!isGone(person, now) || this.store.hasSaid(id)) continue;
      this.store.forgetPlaces(id);
      this.#people.delete(id);
    }
  }

  // deno-lint-ignore require-await
  async find(ids: readonly string[]): Promise<Person[]> {
    return [...new Set(ids)].map((id) => this.#people.get(id))
      .filter((person) => person !== undefined).map((person) => ({ ...person }));
  }

  // deno-lint-ignore require-await
  async search(text: string, limit: number): Promise<Person[]> {
    const wanted = text.toLowerCase();
    return [...this.#people.values()]
      .filter(({ name }) => name.toLowerCase().includes(wanted))
      .map((person) => ({ person, begins: beginsWith(person.name.toLowerCase(), wanted) }))
      .sort((a, b) => Number(b.begins) - Number(a.begins) || b.person.seen - a.person.seen)
      .slice(0, limit)
      .map(({ person }) => ({ ...person }));
  }
}

/** Whether a name, or a word of it, begins with a text. */
function beginsWith(name: string, text: string): boolean {
  return name.startsWith(text) || name.includes(` ${text}`);
}
