/** A new empty SQLite store in a folder of its own, which is gone when the store is closed. */

import { fail } from "@std/assert";
import type { Store } from "../../server/store.ts";
import { openSqliteStore } from "../../server/store_sqlite.ts";
import { temporaryFolder } from "./temporary.ts";

/** Trouble with the database fails the test. */
export async function temporarySqliteStore(now: () => number): Promise<Store> {
  const folder = temporaryFolder();
  const store = await openSqliteStore({ path: folder.path, now, onProblem: (what) => fail(what) });
  const close = store.close.bind(store);
  let removed: Promise<void> | undefined;
  store.close = () => removed ??= close().then(() => folder[Symbol.dispose]());
  return store;
}
