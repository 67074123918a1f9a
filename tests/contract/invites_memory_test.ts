import { createMemoryStore } from "../../server/store_memory.ts";
import { testInvites } from "./invites.ts";

testInvites("invites in memory", (now) => Promise.resolve(createMemoryStore({ now })));
