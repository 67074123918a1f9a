/** One's own messages on their way: in order, once, and not lost. */

import { assert, assertEquals } from "@std/assert";
import { Outbox } from "../../client/outbox.ts";
import type { RoomCommand } from "../../client/outbox_store.ts";
import { type ChatCommand, type ErrorCode, LIMITS } from "../../server/protocol.ts";
import { byteLength } from "../../server/protocol_parse.ts";
import { FakeClock, settled } from "./support/fake_clock.ts";
import { MemoryOutboxStore } from "./support/memory_outbox_store.ts";

class Trial implements Disposable {
  readonly clock = new FakeClock();
  readonly frames: (readonly RoomCommand[])[] = [];
  readonly outbox: Outbox;

  constructor(readonly store = new MemoryOutboxStore()) {
    this.outbox = new Outbox("u_ann", store, (commands) => this.frames.push(commands));
  }

  write(message: string, room = "lobby"): string {
    const id = `id-${message.slice(0, 20)}`;
    this.outbox.add({ id, room, message, state: "pending", at: Date.now() });
    return id;
  }

  /** The texts of the frames since the last call. */
  taken(): string[][] {
    return this.frames.splice(0).map((frame) =>
      frame.map((command) => "message" in command ? command.message : command.type)
    );
  }

  acknowledge(...messages: string[]): void {
    for (const message of messages) this.outbox.remove("lobby", `id-${message}`);
  }

  refuse(message: string, code: ErrorCode, retryAfter?: number): void {
    this.outbox.refused({
      type: "error",
      code,
      message: `Refused: ${code}.`,
      id: `id-${message}`,
      room: "lobby",
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
  }

  get shown(): string[] {
    return this.outbox.in("lobby").value.map(({ message, state }) => `${message} ${state}`);
  }

  [Symbol.dispose](): void {
    this.outbox.close();
    const { waiting } = this.clock;
    this.clock[Symbol.dispose]();
    assertEquals(waiting, 0, "No timer is left behind");
  }
}

Deno.test("a message is shown and kept at once, and gone from both when acknowledged", () => {
  using trial = new Trial();
  trial.write("hello");
  assertEquals(trial.shown, ["hello pending"]);
  assertEquals(trial.store.texts, ["hello"]);
  trial.outbox.opened();
  trial.acknowledge("hello");
  assertEquals(trial.shown, []);
  assertEquals(trial.store.texts, []);
});

Deno.test("what was written offline goes out in one frame, in the order of writing", () => {
  using trial = new Trial();
  for (const text of ["one", "two", "three"]) trial.write(text);
  assertEquals(trial.taken(), []);
  trial.outbox.opened();
  assertEquals(trial.taken(), [["one", "two", "three"]]);
});

Deno.test("the next frame of a room waits until the one before is acknowledged", () => {
  using trial = new Trial();
  trial.outbox.opened();
  trial.write("one");
  trial.write("two");
  trial.write("three");
  assertEquals(trial.taken(), [["one"]]);
  trial.acknowledge("one");
  assertEquals(trial.taken(), [["two", "three"]]);
  trial.acknowledge("two");
  assertEquals(trial.taken(), []);
});

Deno.test("rooms do not wait for each other", () => {
  using trial = new Trial();
  trial.outbox.opened();
  trial.write("one");
  trial.write("elsewhere", "games");
  assertEquals(trial.taken(), [["one"], ["elsewhere"]]);
});

Deno.test("what was under way when the connection broke goes again with the same id", () => {
  using trial = new Trial();
  trial.outbox.opened();
  trial.write("one");
  const [first] = trial.frames.splice(0);
  trial.outbox.closed();
  trial.write("two");
  trial.outbox.opened();
  const [again] = trial.frames;
  assertEquals(again![0], first![0]);
  assertEquals(trial.taken(), [["one", "two"]]);
});

Deno.test("a frame that is never answered goes again", async () => {
  using trial = new Trial();
  trial.outbox.opened();
  trial.write("one");
  trial.taken();
  await trial.clock.advance(30_000);
  assertEquals(trial.taken(), [["one"]]);
});

Deno.test("a refusal that waits for a person stays with its reason, and the rest goes on", () => {
  using trial = new Trial();
  for (const text of ["bad", "good"]) trial.write(text);
  trial.outbox.opened();
  trial.taken();
  trial.refuse("bad", "conflict");
  trial.refuse("good", "not_carried_out");
  assertEquals(trial.shown, ["bad failed", "good pending"]);
  const [bad] = trial.outbox.in("lobby").value;
  assertEquals(bad!.reason, "Refused: conflict.");
  assertEquals(bad!.retryable, false);
  assertEquals(trial.taken(), [["good"]]);
});

Deno.test("a passing refusal is tried again when the server said, and nothing overtakes", async () => {
  using trial = new Trial();
  for (const text of ["one", "two"]) trial.write(text);
  trial.outbox.opened();
  trial.taken();
  trial.refuse("one", "unavailable", 4_000);
  trial.refuse("two", "not_carried_out");
  trial.write("three");
  await trial.clock.advance(3_999);
  assertEquals(trial.taken(), []);
  assertEquals(trial.shown, ["one pending", "two pending", "three pending"]);
  await trial.clock.advance(1);
  assertEquals(trial.taken(), [["one", "two", "three"]]);
});

Deno.test("after many passing refusals a message fails and can be retried by hand", async () => {
  using trial = new Trial();
  trial.outbox.opened();
  trial.write("one");
  let tries = 0;
  while (trial.taken().length > 0) {
    tries++;
    trial.refuse("one", "storage_full");
    await trial.clock.advance(31_000);
  }
  assertEquals(tries, 9);
  const [one] = trial.outbox.in("lobby").value;
  assertEquals([one!.state, one!.retryable], ["failed", true]);
  trial.outbox.retry("lobby", one!.id);
  assertEquals(trial.taken(), [["one"]]);
  trial.acknowledge("one");
  assertEquals(trial.shown, []);
});

Deno.test("a message taken back while it waits frees the way for the next", () => {
  using trial = new Trial();
  trial.outbox.opened();
  trial.write("one");
  trial.write("two");
  trial.refuse("one", "unavailable");
  trial.taken();
  assertEquals(trial.outbox.remove("lobby", "id-one"), "one");
  assertEquals(trial.taken(), [["two"]]);
});

Deno.test("no frame is longer than the server takes, nor has more commands", () => {
  using trial = new Trial();
  for (let count = 0; count < 130; count++) trial.write(`${String(count).padStart(3, "0")} short`);
  for (let count = 0; count < 30; count++) trial.write(String(count).padEnd(16_000, "\n"));
  trial.outbox.opened();
  const texts: string[] = [];
  while (trial.frames.length > 0) {
    const [frame] = trial.frames.splice(0);
    assert(frame!.length <= LIMITS.commandsPerFrame);
    assert(byteLength(JSON.stringify(frame)) <= LIMITS.frameBytes);
    for (const { id, message } of frame as readonly ChatCommand[]) {
      texts.push(message);
      trial.outbox.remove("lobby", id);
    }
  }
  assertEquals(texts.length, 160);
  assertEquals(texts.slice(0, 130), texts.slice(0, 130).toSorted());
});

Deno.test("another page takes up what was left, in the order of writing", async () => {
  const store = new MemoryOutboxStore();
  {
    using before = new Trial(store);
    // All within one millisecond.
    for (const text of ["b", "c", "a"]) before.write(text);
    await settled();
  }
  using trial = new Trial(store);
  trial.outbox.opened();
  assertEquals(await trial.outbox.restore(), ["lobby"]);
  assertEquals(trial.taken(), [["b", "c", "a"]]);
});

Deno.test("what failed stays failed, with its reason, after a reload", async () => {
  const store = new MemoryOutboxStore();
  {
    using before = new Trial(store);
    before.outbox.opened();
    before.write("bad");
    before.refuse("bad", "forbidden");
    await settled();
  }
  using trial = new Trial(store);
  trial.outbox.opened();
  await trial.outbox.restore();
  assertEquals(trial.taken(), []);
  assertEquals(trial.outbox.in("lobby").value[0]!.reason, "Refused: forbidden.");
});

Deno.test("what is written after a clock was set back still comes last", async () => {
  const store = new MemoryOutboxStore();
  for (const [text, hour] of [["one", 2], ["two", 1], ["three", 0]] as const) {
    using page = new Trial(store);
    await page.outbox.restore();
    page.clock.sleep(hour * 3_600_000);
    page.write(text);
    await settled();
  }
  using page = new Trial(store);
  page.outbox.opened();
  await page.outbox.restore();
  assertEquals(page.taken(), [["one", "two", "three"]]);
});

Deno.test("two pages that both take it up send the same ids, and one acknowledgement is for both", async () => {
  const store = new MemoryOutboxStore();
  {
    using before = new Trial(store);
    before.write("one");
    await settled();
  }
  const first = new Outbox("u_ann", store, (commands) => frames.push(commands));
  const second = new Outbox("u_ann", store, (commands) => frames.push(commands));
  const frames: (readonly RoomCommand[])[] = [];
  for (const outbox of [first, second]) {
    await outbox.restore();
    outbox.opened();
  }
  assertEquals(frames.length, 2);
  assertEquals(frames[0], frames[1]);
  for (const outbox of [first, second]) outbox.remove("lobby", "id-one");
  assertEquals(store.texts, []);
  for (const outbox of [first, second]) {
    assertEquals(outbox.in("lobby").value, []);
    outbox.close();
  }
});

Deno.test("where the browser keeps nothing, messages are sent all the same", async () => {
  using trial = new Trial();
  trial.store.isBlocked = true;
  trial.outbox.opened();
  trial.write("one");
  await settled();
  assertEquals(trial.taken(), [["one"]]);
  trial.acknowledge("one");
  await settled();
  assertEquals(trial.shown, []);
});
