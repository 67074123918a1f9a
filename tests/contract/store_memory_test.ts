import { createMemoryStore } from "../../server/store_memory.ts";
import { testStore } from "./store.ts";

testStore("memory store", (now) => Promise.resolve(createMemoryStore({ now })));
