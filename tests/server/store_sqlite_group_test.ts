import { assertEquals, assertLess } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import type { Outcome, Write } from "../../server/store_sqlite_batch.ts";
import { GroupCommit } from "../../server/store_sqlite_group.ts";
import { draft } from "../support/drafts.ts";

/** A disk whose commits last until the test ends them, one after the other. */
class SlowDisk {
  readonly batches: Write[][] = [];
  #end: ((outcomes: Outcome[]) => void) | undefined;
  #seq = 0;
  #begun = Promise.withResolvers<void>();

  readonly commit = (batch: Write[]): Promise<Outcome[]> => {
    this.batches.push(batch);
    return new Promise((end) => {
      this.#end = end;
      this.#begun.resolve();
    });
  };

  /** Resolves when a commit runs. */
  begun(): Promise<void> {
    return this.#begun.promise;
  }

  /** Ends the commit that runs, waiting for it to begin where none does. */
  async end(): Promise<void> {
    await this.begun();
    this.#begun = Promise.withResolvers();
    this.#end!(this.batches.at(-1)!.map(() => [++this.#seq, 0]));
  }

  /** The sizes of the batches until now. */
  get sizes(): number[] {
    return this.batches.map((batch) => batch.length);
  }
}

function stamped(message = "hello"): Write {
  return { draft: draft({ message }), timestamp: 0 };
}

Deno.test("what arrives while a commit runs goes into the next one", async () => {
  const disk = new SlowDisk();
  const group = new GroupCommit(disk.commit);
  const first = group.write(stamped());
  await disk.begun();
  const later = Array.from({ length: 20 }, () => group.write(stamped()));
  await disk.end();
  assertEquals(await first, [1, 0]);
  await disk.end();
  assertEquals((await Promise.all(later)).at(-1), [21, 0]);
  assertEquals(disk.sizes, [1, 20]);
});

Deno.test("appends of the same moment share one commit", async () => {
  const disk = new SlowDisk();
  const group = new GroupCommit(disk.commit);
  const all = Array.from({ length: 5 }, () => group.write(stamped()));
  await disk.end();
  await Promise.all(all);
  assertEquals(disk.sizes, [5]);
});

Deno.test("a burst that comes turn after turn of the event loop shares one commit", async () => {
  const disk = new SlowDisk();
  const group = new GroupCommit(disk.commit, () => 0);
  const all: Promise<Outcome>[] = [];
  for (let turn = 0; turn < 10; turn++) {
    // Set up first, so that the next write comes before the turn ends.
    const next = setImmediate();
    all.push(group.write(stamped()));
    await next;
  }
  await disk.end();
  await Promise.all(all);
  assertEquals(disk.sizes, [10]);
});

Deno.test("a lone message waits for no company, also after a burst", async () => {
  const disk = new SlowDisk();
  const group = new GroupCommit(disk.commit);
  const burst = Array.from({ length: 64 }, () => group.write(stamped()));
  await disk.end();
  await Promise.all(burst);
  // For a while it waits for a moment: it could have been the first of another burst.
  let turns = Infinity;
  for (let count = 0; count < 64; count++) {
    const lone = group.write(stamped());
    let begun = false;
    disk.begun().then(() => begun = true);
    for (turns = 0; !begun; turns++) await setImmediate();
    await disk.end();
    await lone;
  }
  assertLess(turns, 5);
  assertEquals(disk.sizes.slice(0, 3), [64, 1, 1]);
});

Deno.test("nothing is told to be kept before its commit has ended", async () => {
  const disk = new SlowDisk();
  const group = new GroupCommit(disk.commit);
  const settled: string[] = [];
  const first = group.write(stamped()).then(() => settled.push("first"));
  await disk.begun();
  const second = group.write(stamped()).then(() => settled.push("second"));
  assertEquals(settled, []);
  await disk.end();
  await first;
  assertEquals(settled, ["first"]);
  await disk.end();
  await second;
  assertEquals(settled, ["first", "second"]);
});

Deno.test("messages and read positions of the same moment share one commit, in order", async () => {
  const disk = new SlowDisk();
  const group = new GroupCommit(disk.commit);
  const read: Write = {
    change: { change: "read", userId: "u_1", room: "lobby", upTo: 1, back: false },
  };
  const all = [stamped(), read, stamped(), read].map((write) => group.write(write));
  await disk.end();
  await Promise.all(all);
  assertEquals(
    disk.batches.map((batch) => batch.map((write) => "draft" in write)),
    [[true, false, true, false]],
  );
});

Deno.test("a burst is cut into commits of at most a thousand drafts", async () => {
  const disk = new SlowDisk();
  const group = new GroupCommit(disk.commit);
  const all = Array.from({ length: 2_500 }, () => group.write(stamped()));
  for (let commit = 0; commit < 3; commit++) await disk.end();
  const outcomes = await Promise.all(all);
  assertEquals(outcomes.map((outcome) => Array.isArray(outcome) && outcome[0]).slice(-2), [
    2499,
    2500,
  ]);
  assertEquals(disk.sizes, [1_000, 1_000, 500]);
});

Deno.test("long messages share a commit only up to a limit, and a longer one has its own", async () => {
  const disk = new SlowDisk();
  const group = new GroupCommit(disk.commit);
  const megabyte = "x".repeat(1024 * 1024);
  const all = [megabyte.repeat(6), ...Array<string>(6).fill(megabyte)]
    .map((message) => group.write(stamped(message)));
  for (let commit = 0; commit < 3; commit++) await disk.end();
  await Promise.all(all);
  assertEquals(disk.sizes, [1, 4, 2]);
});

Deno.test("it is idle when the last commit has ended", async () => {
  const disk = new SlowDisk();
  const group = new GroupCommit(disk.commit);
  await group.idle();
  let settled = false;
  const appended = group.write(stamped()).then(() => settled = true);
  const idle = group.idle();
  await disk.end();
  await idle;
  await appended;
  assertEquals(settled, true);
});
