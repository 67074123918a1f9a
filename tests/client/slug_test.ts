import { assertEquals } from "@std/assert";
import { slugOf } from "../../client/slug.ts";

Deno.test("a typed name becomes an address of plain letters, digits and hyphens", () => {
  assertEquals(slugOf("#Café Games"), "cafe-games");
  assertEquals(slugOf("  Übung – 2026!  "), "ubung-2026");
  assertEquals(slugOf("日本"), "");
  assertEquals(slugOf("x".repeat(100)), "x".repeat(64));
});
