import { temporarySqliteStore } from "../support/sqlite_store.ts";
import { testPeople } from "./people.ts";

testPeople("people in SQLite", temporarySqliteStore);
