import { temporarySqliteStore } from "../support/sqlite_store.ts";
import { testStore } from "./store.ts";
import { testStorePages } from "./store_pages.ts";

testStore("SQLite store", temporarySqliteStore);
testStorePages("SQLite store", temporarySqliteStore);
