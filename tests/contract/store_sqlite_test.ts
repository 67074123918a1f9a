import { temporarySqliteStore } from "../support/sqlite_store.ts";
import { testStore } from "./store.ts";
import { testStoreConversations } from "./store_conversations.ts";
import { testStoreMessages } from "./store_messages.ts";
import { testStorePages } from "./store_pages.ts";
import { testStoreRandomly } from "./store_random.ts";
import { testStoreReactions } from "./store_reactions.ts";
import { testStoreRoomList } from "./store_room_list.ts";
import { testStoreRooms } from "./store_rooms.ts";

testStore("SQLite store", temporarySqliteStore);
testStoreMessages("SQLite store", temporarySqliteStore);
testStorePages("SQLite store", temporarySqliteStore);
testStoreReactions("SQLite store", temporarySqliteStore);
testStoreRooms("SQLite store", temporarySqliteStore);
testStoreConversations("SQLite store", temporarySqliteStore);
testStoreRoomList("SQLite store", temporarySqliteStore);
testStoreRandomly("SQLite store", temporarySqliteStore);
