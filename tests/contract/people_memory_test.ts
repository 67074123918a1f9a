import { createMemoryStore } from "../../server/store_memory.ts";
import { testPeople } from "./people.ts";

testPeople("people in memory", (now) => Promise.resolve(createMemoryStore({ now })));
