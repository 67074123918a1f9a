import { temporarySqliteStore } from "../support/sqlite_store.ts";
import { testStore } from "./store.ts";
import { testStoreMessages } from "./store_messages.ts";
import { testStorePages } from "./store_pages.ts";

testStore("SQLite store", temporarySqliteStore);
testStoreMessages("SQLite store", temporarySqliteStore);
testStorePages("SQLite store", temporarySqliteStore);
