import { createMemoryStore } from "../../server/store_memory.ts";
import { testPlaces } from "./places.ts";
import type { OpenStore } from "./suite.ts";
import { testUnread } from "./unread.ts";

const open: OpenStore = (now) => Promise.resolve(createMemoryStore({ now }));

testPlaces("places in memory", open);
testUnread("unread in memory", open);
