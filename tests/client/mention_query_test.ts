/** Whom an `@` in the composer offers. */

import { assertEquals } from "@std/assert";
import { mentionQueryAt, mentionsOffered } from "../../client/mention_query.ts";
import { EVERYBODY } from "../../server/protocol.ts";

const people = ["Ann Lee", "Anna", "Björn", "Lee Ann"].map((name) => ({ id: name, name }));

function offered(name: string, mayNameAll = false): string[] {
  return mentionsOffered(name, people, mayNameAll).map(({ id }) => id);
}

Deno.test("a name is typed after an @ that begins a word, up to the caret", () => {
  const at = (text: string) => mentionQueryAt(text.replace("|", ""), text.indexOf("|"))?.name;
  assertEquals(at("@|"), "");
  assertEquals(at("hello @Ann L|"), "Ann L");
  assertEquals(at("hello (@An|na)"), "An");
  assertEquals(at("@ann and @be|"), "be");
  assertEquals(mentionQueryAt("a @bc d", 5), { from: 2, to: 5, name: "bc" });
  for (
    const none of ["|", "ann|", "ann@example.org|", "https://a/@b|", "@ ann|", "@ann\n|", "|@a"]
  ) {
    assertEquals(at(none), undefined, none);
  }
});

Deno.test("whose name begins so comes before those of whom a later word does", () => {
  assertEquals(offered(""), ["Ann Lee", "Anna", "Björn", "Lee Ann"]);
  assertEquals(offered("AN"), ["Ann Lee", "Anna", "Lee Ann"]);
  assertEquals(offered("lee"), ["Lee Ann", "Ann Lee"]);
  assertEquals(offered("bjo"), ["Björn"]);
  assertEquals(offered("x"), []);
});

Deno.test("a whole name that can only mean one person is not offered again", () => {
  assertEquals(offered("anna"), []);
  assertEquals(offered("anna "), []);
});

Deno.test("everybody is offered to those who may call everybody", () => {
  assertEquals(offered("roo"), []);
  assertEquals(offered("roo", true), [EVERYBODY]);
});

Deno.test("a hostile line of a megabyte costs nothing", () => {
  const text = "@".repeat(1_000_000);
  const started = performance.now();
  for (let round = 0; round < 100; round++) mentionQueryAt(text, text.length);
  assertEquals(performance.now() - started < 500, true);
});
