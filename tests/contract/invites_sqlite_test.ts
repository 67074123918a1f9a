import { temporarySqliteStore } from "../support/sqlite_store.ts";
import { testInvites } from "./invites.ts";

testInvites("invites in SQLite", temporarySqliteStore);
