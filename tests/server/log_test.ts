/** The log: one line an event, whatever is in it. */

import { assertEquals, assertMatch } from "@std/assert";
import { createLog, type Fields } from "../../server/log.ts";
import { LineWriter } from "../../server/log_output.ts";

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

/** A place that takes at most so many bytes at once. */
function narrowPlace(most: number) {
  const bytes: number[] = [];
  let writes = 0;
  let onWritten = () => {};
  const lines = new LineWriter((some) => {
    writes++;
    bytes.push(...some.subarray(0, most));
    onWritten();
    return Math.min(some.length, most);
  });
  return {
    lines,
    text: () => new TextDecoder().decode(new Uint8Array(bytes)),
    writes: () => writes,
    written: () => new Promise<void>((resolve) => onWritten = resolve),
  };
}

Deno.test("the lines of a moment are written together, in their order", async () => {
  const { lines, text, writes, written } = narrowPlace(1_000);
  lines.add("one");
  lines.add("two");
  assertEquals(text(), "");
  await written();
  lines.add("three");
  await written();
  assertEquals(text(), "one\ntwo\nthree\n");
  assertEquals(writes(), 2);
});

Deno.test("a place that takes only a part at once gets all of it", () => {
  const { lines, text } = narrowPlace(3);
  lines.add("a long line with an ü in it");
  lines.flush();
  assertEquals(text(), "a long line with an ü in it\n");
});

Deno.test("a place that takes nothing any more ends nothing, and the next line is tried again", () => {
  let isFull = true;
  const written: string[] = [];
  const lines = new LineWriter((bytes) => {
    if (isFull) throw new Error("No space left on device");
    written.push(new TextDecoder().decode(bytes));
    return bytes.length;
  });
  lines.add("lost");
  lines.flush();
  isFull = false;
  lines.add("there");
  lines.flush();
  assertEquals(written, ["there\n"]);
});

for (
  const [end, code] of Object.entries({
    "an exit": "Deno.exit(3)",
    "an error that nobody caught": "queueMicrotask(() => { throw new Error() })",
    "a rejection that nobody handled": "Promise.reject(new Error())",
    "the last line of the program": "",
  })
) {
  Deno.test(`nothing said before ${end} is lost`, async () => {
    const log = new URL("../../server/log.ts", import.meta.url);
    const program = `import { createLog } from "${log}";
      const log = createLog(); log.info("first"); log.error("last"); ${code}`;
    const { stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", program],
      env: { NO_COLOR: "1" },
    }).output();
    const lines = new TextDecoder().decode(stderr).split("\n").slice(0, 2);
    assertEquals(lines.map((line) => line.replace(/^\S+ /, "")), ["info first", "error last"]);
  });
}
