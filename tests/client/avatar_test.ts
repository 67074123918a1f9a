/** What stands for a person where there is little room. */

import { assertEquals } from "@std/assert";
import { initialsOf } from "../../client/views/avatar.tsx";

Deno.test("the initials are those of the first and the last word", () => {
  assertEquals(["Ada Lovelace", "ada", "Juan de la Cruz", "李明"].map(initialsOf), [
    "AL",
    "A",
    "JC",
    "李",
  ]);
});

Deno.test("no letter and no picture is taken apart", () => {
  assertEquals(["👩‍👩‍👧‍👦 Family", "e\u0301va", "🇨🇭"].map(initialsOf), ["👩‍👩‍👧‍👦", "E\u0301", "🇨🇭"]);
});
