/** Where very long messages are cut. */

import { assert, assertEquals } from "@std/assert";
import { beginningOf } from "../../client/shorten.ts";

/** What is shown of a text. */
function shown(text: string): string {
  return text.slice(0, beginningOf(text));
}

Deno.test("a message of usual length is shown whole", () => {
  for (const text of ["hello", "word ".repeat(400), "line\n".repeat(23), ""]) {
    assertEquals(beginningOf(text), undefined);
  }
});

Deno.test("of a long message the beginning is shown, and a good part is left for later", () => {
  for (const text of ["word ".repeat(401), "line\n".repeat(24), "m".repeat(16_384)]) {
    const length = shown(text).length;
    assert(length > 0 && length < text.length * 0.7, `${length} of ${text.length}`);
  }
});

Deno.test("no word is cut in two where there is a space near", () => {
  assert(
    shown("antidisestablishmentarianism ".repeat(100)).endsWith(" antidisestablishmentarianism"),
  );
});

Deno.test("no character is cut in two in a text without spaces", () => {
  for (const text of ["😀".repeat(2_000), "a" + "😀".repeat(2_000)]) {
    assert(shown(text).isWellFormed());
  }
});

Deno.test("empty lines at the cut are left out", () => {
  assertEquals(shown("x" + "\n".repeat(16_000) + "y"), "x");
});
