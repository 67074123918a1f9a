import { assert, assertEquals, fail } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore } from "../../server/store_sqlite.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { testNames } from "./names.ts";

testNames("names in SQLite", async (now) => {
  const folder = temporaryFolder();
  const store = await openSqliteStore({ path: folder.path, now, onProblem: (what) => fail(what) });
  return {
    names: store.names,
    async [Symbol.asyncDispose]() {
      await store.close();
      folder[Symbol.dispose]();
    },
  };
});

Deno.test("thousands of sessions that expire in one moment: a claim forgets only some of them", async () => {
  using folder = temporaryFolder();
  const start = Date.now();
  let time = start;
  const store = await openSqliteStore({
    path: folder.path,
    now: () => time,
    onProblem: (what) => fail(what),
  });
  await Promise.all(
    Array.from(
      { length: 1_000 },
      (_, index) =>
        store.names.claim({ id: `u_${index}`, name: `Person ${index}`, expires: start + 1_000 }),
    ),
  );
  time += 1_000;
  const count = () => {
    const database = new DatabaseSync(`${folder.path}/parlor.db`, { readOnly: true });
    try {
      return database.prepare("SELECT count(*) AS count FROM holders").get()!.count as number;
    } finally {
      database.close();
    }
  };
  const claim = (id: string) => store.names.claim({ id, name: id, expires: time + 1_000 });
  assertEquals(await store.names.isTaken("Person 7"), false);
  await claim("u_new");
  assertEquals(count(), 901);
  for (let more = 0; more < 9; more++) await claim(`u_more_${more}`);
  assertEquals(count(), 10);
  await store.close();
});

Deno.test("names in SQLite: a name is still held after closing and opening again", async () => {
  using folder = temporaryFolder();
  const ada = { id: "u_1", name: "Ada", expires: Date.now() + 60_000 };
  for (const isFirst of [true, false]) {
    const store = await openSqliteStore({ path: folder.path, onProblem: (what) => fail(what) });
    if (isFirst) assert(await store.names.claim(ada));
    assertEquals(await store.names.find("u_1"), ada);
    assert(await store.names.isTaken("ada"));
    await store.close();
  }
});
