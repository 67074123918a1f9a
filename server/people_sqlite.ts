/**
 * The directory of people in the store's database: what the writer and the reader of `store_sqlite.ts`
 * do for it. Synchronous, each on its own connection.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  isGone,
  LOOKED_AT,
  type PeopleDirectory,
  type Person,
  PLACES_FORGOTTEN,
} from "./people.ts";
import type { User } from "./protocol.ts";
import type { ReadAtOnce, SendChange } from "./store_sqlite_changes.ts";

/** A change, as it goes to the writer. `now` in milliseconds. */
export type PersonChange = { change: "note"; users: Pick<User, "id" | "name">[]; now: number };

interface PersonRow extends Pick<Person, "id" | "seen"> {
  rowid: number;
}

/** Makes changes, within a transaction of the writer. */
export class PeopleWriter {
  readonly #note: StatementSync;
  readonly #next: StatementSync;
  readonly #hasSaid: StatementSync;
  readonly #forgetPlaces: StatementSync;
  readonly #forget: StatementSync;
  /** The row up to which people were looked at, round after round. */
  #lookedAt = 0;

  constructor(database: DatabaseSync) {
    this.#note = database.prepare(`
      INSERT INTO people (id, name, search, seen) VALUES (?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE
      SET name = excluded.name, search = excluded.search, seen = max(seen, excluded.seen)`);
    this.#next = database.prepare(
      `SELECT rowid, id, seen FROM people WHERE rowid > ? ORDER BY rowid LIMIT ${LOOKED_AT}`,
    );
    this.#hasSaid = database.prepare("SELECT 1 FROM events WHERE user_id = ? LIMIT 1");
    this.#forgetPlaces = database.prepare(`
      DELETE FROM places WHERE user_id = :id AND room IN
        (SELECT room FROM places WHERE user_id = :id LIMIT ${PLACES_FORGOTTEN})`);
    this.#forget = database.prepare("DELETE FROM people WHERE id = ?");
  }

  /** Throws what SQLite throws. */
  apply({ users, now }: PersonChange): null {
    for (const { id, name } of users) this.#note.run(id, name, name.toLowerCase(), now);
    this.#forgetSome(now);
    return null;
  }

  /** Whoever waits for this commit waits for it too, so it is a little each time. */
  #forgetSome(now: number): void {
    const rows = this.#next.all(this.#lookedAt) as unknown as PersonRow[];
    this.#lookedAt = rows.length < LOOKED_AT ? 0 : rows.at(-1)!.rowid;
    for (const person of rows) {
      if (!isGone(person, now) || this.#hasSaid.get(person.id) !== undefined) continue;
      const { changes } = this.#forgetPlaces.run({ id: person.id });
      if (changes < PLACES_FORGOTTEN) this.#forget.run(person.id);
    }
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
