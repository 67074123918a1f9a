import { assert, assertEquals } from "@std/assert";
import { Deadlines } from "../../server/deadlines.ts";

/** Milliseconds; long enough that a busy machine does not stretch one into two. */
const PATIENCE = 100;

Deno.test("who comes later ends later, each after the same patience", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const began = new Map<string, number>();
  const ended: string[] = [];
  const deadlines = new Deadlines<string>(PATIENCE, (late) => {
    ended.push(late);
    assert(performance.now() - began.get(late)! >= PATIENCE, `${late} ended early`);
    if (ended.length === 3) resolve();
  });
  const begin = (name: string) => {
    began.set(name, performance.now());
    deadlines.begin(name);
  };
  begin("first");
  begin("second");
  await new Promise((next) => setTimeout(next, PATIENCE / 2));
  begin("third");
  await promise;
  assertEquals(ended, ["first", "second", "third"]);
});

Deno.test("who came in time is not told of, and closed it leaves no timer behind", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const deadlines = new Deadlines<string>(PATIENCE, resolve);
  deadlines.begin("in time");
  deadlines.begin("late");
  deadlines.end("in time");
  assertEquals(await promise, "late");
  deadlines.begin("in time");
  deadlines.end("in time");
  deadlines.end("in time");
  // The sanitizer of the test would find its timer.
  deadlines.close();
});

Deno.test("who begins anew has the whole patience again, behind those who came meanwhile", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const ended: string[] = [];
  const deadlines = new Deadlines<string>(PATIENCE, (late) => {
    ended.push(late);
    if (ended.length === 2) resolve();
  });
  deadlines.begin("again");
  deadlines.begin("once");
  deadlines.begin("again");
  await promise;
  assertEquals(ended, ["once", "again"]);
});

Deno.test("a patience that is over early tells of all who were waited for, once", () => {
  const ended: string[] = [];
  const deadlines = new Deadlines<string>(PATIENCE, (late) => ended.push(late));
  deadlines.begin("first");
  deadlines.begin("second");
  deadlines.expire();
  deadlines.expire();
  // The sanitizer of the test would find its timer.
  assertEquals(ended, ["first", "second"]);
});
