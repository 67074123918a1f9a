/** Whom a text mentions. */

import { assert, assertEquals } from "@std/assert";
import { findMentions } from "../../server/mentions.ts";
import { LIMITS, type Mention } from "../../server/protocol.ts";

function person(name: string, id = `u_${name.toLowerCase()}`): Mention {
  return { id, name };
}

const PEOPLE = [
  person("Ann"),
  person("Ann Lee", "u_lee"),
  person("Zoë"),
  person("小明", "u_ming"),
  person("O'Neil", "u_oneil"),
  person("J.R.", "u_jr"),
  person("Ann-Marie", "u_marie"),
  person("Sprout🌱", "u_sprout"),
];

/** What a text mentions, as `id=name` in one line. */
function found(text: string, ...groups: Mention[][]): string {
  return findMentions(text, groups.length > 0 ? groups : [PEOPLE])
    .map(({ id, name }) => `${id}=${name}`).join(" ");
}

for (
  const [text, expected] of [
    ["@Ann", "u_ann=Ann"],
    ["hello @ann, how are you", "u_ann=ann"],
    ["(@ANN)", "u_ann=ANN"],
    ["@Ann's turn", "u_ann=Ann"],
    ["is it @ann?", "u_ann=ann"],
    ["…@Ann.", "u_ann=Ann"],
    ["**@Ann**", "u_ann=Ann"],
    ["line\n@Ann\nline", "u_ann=Ann"],
    ["@ann lee, please", "u_lee=ann lee"],
    ["@Ann Leeward", "u_ann=Ann"],
    ["@Ann-Marie and @ann", "u_marie=Ann-Marie u_ann=ann"],
    ["@zoË", "u_zoë=zoË"],
    ["@O'Neil's", "u_oneil=O'Neil"],
    ["ask @J.R. and @j.r.", "u_jr=J.R. u_jr=j.r."],
    ["@Sprout🌱", "u_sprout=Sprout🌱"],
    ["@sprout🌱 grows", "u_sprout=sprout🌱"],
    ["你好@小明，再见", "u_ming=小明"],
    ["@小明你好", "u_ming=小明"],
    ["İstanbul @ann", "u_ann=ann"],
    ["@Ann and @Ann and @Zoë", "u_ann=Ann u_zoë=Zoë"],
  ] as const
) {
  Deno.test(`“${text.replaceAll("\n", "⏎")}” mentions ${expected}`, () => {
    assertEquals(found(text), expected);
  });
}

for (
  const text of [
    "",
    "@",
    "@ Ann",
    "Ann",
    "@nobody",
    "@Anna",
    "@Ann2",
    "@Ann_",
    "me@Ann",
    "mail me@ann.example",
    "@ann@social.example",
    "https://social.example/@ann",
    "@@@",
    "@\ud800",
    "@An\u0301n",
  ]
) {
  Deno.test(`${JSON.stringify(text)} mentions nobody`, () => assertEquals(found(text), ""));
}

Deno.test("a name means those of the first group that has somebody of this name", () => {
  const given = [person("Ann", "u_given")];
  const present = [person("ann", "u_one"), person("ANN", "u_other"), person("Ben")];
  assertEquals(found("@Ann @Ben", given, present), "u_given=Ann u_ben=Ben");
  assertEquals(found("@Ann @Ben", [], present), "u_one=Ann u_other=Ann u_ben=Ben");
});

Deno.test("a name as long as names can be is found, at the end of a text and before more of it", () => {
  const name = "x".repeat(LIMITS.nameBytes);
  const people = [person(name, "u_long")];
  assertEquals(found(`@${name}`, people), `u_long=${name}`);
  assertEquals(found(`@${name} yes`, people), `u_long=${name}`);
  assertEquals(found(`@${name}x`, people), "");
});

Deno.test("a text mentions no more people than may be mentioned", () => {
  const people = Array.from({ length: 200 }, (_, index) => person(`p${index}`));
  const text = people.map(({ name }) => `@${name}`).join(" ");
  const mentions = findMentions(text, [people]);
  assertEquals(mentions, people.slice(0, LIMITS.mentionsPerMessage));
});

/** Milliseconds that the fastest of some tries takes. */
function timeOf(work: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}

for (
  const [attack, part, name] of [
    ["nothing but signs", "@", (index: number) => "@".repeat(index % 64 + 1)],
    ["signs and letters", "@a ", (index: number) => "a ".repeat(index % 32) + "a"],
    ["signs and names that go on", "@a-", (index: number) => "a-@".repeat(index % 21) + "b"],
    ["one long word", "@aaaaaaaaaaaaaaa", (index: number) => "a".repeat(index % 64 + 1)],
    ["unspaced words", "@小", (index: number) => "小".repeat(index % 21 + 1)],
  ] as const
) {
  Deno.test(`attack: 16 kB of ${attack}, against 1,000 people, are looked through at once`, () => {
    const people = Array.from({ length: 1_000 }, (_, index) => person(name(index), `u_${index}`));
    const text = part.repeat(LIMITS.messageBytes).slice(0, LIMITS.messageBytes);
    const milliseconds = timeOf(() => findMentions(text, [people, people, people]));
    // A few milliseconds here; signs times people would be ten seconds.
    assert(milliseconds < 100, `${milliseconds} ms`);
  });
}
