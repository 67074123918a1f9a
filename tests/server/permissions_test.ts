import { assertEquals, assertThrows } from "@std/assert";
import {
  type Grant,
  isPattern,
  isRole,
  may,
  OPEN,
  permit,
  type Role,
  roleIn,
} from "../../server/permissions.ts";
import { Refusal } from "../../server/protocol.ts";

Deno.test("a pattern is a room, or the beginning of rooms", () => {
  for (const pattern of ["lobby", "team-*", "*", "~x", "a".repeat(64)]) {
    assertEquals([pattern, isPattern(pattern)], [pattern, true]);
  }
  const none = ["", "*a", "a*b", "**", "Team", "a b", "~", "a".repeat(65), "é", "a\n", ".*"];
  for (const pattern of none) assertEquals([pattern, isPattern(pattern)], [pattern, false]);
});

Deno.test("what belongs to every object is no role", () => {
  for (const name of ["toString", "__proto__", "constructor", "", undefined, 1, ["member"]]) {
    assertEquals(isRole(name), false);
  }
  assertEquals(isRole("moderator"), true);
});

Deno.test("a pattern matches from the beginning", () => {
  const grant = [{ pattern: "team-*", role: "member" }] as const;
  const matched = ["team-", "team-a", "team", "my-team-a", "~team", "~team-a", "t"]
    .filter((room) => may(grant, "read", room));
  assertEquals(matched, ["team-", "team-a"]);
});

Deno.test("fishing for others' conversations: no pattern matches a private id by its first letters", () => {
  for (const pattern of ["~*", "~t*", "~team-*"]) {
    assertEquals([pattern, isPattern(pattern)], [pattern, false]);
    const grant = [{ pattern, role: "moderator" }] as const;
    assertEquals(["~t", "~team", "~team-a"].filter((room) => may(grant, "read", room)), []);
  }
  assertEquals(may(OPEN, "read", "~team"), false);
  assertEquals(may([{ pattern: "~team", role: "reader" }], "read", "~team"), true);
});

Deno.test("a private room that one may not read was never there; any other refusal says what is not allowed", () => {
  const grant = [{ pattern: "~board", role: "reader" }, {
    pattern: "news",
    role: "reader",
  }] as const;
  const code = (act: "read" | "post", room: string) =>
    assertThrows(() => permit(grant, act, room), Refusal).code;
  assertEquals(code("read", "~other"), "not_found");
  assertEquals(code("post", "~other"), "not_found");
  assertEquals(code("post", "~board"), "forbidden");
  assertEquals(code("post", "news"), "forbidden");
  assertEquals(code("read", "lobby"), "forbidden");
  permit(grant, "read", "~board");
});

Deno.test("what somebody is in a room is the most that their role there and their token make of them", () => {
  const of = (role: Role): Grant => [{ pattern: "*", role }];
  for (
    const [grant, own, expected] of [
      [OPEN, undefined, undefined],
      [OPEN, "member", "member"],
      [OPEN, "owner", "owner"],
      // Everybody may write in a public room, whatever they are made there.
      [OPEN, "reader", undefined],
      [of("moderator"), undefined, "moderator"],
      [of("moderator"), "reader", "moderator"],
      [of("moderator"), "owner", "owner"],
      [of("reader"), undefined, "reader"],
      [of("reader"), "member", "member"],
      [of("reader"), "moderator", "moderator"],
    ] as const
  ) {
    assertEquals(roleIn(grant, "tea", own), expected);
  }
  assertEquals(roleIn(OPEN, "~board", "reader"), "reader");
});

Deno.test("several rules allow what any of them allows", () => {
  const grant = [{ pattern: "*", role: "reader" }, {
    pattern: "team-*",
    role: "moderator",
  }] as const;
  assertEquals(may(grant, "moderate", "team-a"), true);
  assertEquals(may(grant, "post", "lobby"), false);
  assertEquals(may(grant, "read", "lobby"), true);
});
