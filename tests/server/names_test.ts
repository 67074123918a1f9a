import { assert, assertEquals, assertNotMatch } from "@std/assert";
import { isReserved, keysOf, nameTaken } from "../../server/names.ts";
import { createMemoryNames } from "../../server/names_memory.ts";
import { CONFUSABLES } from "../../server/names_confusables.ts";
import { byteLength, parseName } from "../../server/protocol_parse.ts";

function looksLike(one: string, other: string): boolean {
  const keys = keysOf(one);
  return keysOf(other).some((key) => keys.includes(key));
}

Deno.test("names that look alike are alike", () => {
  const pairs = [
    ["Ada", "ada"],
    ["Ada", "A d a"],
    ["Ada", "Аdа"], // Cyrillic А and а
    ["ADA", "ᎪᎠᎪ"], // Cherokee
    ["Bob", "B0b"],
    ["Ian", "lan"], // a capital i against a small L
    ["IAN", "ian"],
    ["Mary", "rnary"],
    ["Paul", "Ｐａｕｌ"], // full width
    ["Paul", "𝓟𝓪𝓾𝓵"],
    ["Omar", "Ωmar".replace("Ω", "О")], // Cyrillic О
    ["Zoë", "Zoe\u0308"],
    ["file", "ﬁle"],
    ["Ann-Marie", "Ann‐Marie"], // another hyphen
    ["O'Neil", "O’Neil"],
    ["Ada", "A\u034fda"], // a joiner that nobody sees
  ] as const;
  for (const [one, other] of pairs) {
    assert(looksLike(one, other), `${one} and ${other} look alike`);
    assert(looksLike(other, one), `${other} and ${one} look alike`);
  }
});

Deno.test("names that differ are different, in many scripts", () => {
  const names = [
    "Ada",
    "Ida",
    "Alan",
    "Zoe",
    "Zoë",
    "Ali",
    "Alf",
    "山田",
    "山本",
    "김민준",
    "김민서",
  ];
  names.push("Анна", "Инна", "أحمد", "محمد", "Ada 2", "Ada 3", "🦊", "🐻", "नेहा", "नेही");
  for (const [index, one] of names.entries()) {
    for (const other of names.slice(index + 1)) {
      assert(!looksLike(one, other), `${one} and ${other} are different`);
    }
  }
});

Deno.test("no look-alike in the table is the prototype of another", () => {
  const entries = CONFUSABLES.trim().split(/\s+/).map((entry) => entry.split("="));
  const prototypes = new Set(entries.map(([prototype]) => prototype));
  const alike = entries.flatMap(([, characters]) => [...characters!]);
  assert(alike.length > 1_500, `only ${alike.length} characters`);
  assertEquals(new Set(alike).size, alike.length);
  assertEquals(alike.filter((character) => prototypes.has(character)), []);
});

Deno.test("the names that the server gives to guests are reserved, in every way to write them", () => {
  for (const name of ["Guest", "guest 7", "GUEST 10", "Gu\u0435st 3", "Guest7", "ＧＵＥＳＴ ２"]) {
    assert(isReserved(name), name);
  }
  for (const name of ["Guestina", "August 7", "Guest of Ada"]) assert(!isReserved(name), name);
});

Deno.test("who asks for a taken name is told one that is free and fits", async () => {
  const names = createMemoryNames();
  const expires = Date.now() + 60_000;
  const long = "Ж".repeat(32);
  for (const [index, name] of ["Ada", "Ada 2", long].entries()) {
    await names.claim({ id: `u_${index}`, name, expires });
  }
  for (const name of ["ada", "Ada 2", long, "Guest 5"]) {
    const { code, message, details } = await nameTaken(name, names);
    assertEquals(code, "name_taken");
    const suggestion = details!.suggestion!;
    assert(message.includes(suggestion));
    assertEquals(parseName(suggestion), suggestion);
    assert(byteLength(suggestion) <= 64);
    assertEquals(await names.isTaken(suggestion), false);
    assert(!isReserved(suggestion));
  }
  assertEquals((await nameTaken("Ada", names)).details?.suggestion, "Ada 3");
});

Deno.test("when every small number is taken, a suggestion comes all the same", async () => {
  const names = createMemoryNames();
  const expires = Date.now() + 60_000;
  for (const name of ["Ada", ...[2, 3, 4, 5, 6, 7, 8, 9].map((number) => `Ada ${number}`)]) {
    await names.claim({ id: name, name, expires });
  }
  const { details } = await nameTaken("Ada", names);
  assertEquals(await names.isTaken(details!.suggestion!), false);
  assertNotMatch(details!.suggestion!, /^Ada \d$/);
});
