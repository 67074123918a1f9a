/** What the store's reads cost that grow with rooms and people; printed by `store_bench.ts`. */

import { DatabaseSync } from "node:sqlite";
import type { Draft, Store } from "../../server/store.ts";
import { openSqliteStore } from "../../server/store_sqlite.ts";
import { BatchWriter, type Write } from "../../server/store_sqlite_batch.ts";
import { prepareDatabase } from "../../server/store_sqlite_schema.ts";
import type { Spread } from "./spread.ts";
import { draft, time } from "./store_load.ts";

const READER = { id: "user-reader-0123456789", name: "Reader" };

/** Lists, room lists and searches, among so many rooms and people. */
export async function timeLists(
  path: string,
  rooms: number,
  people: number,
): Promise<[string, Spread][]> {
  Deno.mkdirSync(path, { recursive: true });
  const database = new DatabaseSync(`${path}/parlor.db`);
  prepareDatabase(database, 0);
  const writer = new BatchWriter(database);
  const many = (count: number, writeOf: (index: number) => Write[]) =>
    writer.write(Array.from({ length: count }, (_, index) => writeOf(index)).flat());
  many(rooms, (index) => [write({ ...draft(`room-${index}`) })]);
  many(200, (index) => {
    const room = `room-${index}`;
    const userId = READER.id;
    return [
      { change: { change: "listed", userId, room, listed: true } },
      ...Array.from({ length: 150 }, (_, number) =>
        write({
          ...draft(room),
          ...(number % 10 === 0 ? { mentions: [READER] } : {}),
        })),
    ];
  });
  const users = Array.from({ length: people }, (_, index) => ({
    id: `user-${index}-0123456789abcdef`,
    name: `${["Ada", "Zoë", "Robert", "Maria"][index % 4]} ${index.toString(36)}`,
  }));
  many(1, () => [{ change: { change: "note", users, now: Date.now() } }]);
  database.close();
  return await reading(path, async (store) => {
    const calls: [name: string, call: () => Promise<unknown>][] = [
      ["list of 200 rooms, 150 unread each", () => store.places.list(READER.id, 200)],
      [`newest 100 of ${rooms} rooms`, () => store.rooms({ limit: 100 })],
      [`${rooms} rooms, found by “99”`, () => store.rooms({ filter: "99", limit: 100 })],
      [`${rooms} rooms, none found`, () => store.rooms({ filter: "nothing", limit: 100 })],
      [`${people} people, found by “ada”`, () => store.people.search("ada", 20)],
      [`${people} people, none found`, () => store.people.search("nobody", 20)],
      [`${people} people, all found`, () => store.people.search("", 20)],
    ];
    const results: [string, Spread][] = [];
    for (const [name, call] of calls) results.push([name, await time(100, call)]);
    const begun = performance.now();
    const marks = Array.from(
      { length: 1_000 },
      (_, index) => store.places.read(`user-${index}`, "room-1", index % 150, false),
    );
    await Promise.all(marks);
    const took = performance.now() - begun;
    results.push(["1,000 read positions at once", { p50: took, p99: took, worst: took }]);
    return results;
  });
}

function write(draft: Draft): Write {
  return { draft, timestamp: Date.now() };
}

/** Reads from a store at a path, which is closed afterwards. */
export async function reading<Result>(
  path: string,
  read: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = await openSqliteStore({ path, onProblem: console.error });
  try {
    return await read(store);
  } finally {
    await store.close();
  }
}
