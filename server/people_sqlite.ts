/**
 * The directory of people in the store's database: what the writer and the reader of `store_sqlite.ts`
 * do for it. Synchronous, each on its own connection.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { PeopleDirectory, Person } from "./people.ts";
import type { User } from "./protocol.ts";
import type { ReadAtOnce, SendChange } from "./store_sqlite_changes.ts";

/** A change, as it goes to the writer. `now` in milliseconds. */
export type PersonChange = { change: "note"; users: Pick<User, "id" | "name">[]; now: number };

/** Makes changes, within a transaction of the writer. */
export class PeopleWriter {
  readonly #note: StatementSync;

  constructor(database: DatabaseSync) {
    this.#note = database.prepare(`
      INSERT INTO people (id, name, search, seen) VALUES (?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE
      SET name = excluded.name, search = excluded.search, seen = max(seen, excluded.seen)`);
  }

  /** Throws what SQLite throws. */
  apply({ users, now }: PersonChange): null {
    for (const { id, name } of users) this.#note.run(id, name, name.toLowerCase(), now);
    return null;
  }
}

/** The directory in a store's database. */
export function createSqlitePeople(
  database: DatabaseSync,
  read: ReadAtOnce,
  send: SendChange,
): PeopleDirectory {
  const reader = new PeopleReader(database);
  return {
    note: async (users, now) => {
      await send({ change: "note", users: users.map(({ id, name }) => ({ id, name })), now });
    },
    // deno-lint-ignore require-await
    find: async (ids) => read(() => reader.find(ids)),
    // deno-lint-ignore require-await
    search: async (text, limit) => read(() => reader.search(text, limit)),
  };
}

/** Looks things up. */
class PeopleReader {
  readonly #find: StatementSync;
  readonly #search: StatementSync;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare(
      "SELECT id, name, seen FROM people WHERE id IN (SELECT value FROM json_each(?))",
    );
    // Reading all names takes a few milliseconds for ten thousand; no index finds the middle of one.
    this.#search = database.prepare(`
      SELECT id, name, seen FROM people WHERE instr(search, :text) > 0
      ORDER BY instr(search, :text) = 1 OR instr(search, ' ' || :text) > 0 DESC, seen DESC, rowid
      LIMIT :limit`);
  }

  find(ids: readonly string[]): Person[] {
    return copies(this.#find.all(JSON.stringify(ids)));
  }

  search(text: string, limit: number): Person[] {
    return copies(this.#search.all({ text: text.toLowerCase(), limit }));
  }
}

function copies(rows: unknown[]): Person[] {
  return (rows as Person[]).map(({ id, name, seen }) => ({ id, name, seen }));
}
