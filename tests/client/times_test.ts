/** Times as people read them. */

import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { dayOf, isSameDay, shortTimeOf } from "../../client/times.ts";

const at = (month: number, day: number, hour = 12, year = 2026) =>
  new Date(year, month - 1, day, hour).getTime();

Deno.test("today and yesterday are called so, however few hours lie between", () => {
  assertEquals(dayOf(at(11, 21, 0), at(11, 21, 23)), "Today");
  assertEquals(dayOf(at(11, 20, 23), at(11, 21, 0)), "Yesterday");
  assertNotMatch(dayOf(at(11, 19), at(11, 21)), /day$/);
});

Deno.test("a day of another year is told with its year", () => {
  assertMatch(dayOf(at(12, 31, 12, 2024), at(11, 21)), /2024/);
  assertNotMatch(dayOf(at(3, 1), at(11, 21)), /2026/);
});

Deno.test("days that the clocks change in are days", () => {
  for (let day = 1; day <= 365; day++) {
    const noon = at(1, day);
    assertEquals(isSameDay(noon, noon + 11 * 3_600_000), true, `day ${day}`);
    assertEquals(isSameDay(noon, at(1, day + 1)), false, `day ${day}`);
  }
});

Deno.test("a short time has no AM or PM", () => {
  assertMatch(shortTimeOf(at(11, 21, 15)), /^\d{1,2}\D00$/);
});
