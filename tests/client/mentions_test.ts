/** Names in texts are marked, and said as they are today. */

import { assertEquals } from "@std/assert";
import { markMentions, mentionedIn, namedToday } from "../../client/mentions.ts";
import { EVERYBODY } from "../../server/protocol.ts";

const ANN = { id: "a", name: "Ann" };
const ANN_LEE = { id: "al", name: "Ann Lee" };

function marks(text: string): [string, string | undefined][] {
  return markMentions([{ text }], [ANN, ANN_LEE]).map(({ text, mention }) => [text, mention?.id]);
}

Deno.test("the longest name that ends with a word is meant, in any case", () => {
  assertEquals(marks("hi @ann lee!"), [["hi ", undefined], ["@ann lee", "al"], ["!", undefined]]);
  assertEquals(marks("@Ann leeway"), [["@Ann", "a"], [" leeway", undefined]]);
  assertEquals(marks("@Ann, @Ann Lee"), [["@Ann", "a"], [", ", undefined], ["@Ann Lee", "al"]]);
});

Deno.test("a name inside a word or an address names nobody", () => {
  for (const text of ["x@Ann", "mail me@Ann.org", "@Anna", "@@Ann", "@ Ann"]) {
    assertEquals(marks(text), [[text, undefined]], text);
  }
});

Deno.test("a link is not searched for names", () => {
  const link = { text: "https://a/ @Ann", href: "https://a/" };
  assertEquals(markMentions([link], [ANN]), [link]);
});

Deno.test("who was renamed is named as today, everybody as in the text", () => {
  const mentions = [ANN, { id: EVERYBODY, name: "room" }, { id: "gone", name: "Zoe" }];
  const message = { message: "@ann and @room, not @Zoe", mentions };
  assertEquals(
    namedToday(message, (id) => id === "a" ? "Annie" : undefined),
    "@Annie and @room, not @Zoe",
  );
});

Deno.test("the people whom a text names are found, each once", () => {
  assertEquals(mentionedIn("@Ann @Ann Lee @ann", [ANN, ANN_LEE]), ["a", "al"]);
  assertEquals(mentionedIn("nobody", [ANN]), []);
});
