import { assertEquals } from "@std/assert";
import { selfFirst } from "../../client/people.ts";
import { ANN, BEN } from "./support/fake_network.ts";

const CARA = { id: "u_cara", name: "Cara" };

Deno.test("the reader is first, once, and the others stay in their order", () => {
  assertEquals(selfFirst([BEN, ANN, CARA], ANN), [ANN, BEN, CARA]);
  // A large room names only some.
  assertEquals(selfFirst([CARA, BEN], ANN), [ANN, CARA, BEN]);
});
