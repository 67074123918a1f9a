/**
 * What the SQLite store costs: writing with many writers, and every read in a room of a million messages
 * next to a small one. Prints figures, checks nothing. The data goes to a temporary folder on the disk
 * that is named (by default the system's own place for such), and is removed.
 *
 *     deno task bench:store [--messages=1000000] [--folder=DIR]
 */

import { DatabaseSync } from "node:sqlite";
import { openSqliteStore } from "../../server/store_sqlite.ts";
import { BatchWriter } from "../../server/store_sqlite_batch.ts";
import { prepareDatabase } from "../../server/store_sqlite_schema.ts";
import { timeLists } from "./store_lists.ts";
import { type Spread, spread } from "./spread.ts";
import { draft, fill, timeStore } from "./store_load.ts";
import { timeReactions } from "./store_reactions.ts";

const options = new Map(
  Deno.args.map((argument) => argument.split("=", 2) as [string, string | undefined]),
);
const MESSAGES = Number(options.get("--messages") ?? 1_000_000);
const folder = options.get("--folder");
const root = Deno.makeTempDirSync({ ...(folder ? { dir: folder } : {}), prefix: "parlor-bench-" });

function show(milliseconds: number): string {
  return milliseconds.toFixed(milliseconds < 10 ? 3 : 1);
}

/** Watches how late a timer of one millisecond comes; `stop` tells the longest stall. */
function watchEventLoop(): { stop: () => number } {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 1);
    last = now;
  }, 1);
  return {
    stop() {
      clearInterval(timer);
      return longest;
    },
  };
}

/** Each writer waits for its append before the next, as a client that waits for its acknowledgement. */
async function write(
  name: string,
  append: (room: string) => Promise<unknown>,
  writers: number,
  total: number,
): Promise<void> {
  const times: number[] = [];
  const loop = watchEventLoop();
  const start = performance.now();
  await Promise.all(Array.from({ length: writers }, async () => {
    for (let left = Math.ceil(total / writers); left > 0; left--) {
      const begun = performance.now();
      await append("bench");
      times.push(performance.now() - begun);
      // As a socket would: the next message comes with a later turn of the event loop.
      await new Promise((resume) => setImmediate(resume));
    }
  }));
  const seconds = (performance.now() - start) / 1_000;
  const stall = loop.stop();
  const { p50, p99 } = spread(times);
  console.log(
    `${name.padEnd(34)} ${String(writers).padStart(4)} writers ${
      String(Math.round(times.length / seconds)).padStart(7)
    }/s   p50 ${show(p50)} ms   p99 ${show(p99)} ms   longest stall ${show(stall)} ms`,
  );
}

/** The same work without a worker: whatever arrived in a turn is committed on this thread. */
function openOnThisThread(
  path: string,
): { append: (room: string) => Promise<unknown>; close(): void } {
  Deno.mkdirSync(path);
  const database = new DatabaseSync(`${path}/parlor.db`);
  prepareDatabase(database, 0);
  const writer = new BatchWriter(database);
  let waiting: { room: string; resolve: () => void }[] = [];
  const flush = () => {
    const batch = waiting;
    waiting = [];
    writer.write(batch.map(({ room }) => ({ draft: draft(room), timestamp: Date.now() })));
    for (const { resolve } of batch) resolve();
  };
  return {
    append: (room) =>
      new Promise<void>((resolve) => {
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ room, resolve });
      }),
    close: () => database.close(),
  };
}

try {
  const onProblem = (sentence: string) => console.error(sentence);
  console.log(`Writing, in ${root}`);
  const written = await openSqliteStore({ path: `${root}/write`, onProblem });
  const inline = openOnThisThread(`${root}/inline`);
  for (const [writers, total] of [[1, 3_000], [16, 20_000], [256, 60_000]] as const) {
    await write("writer in a worker", (room) => written.append(draft(room)), writers, total);
    await write("commit on the main thread", inline.append, writers, total);
  }
  inline.close();
  await written.close();

  for (const messages of [1_000, MESSAGES]) {
    const path = `${root}/read-${messages}`;
    await (await openSqliteStore({ path, onProblem })).close();
    fill(path, "lobby", messages);
    const size = Deno.statSync(`${path}/parlor.db`).size / 1e6;
    const begun = performance.now();
    const store = await openSqliteStore({ path, onProblem });
    const opened = performance.now() - begun;
    console.log(
      `\nA room of ${messages} messages, ${size.toFixed(0)} MB, opened in ${show(opened)} ms`,
    );
    for (const { name, times: { p50, p99, worst } } of await timeStore(store, "lobby")) {
      console.log(
        `${name.padEnd(34)} p50 ${show(p50)} ms   p99 ${show(p99)} ms   worst ${show(worst)} ms`,
      );
    }
    await store.close();
  }

  const report = (title: string, results: readonly [string, Spread][]) => {
    console.log(`\n${title}`);
    for (const [name, { p50, p99, worst }] of results) {
      console.log(
        `${name.padEnd(48)} p50 ${show(p50)} ms   p99 ${show(p99)} ms   worst ${show(worst)} ms`,
      );
    }
  };
  report("Lists", await timeLists(`${root}/lists`, 10_000, 10_000));
  report(
    "Pages of 50 in rooms of 100,000 messages",
    await timeReactions(`${root}/reactions`, 100_000),
  );
} finally {
  Deno.removeSync(root, { recursive: true });
}
