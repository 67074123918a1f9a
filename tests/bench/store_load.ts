/** What the benches of the store share: messages, a quickly filled history, and every way to read it. */

import { DatabaseSync } from "node:sqlite";
import type { Store } from "../../server/store.ts";
import { BatchWriter } from "../../server/store_sqlite_batch.ts";
import { prepareDatabase } from "../../server/store_sqlite_schema.ts";
import { type Spread, spread } from "./spread.ts";

/** A message of 64 bytes by one of fifty people. */
export function draft(room: string) {
  const number = Math.floor(Math.random() * 50);
  return {
    type: "chat" as const,
    room,
    user: { id: `user-${number}-0123456789abcdef`, name: `Person ${number}` },
    id: crypto.randomUUID(),
    message: "The quick brown fox jumps over the lazy dog, and then it rests.!",
  };
}

/** Fills a room far faster than clients could, through the writer's own code. */
export function fill(
  path: string,
  room: string,
  count: number,
  draftAt: (index: number) => ReturnType<typeof draft> = () => draft(room),
): void {
  const database = new DatabaseSync(`${path}/parlor.db`);
  prepareDatabase(database, 0);
  const writer = new BatchWriter(database);
  const start = Date.now() - count * 1_000;
  for (let from = 0; from < count; from += 10_000) {
    const size = Math.min(10_000, count - from);
    writer.write(Array.from({ length: size }, (_, index) => ({
      draft: draftAt(from + index),
      timestamp: start + (from + index) * 1_000,
    })));
  }
  database.close();
}

/** Every read that clients cause, and an append, in a room with history. */
export async function timeStore(
  store: Store,
  room: string,
): Promise<{ name: string; times: Spread }[]> {
  const head = await store.head(room);
  const first = (await store.page(room, { at: "after", seq: 0 }, 1)).messages[0]!.timestamp;
  const last = (await store.page(room, { at: "end" }, 1)).messages[0]!.timestamp;
  const somewhere = () => 1 + Math.floor(Math.random() * head);
  const someTime = () => first + Math.floor(Math.random() * (last - first + 1));
  const calls: [name: string, repeat: number, call: () => Promise<unknown>][] = [
    ["page at the end", 300, () => store.page(room, { at: "end" }, 50)],
    [
      "page before a random position",
      300,
      () => store.page(room, { at: "before", seq: somewhere() }, 50),
    ],
    [
      "page around a random position",
      300,
      () => store.page(room, { at: "around", seq: somewhere() }, 50),
    ],
    [
      "jump to a random moment",
      300,
      () => store.page(room, { at: "time", timestamp: someTime() }, 50),
    ],
    ["the last 100 events", 300, () => store.since(room, head - 100, 5_000)],
    ["the last 5,000 events", 20, () => store.since(room, Math.max(0, head - 5_000), 5_000)],
    ["append, one after the other", 500, () => store.append(draft(room))],
  ];
  const all = [];
  for (const [name, repeat, call] of calls) all.push({ name, times: await time(repeat, call) });
  return all;
}

/** How long a call takes, time after time. */
export async function time(repeat: number, call: () => Promise<unknown>): Promise<Spread> {
  const times: number[] = [];
  for (let turn = 0; turn < repeat; turn++) {
    const begun = performance.now();
    await call();
    times.push(performance.now() - begun);
  }
  return spread(times);
}
