import { assertEquals, assertLessOrEqual } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import type { Batch } from "../../server/batch.ts";
import { createLog } from "../../server/log.ts";
import type { Peer } from "../../server/peer.ts";
import { CLOSE, type CloseReason, type LogEvent } from "../../server/protocol.ts";
import type { Store } from "../../server/store.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { lengthOf } from "../../server/event_sizes.ts";
import { Topic } from "../../server/topic.ts";
import { deletion, draft, edit, pin, reaction } from "../support/drafts.ts";

const BOUNDS = { signals: 1_000, events: 10_000 };
const ANN = { id: "ann", name: "Ann" };

/** Notes what reaches it. */
class Listener implements Peer {
  readonly rooms = new Set<string>();
  readonly batches: number[][] = [];
  readonly signals: string[] = [];
  readonly hasEnded = false;
  buffered = 0;
  isWritten = true;
  behind: string | undefined;
  closed: CloseReason | undefined;
  /** Called at each delivery, before it is noted. */
  onDeliver = () => {};

  constructor(readonly id: string) {}

  get seqs(): number[] {
    return this.batches.flat();
  }

  deliver(batch: Batch): void {
    this.onDeliver();
    this.batches.push(batch.events.map(({ seq }) => seq));
  }

  signal(_signals: unknown, frame: string): void {
    this.signals.push(frame);
  }

  fallBehind(_room: string, cursor: string): void {
    this.behind = cursor;
  }

  close(reason: CloseReason): void {
    this.closed = reason;
  }
}

interface Setting {
  topic: Topic;
  store: Store;
  lines: string[];
  /** Keeps a message and returns its event. */
  say(text?: string): Promise<LogEvent>;
  /** Keeps a message and publishes it. */
  publish(text?: string): Promise<void>;
}

async function withTopic(body: (setting: Setting) => Promise<void>): Promise<void> {
  const store = createMemoryStore();
  const lines: string[] = [];
  const topic = new Topic("lobby", store, BOUNDS, () => {}, createLog((line) => lines.push(line)));
  let count = 0;
  const say = async (message = "hello") => {
    const id = `${++count}`;
    const { event } = await store.append({ type: "chat", room: "lobby", user: ANN, id, message });
    return event;
  };
  const publish = async (text?: string) => topic.accept({ kind: "event", event: await say(text) });
  topic.open(0);
  try {
    await body({ topic, store, lines, say, publish });
  } finally {
    topic.close();
    await store.close();
  }
}

/** Lets the event loop turn until `isDone`. */
async function until(isDone: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000 && !isDone(); turn++) await setImmediate();
  assertEquals(isDone(), true, "what was waited for did not happen in 10,000 turns");
}

Deno.test("a lone message goes out after one quiet turn, in a frame of its own", () =>
  withTopic(async ({ topic, publish }) => {
    const peer = new Listener("one");
    topic.attach(peer);
    await publish();
    await until(() => peer.batches.length === 1);
    await publish();
    await until(() => peer.batches.length === 2);
    assertEquals(peer.batches, [[1], [2]]);
  }));

Deno.test("what everybody was handed is counted once, however many they are", () =>
  withTopic(async ({ topic, publish }) => {
    const peers = [new Listener("one"), new Listener("two")];
    for (const peer of peers) topic.attach(peer);
    assertEquals(topic.said, 0);
    await publish("x".repeat(10_000));
    await until(() => peers.every(({ batches }) => batches.length === 1));
    assertEquals(Math.round(topic.said / 1_000), 10);
    topic.signal({ type: "typing", room: "lobby", user: ANN });
    await publish("x".repeat(10_000));
    await until(() => peers.every(({ batches }) => batches.length === 2));
    assertEquals(Math.round(topic.said / 1_000), 20);
  }));

Deno.test("messages that come together share a frame", () =>
  withTopic(async ({ topic, say }) => {
    const peer = new Listener("one");
    topic.attach(peer);
    const events = [await say(), await say(), await say()];
    for (const event of events) topic.accept({ kind: "event", event });
    await until(() => peer.batches.length > 0);
    assertEquals(peer.batches, [[1, 2, 3]]);
  }));

Deno.test("a message waits for those that are on their way into the log", () =>
  withTopic(async ({ topic, say }) => {
    const peer = new Listener("one");
    topic.attach(peer);
    const settle = topic.expect();
    topic.accept({ kind: "event", event: await say() });
    topic.accept({ kind: "event", event: await say() });
    settle();
    await until(() => peer.batches.length > 0);
    assertEquals(peer.batches, [[1, 2]]);
  }));

Deno.test("a message does not wait for ever for one that never arrives", () =>
  withTopic(async ({ topic, publish }) => {
    const peer = new Listener("one");
    topic.attach(peer);
    topic.expect();
    await publish();
    await new Promise<void>((resolve) => peer.onDeliver = resolve);
  }));

Deno.test("what the bus lost is fetched from the log, in order and once", () =>
  withTopic(async ({ topic, say, publish }) => {
    const peer = new Listener("one");
    topic.attach(peer);
    await publish();
    await say("lost");
    await say("lost too");
    await publish();
    await until(() => peer.seqs.length === 4);
    assertEquals(peer.seqs, [1, 2, 3, 4]);
  }));

Deno.test("what comes twice from the bus goes out once", () =>
  withTopic(async ({ topic, say, publish }) => {
    const peer = new Listener("one");
    topic.attach(peer);
    const event = await say();
    topic.accept({ kind: "event", event });
    topic.accept({ kind: "event", event });
    await publish();
    await until(() => peer.seqs.length >= 2);
    assertEquals(peer.seqs, [1, 2]);
  }));

Deno.test("a joining peer gets what came during its snapshot, and nothing of the snapshot again", () =>
  withTopic(async ({ topic, publish }) => {
    const joining = new Listener("joining");
    const other = new Listener("other");
    topic.attach(other);
    topic.hold(joining);
    await publish("in the snapshot");
    await publish("after it");
    await until(() => other.seqs.length === 2);
    assertEquals(joining.seqs, []);
    topic.release(joining, 1);
    assertEquals(joining.seqs, [2]);
    await publish();
    await until(() => joining.seqs.length === 2);
    assertEquals(joining.seqs, [2, 3]);
  }));

Deno.test("a rejoin while others are handed a message brings nothing twice, in rooms of any size", async () => {
  for (const size of [3, 1_000]) {
    await withTopic(async ({ topic, publish }) => {
      const peers = Array.from({ length: size }, (_, index) => new Listener(`${index}`));
      for (const peer of peers) topic.attach(peer);
      const last = peers.at(-1)!;
      peers[0]!.onDeliver = () => {
        // Its snapshot has the message that is being sent.
        topic.hold(last);
        topic.release(last, 1);
      };
      await publish();
      await until(() => peers.at(-2)!.seqs.length === 1);
      await setImmediate();
      assertEquals(last.seqs, [], `${size}`);
      peers[0]!.onDeliver = () => {};
      await publish();
      await until(() => last.seqs.length === 1);
      assertEquals(last.seqs, [2], `${size}`);
    });
  }
});

Deno.test("who is taken out while others are handed a message no longer gets it, in rooms of any size", () =>
  withTopic(async ({ topic, publish }) => {
    for (const size of [3, 1_000]) {
      const peers = Array.from({ length: size }, (_, index) => new Listener(`${index}`));
      for (const peer of peers) topic.attach(peer);
      const last = peers.at(-1)!;
      peers[0]!.onDeliver = () => topic.remove(last);
      await publish();
      await until(() => peers.at(-2)!.seqs.length === 1);
      await setImmediate();
      assertEquals(last.seqs, [], `${size}`);
      for (const peer of peers) topic.remove(peer);
    }
  }));

Deno.test("a peer that cannot take a frame is closed and does not keep it from the others", () =>
  withTopic(async ({ topic, lines, publish }) => {
    const broken = new Listener("broken");
    broken.onDeliver = () => {
      throw new Error("no longer there");
    };
    const sound = new Listener("sound");
    topic.attach(broken);
    topic.attach(sound);
    await publish();
    await publish();
    await until(() => sound.seqs.length === 2);
    assertEquals(broken.closed, CLOSE.internal);
    assertEquals(lines.length, 1);
  }));

Deno.test("a peer past its bound is told once that it is behind, and from where to go on", () =>
  withTopic(async ({ topic, store, publish }) => {
    const slow = new Listener("slow");
    topic.attach(slow);
    await publish();
    await until(() => slow.seqs.length === 1);
    slow.buffered = BOUNDS.events + 1;
    await publish();
    await until(() => slow.behind !== undefined);
    assertEquals(slow.behind, `${store.epoch}:1`);
    slow.behind = undefined;
    await publish();
    await setImmediate();
    await setImmediate();
    assertEquals([slow.seqs, slow.behind], [[1], undefined]);
  }));

Deno.test("signals are dropped before events", () =>
  withTopic(async ({ topic, publish }) => {
    const full = new Listener("full");
    const free = new Listener("free");
    topic.attach(full);
    topic.attach(free);
    full.buffered = BOUNDS.signals + 1;
    topic.signal({ type: "typing", room: "lobby", user: ANN });
    const { promise: signalled, resolve } = Promise.withResolvers<void>();
    free.signal = () => resolve();
    await signalled;
    await publish();
    await until(() => full.seqs.length === 1);
    assertEquals(full.signals, []);
  }));

Deno.test("a frame does not grow without bound", () =>
  withTopic(async ({ topic, say }) => {
    const peer = new Listener("one");
    topic.attach(peer);
    const long = "x".repeat(16_000);
    const events: LogEvent[] = [];
    for (let index = 0; index < 40; index++) events.push(await say(long));
    for (const event of events) topic.accept({ kind: "event", event });
    await until(() => peer.seqs.length === 40);
    assertEquals(peer.seqs, events.map(({ seq }) => seq));
    assertEquals(peer.batches.every((batch) => batch.length <= 11), true);
  }));

Deno.test("plain frames count with all their bytes, so that no peer is handed more than its bound", () =>
  withTopic(async ({ topic, say }) => {
    const slow = new Listener("slow");
    slow.deliver = (batch) => {
      for (const { text } of batch.plain) slow.buffered += text.length;
    };
    topic.attach(slow);
    const bytes = new Uint8Array(64 * 1024);
    for (let index = 0; index < 20; index++) {
      const raw = { text: bytes, json: "{}" };
      // Of every other one a note is kept, which is short.
      if (index % 2 === 0) topic.accept({ kind: "raw", raw });
      else topic.accept({ kind: "event", event: await say("Binary data"), raw });
    }
    await until(() => slow.behind !== undefined);
    assertLessOrEqual(slow.buffered, BOUNDS.events + 2 * 128 * 1024);
  }));

Deno.test("a peer that falls behind at a plain frame still pulls the messages that follow it", () =>
  withTopic(async ({ topic, store, publish }) => {
    const slow = new Listener("slow");
    topic.attach(slow);
    await publish();
    await until(() => slow.seqs.length === 1);
    slow.buffered = BOUNDS.events + 1;
    // Large enough for a batch of its own.
    topic.accept({ kind: "raw", raw: { text: "x".repeat(200_000), json: "{}" } });
    await publish();
    await until(() => slow.behind !== undefined);
    assertEquals(slow.behind, `${store.epoch}:1`);
  }));

Deno.test("a joining peer that cannot take a frame does not stop the room", () =>
  withTopic(async ({ topic, publish }) => {
    const broken = new Listener("broken");
    broken.onDeliver = () => {
      throw new Error("no longer there");
    };
    const sound = new Listener("sound");
    topic.attach(sound);
    topic.hold(broken);
    await publish();
    await until(() => sound.seqs.length === 1);
    topic.release(broken, 0);
    await publish();
    await until(() => sound.seqs.length === 2);
    assertEquals(broken.closed, CLOSE.internal);
  }));

Deno.test("however many people type, the number of people who are there is told", () =>
  withTopic(async ({ topic }) => {
    const peer = new Listener("one");
    topic.attach(peer);
    for (let index = 0; index < 100; index++) {
      topic.signal({ type: "typing", room: "lobby", user: { id: `${index}`, name: "Ann" } });
    }
    topic.signal({ type: "presence", room: "lobby", online: 100 });
    const { promise: signalled, resolve } = Promise.withResolvers<void>();
    peer.signal = (_signals, frame) => {
      peer.signals.push(frame);
      resolve();
    };
    await signalled;
    const types = JSON.parse(peer.signals[0]!).map(({ type }: { type: string }) => type);
    assertEquals(types.includes("presence"), true);
    assertEquals(types.length <= 25, true);
  }));

Deno.test("a position is told as reached only when everybody has been handed what leads to it", () =>
  withTopic(async ({ topic, publish }) => {
    const peers = Array.from({ length: 600 }, (_, index) => new Listener(`${index}`));
    for (const peer of peers) topic.attach(peer);
    await publish();
    assertEquals(topic.delivered, 0);
    await until(() => peers[0]!.seqs.length === 1);
    assertEquals([peers.at(-1)!.seqs.length, topic.delivered], [0, 0]);
    await until(() => peers.at(-1)!.seqs.length === 1);
    await setImmediate();
    assertEquals(topic.delivered, 1);
  }));

Deno.test("who falls behind while a message is worked with misses none of it: the cursor is before all of that", () =>
  withTopic(async ({ topic, store, publish }) => {
    const slow = new Listener("slow");
    topic.attach(slow);
    await publish();
    await until(() => slow.batches.length === 1);
    slow.buffered = BOUNDS.events + 1;
    for (const change of [edit(1), reaction(1), pin(1), reaction(1, { on: false }), deletion(1)]) {
      topic.accept({ kind: "event", event: (await store.append(change)).event });
    }
    await until(() => slow.behind !== undefined);
    assertEquals(slow.behind, `${store.epoch}:1`);
    const { events } = await store.since("lobby", 1, 10);
    assertEquals(events.map(({ type }) => type), ["edit", "react", "pin", "react", "delete"]);
  }));

Deno.test("a gap of edits and reactions is filled from the log, in order", () =>
  withTopic(async ({ topic, store, publish }) => {
    const peer = new Listener("one");
    topic.attach(peer);
    await publish();
    let last: LogEvent | undefined;
    for (const change of [edit(1), reaction(1), pin(1)]) {
      last = (await store.append(change)).event;
    }
    topic.accept({ kind: "event", event: last! });
    await until(() => peer.seqs.length === 4);
    assertEquals(peer.seqs, [1, 2, 3, 4]);
  }));

Deno.test("an event is as long as its text and the people whom it names", async () => {
  const store = createMemoryStore();
  const mentions = [{ id: "x".repeat(200), name: "y".repeat(50) }];
  const said = (await store.append(draft({ message: "z".repeat(1_000), mentions }))).event;
  const changed = (await store.append(edit(1, { message: "z".repeat(500), mentions }))).event;
  const reacted = (await store.append(reaction(1))).event;
  assertEquals([said, changed, reacted].map(lengthOf), [1_270, 770, 0]);
  await store.close();
});
