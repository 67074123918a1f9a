import { assertEquals } from "@std/assert";
import { backoff } from "../../client/backoff.ts";

Deno.test("each wait may be twice as long as the one before, up to half a minute", () => {
  const longest = Array.from({ length: 9 }, (_, attempt) => backoff(attempt, () => 1));
  assertEquals(longest, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

Deno.test("the wait lies anywhere in its span, so that many clients spread", () => {
  assertEquals([0, 0.25, 0.5].map((random) => backoff(3, () => random)), [0, 1_000, 2_000]);
});
