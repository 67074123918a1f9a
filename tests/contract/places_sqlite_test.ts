import { temporarySqliteStore } from "../support/sqlite_store.ts";
import { testPlaces } from "./places.ts";
import { testUnread } from "./unread.ts";

testPlaces("places in SQLite", temporarySqliteStore);
testUnread("unread in SQLite", temporarySqliteStore);
