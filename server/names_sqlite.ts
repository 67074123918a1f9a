/**
 * The registry of names in the store's database: what the writer and the reader of `store_sqlite.ts`
 * do for it. Synchronous, each on its own connection.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { FORGOTTEN_AT_ONCE, type Holder, keysOf, type NameRegistry } from "./names.ts";
import type { ReadAtOnce, SendChange } from "./store_sqlite_changes.ts";

/** A change, as it goes to the writer. `now` in milliseconds. */
export type NameChange =
  | { change: "claim"; holder: Holder; shared: boolean; now: number }
  | { change: "release"; id: string };

/** Most names that are remembered as free. */
const FREE_REMEMBERED = 10_000;

const TAKEN = `
  SELECT 1 FROM names JOIN holders ON holders.id = names.holder_id
  WHERE names.key = ? AND holders.id IS NOT ? AND holders.expires > ? LIMIT 1`;

/** Makes changes, within a transaction of the writer. */
export class NameWriter {
  readonly #taken: StatementSync;
  readonly #forgetExpired: StatementSync;
  readonly #release: StatementSync;
  readonly #addHolder: StatementSync;
  readonly #addKey: StatementSync;

  constructor(database: DatabaseSync) {
    this.#taken = database.prepare(TAKEN);
    // Thousands may expire in one moment, and every other commit would wait for them all.
    this.#forgetExpired = database.prepare(`
      DELETE FROM holders WHERE rowid IN (SELECT rowid FROM holders
        WHERE expires <= ? ORDER BY expires LIMIT ${FORGOTTEN_AT_ONCE})`);
    this.#release = database.prepare("DELETE FROM holders WHERE id = ?");
    this.#addHolder = database.prepare("INSERT INTO holders (id, name, expires) VALUES (?, ?, ?)");
    this.#addKey = database.prepare("INSERT INTO names (key, holder_id) VALUES (?, ?)");
  }

  /** Whether it was done. Throws what SQLite throws. */
  apply(change: NameChange): boolean {
    // Keys go with their holder.
    if (change.change === "release") {
      this.#release.run(change.id);
      return true;
    }
    const { holder: { id, name, expires }, shared, now } = change;
    const keys = keysOf(name);
    if (!shared && keys.some((key) => this.#taken.get(key, id, now))) return false;
    this.#forgetExpired.run(now);
    this.#release.run(id);
    this.#addHolder.run(id, name, expires);
    for (const key of keys) this.#addKey.run(key, id);
    return true;
  }
}

/** @param now the clock, in milliseconds */
export function createSqliteNames(
  database: DatabaseSync,
  read: ReadAtOnce,
  send: SendChange,
  now: () => number,
): NameRegistry {
  const reader = new NameReader(database);
  // Names that nobody holds, which only a claim can change: a thousand devices of one name that come at
  // once, or come back, do not each ask the database.
  const free = new Set<string>();
  return {
    claim: async (holder, { shared } = { shared: false }) => {
      try {
        return await send({ change: "claim", holder, shared, now: now() }) === true;
      } finally {
        free.clear();
      }
    },
    release: async (id) => {
      await send({ change: "release", id });
    },
    // deno-lint-ignore require-await
    find: async (id) => read(() => reader.find(id, now())),
    // deno-lint-ignore require-await
    isTaken: async (name, id) => {
      if (free.has(name)) return false;
      const isTaken = read(() => reader.isTaken(name, id, now()));
      // Free for everybody, not only for whoever may hold it.
      if (!isTaken && id === undefined && free.size < FREE_REMEMBERED) free.add(name);
      return isTaken;
    },
  };
}

/** Looks things up. */
class NameReader {
  readonly #taken: StatementSync;
  readonly #holder: StatementSync;

  constructor(database: DatabaseSync) {
    this.#taken = database.prepare(TAKEN);
    this.#holder = database.prepare(
      "SELECT id, name, expires FROM holders WHERE id = ? AND expires > ?",
    );
  }

  find(id: string, now: number): Holder | undefined {
    const row = this.#holder.get(id, now) as unknown as Holder | undefined;
    return row && { ...row };
  }

  isTaken(name: string, id: string | undefined, now: number): boolean {
    return keysOf(name).some((key) => this.#taken.get(key, id ?? null, now) !== undefined);
  }
}
