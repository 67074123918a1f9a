import { createMemoryNames } from "../../server/names_memory.ts";
import { testNames } from "./names.ts";

testNames(
  "names in memory",
  (now) =>
    Promise.resolve({
      names: createMemoryNames(now),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
);
