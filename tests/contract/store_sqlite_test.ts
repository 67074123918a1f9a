import { fail } from "@std/assert";
import { openSqliteStore } from "../../server/store_sqlite.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { testStore } from "./store.ts";

testStore("SQLite store", async (now) => {
  const folder = temporaryFolder();
  const store = await openSqliteStore({ path: folder.path, now, onProblem: (what) => fail(what) });
  const close = store.close.bind(store);
  let removed: Promise<void> | undefined;
  store.close = () => removed ??= close().then(() => folder[Symbol.dispose]());
  return store;
});
