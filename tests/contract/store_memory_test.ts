import { createMemoryStore } from "../../server/store_memory.ts";
import { testStore } from "./store.ts";
import { testStoreConversations } from "./store_conversations.ts";
import { testStoreMessages } from "./store_messages.ts";
import { testStorePages } from "./store_pages.ts";
import { testStoreRandomly } from "./store_random.ts";
import { testStoreReactions } from "./store_reactions.ts";
import { testStoreRoomList } from "./store_room_list.ts";
import { testStoreRooms } from "./store_rooms.ts";
import type { OpenStore } from "./suite.ts";

const open: OpenStore = (now) => Promise.resolve(createMemoryStore({ now }));

testStore("memory store", open);
testStoreMessages("memory store", open);
testStorePages("memory store", open);
testStoreReactions("memory store", open);
testStoreRooms("memory store", open);
testStoreConversations("memory store", open);
testStoreRoomList("memory store", open);
testStoreRandomly("memory store", open);
