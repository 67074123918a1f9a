import { createMemoryStore } from "../../server/store_memory.ts";
import { testStore } from "./store.ts";
import { testStoreMessages } from "./store_messages.ts";
import { testStorePages } from "./store_pages.ts";
import { testStoreReactions } from "./store_reactions.ts";
import type { OpenStore } from "./suite.ts";

const open: OpenStore = (now) => Promise.resolve(createMemoryStore({ now }));

testStore("memory store", open);
testStoreMessages("memory store", open);
testStorePages("memory store", open);
testStoreReactions("memory store", open);
