/**
 * The people of the store, noted at most once a second however many come and go; what waits to be noted
 * is found already.
 */

import type { Log } from "./log.ts";
import type { PeopleDirectory, Person } from "./people.ts";
import type { User } from "./protocol.ts";

/** Least milliseconds between two notes. */
const INTERVAL = 1_000;

export class Directory {
  /** Seen and not yet noted, by id. */
  readonly #waiting = new Map<string, Person>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The note under way. */
  #noting: Promise<void> = Promise.resolve();
  #notedAt = -Infinity;
  #isClosed = false;

  constructor(
    private readonly people: PeopleDirectory,
    private readonly log: Log,
  ) {}

  /** Notes that somebody is here now. */
  note({ id, name }: User): void {
    if (this.#isClosed) return;
    this.#waiting.set(id, { id, name, seen: Date.now() });
    const wait = Math.max(0, this.#notedAt + INTERVAL - performance.now());
    this.#timer ??= setTimeout(() => this.#flush(), wait);
  }

  /** Those of the ids that are known, in any order. */
  async find(ids: readonly string[]): Promise<Person[]> {
    const known = new Map((await this.people.find(ids)).map((person) => [person.id, person]));
    for (const id of ids) {
      const waiting = this.#waiting.get(id);
      if (waiting) known.set(id, waiting);
    }
    return [...known.values()];
  }

  /** People whose name has this text in it; see `PeopleDirectory.search`. */
  async search(text: string, limit: number): Promise<Person[]> {
    // Their names could not be sorted in among the others.
    if (this.#waiting.size > 0) await this.#flush();
    return await this.people.search(text, limit);
  }

  /** Notes what waits, and nothing afterwards. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#flush();
  }

  #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#noting = this.#noting.then(() => this.#write());
  }

  async #write(): Promise<void> {
    if (this.#waiting.size === 0) return;
    this.#notedAt = performance.now();
    const people = [...this.#waiting.values()];
    try {
      await this.people.note(people, Math.max(...people.map(({ seen }) => seen)));
    } catch (error) {
      // Everybody online is noted again within a minute.
      this.log.warn("people were not noted", { people: people.length, error: String(error) });
    }
    for (const person of people) {
      if (this.#waiting.get(person.id) === person) this.#waiting.delete(person.id);
    }
  }
}
