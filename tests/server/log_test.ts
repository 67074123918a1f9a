/** The log: one line an event, whatever is in it. */

import { assertEquals, assertMatch } from "@std/assert";
import { createLog, type Fields } from "../../server/log.ts";

function lineOf(fields: Fields): string {
  const lines: string[] = [];
  createLog((line) => lines.push(line)).info("said", fields);
  assertEquals(lines.length, 1);
  return lines[0]!.replace(/^\S+ /, "");
}

Deno.test("a line has its time, its level, what happened and the fields", () => {
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line));
  log.warn("slow", { connection: "a-1", waited: 5, left: undefined, first: true });
  assertMatch(lines[0]!, /^\d{4}-\d\d-\d\dT[\d:.]+Z warn slow connection=a-1 waited=5 first=true$/);
});

Deno.test("a value cannot end its line or pass for another field", () => {
  assertEquals(lineOf({ reason: "a b=c" }), 'info said reason="a b=c"');
  assertEquals(lineOf({ reason: "a\nb\r" }), 'info said reason="a\\nb\\r"');
  assertEquals(lineOf({ reason: 'x" open=9' }), 'info said reason="x\\" open=9"');
  assertEquals(lineOf({ reason: "" }), 'info said reason=""');
  assertEquals(lineOf({ reason: "a=b" }), 'info said reason="a=b"');
});

Deno.test("what a terminal would act on is spelled out", () => {
  const codes = [0x1b, 0x07, 0x7f, 0x85, 0x9b, 0x2028, 0x2029, 0x202e, 0x2066];
  for (const code of codes) {
    const escaped = `\\u${code.toString(16).padStart(4, "0")}`;
    assertEquals(
      lineOf({ name: `a${String.fromCharCode(code)}b` }),
      `info said name="a${escaped}b"`,
    );
  }
});
