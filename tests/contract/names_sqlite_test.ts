import { assert, assertEquals, fail } from "@std/assert";
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
