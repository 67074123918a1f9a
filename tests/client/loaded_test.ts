/** The loaded stretch of a room's history: no holes, bounded, and back at the live end. */

import { assert, assertEquals } from "@std/assert";
import { signal } from "@preact/signals";
import type { HistoryPage, HistoryPlace } from "../../client/history.ts";
import { Loaded } from "../../client/loaded.ts";
import { Paging } from "../../client/paging.ts";
import { type Message, parseCursor, type RoomEvent } from "../../server/protocol.ts";
import { FakeClock } from "./support/fake_clock.ts";
import { BEN } from "./support/fake_network.ts";

const PAGE = 100;

function message(seq: number): Message {
  return {
    type: "chat",
    room: "lobby",
    seq,
    timestamp: seq * 1_000,
    user: BEN,
    id: `id${seq}`,
    message: `message ${seq}`,
  };
}

/** A change of the room right after the message at a position. */
function renamed(after: number): RoomEvent {
  const { room, timestamp, user, id } = message(after);
  return { type: "room", room, seq: after + 0.5, timestamp, user, id: `room${id}`, settings: {} };
}

function range(first: number, last: number): Message[] {
  return Array.from({ length: last - first + 1 }, (_, index) => message(first + index));
}

/** A room of so many messages whose pages are given out when the test says. */
class Trial implements Disposable {
  readonly clock = new FakeClock();
  readonly asked: HistoryPlace[] = [];
  isAway = false;
  /** Pages wait here instead of coming at once. */
  isHeld = false;
  #release = () => {};
  /** What happened to the room: at positions between those of the messages, which here are in one step. */
  notices: RoomEvent[] = [];
  readonly loaded = new Loaded();
  readonly paging = new Paging(this.loaded, {
    read: (place) => this.#read(place),
    cursorAt: (seq) => `e:${seq}`,
    loading: signal(false),
  });

  constructor(public head: number) {
    this.loaded.reset(range(Math.max(1, head - 49), head), head > 50);
  }

  /** So many messages are said and come live in one frame. */
  say(count: number): void {
    this.loaded.append(range(this.head + 1, this.head + count));
    this.head += count;
  }

  release(): void {
    this.#release();
  }

  get span(): [first: number, last: number] {
    const { value } = this.loaded.messages;
    assertEquals(
      value.map(({ seq }) => seq),
      range(value[0]!.seq, value.at(-1)!.seq).map((one) => one.seq),
    );
    return [value[0]!.seq, value.at(-1)!.seq];
  }

  async #read(place: HistoryPlace): Promise<HistoryPage> {
    this.asked.push(place);
    if (this.isAway) throw new Error("The server cannot be reached.");
    const page = this.#page(place);
    if (this.isHeld) await new Promise<void>((resolve) => this.#release = resolve);
    return page;
  }

  #page(place: HistoryPlace): HistoryPage {
    const seqOf = (cursor: string) => parseCursor(cursor)!.seq;
    let first = this.head - PAGE + 1;
    if ("before" in place) first = seqOf(place.before) - PAGE;
    else if ("after" in place) first = seqOf(place.after) + 1;
    else if ("around" in place) first = seqOf(place.around) - PAGE / 2;
    else if ("time" in place) first = Math.ceil(place.time / 1_000);
    const last = Math.min(first + PAGE - 1, this.head);
    first = Math.max(1, first);
    return {
      cursor: `e:${this.head}`,
      messages: first > last ? [] : range(first, last),
      // As the server cuts them.
      notices: this.notices.filter(({ seq }) =>
        seq > ("after" in place ? seqOf(place.after) : first > 1 ? first : 0) &&
        seq < (last < this.head ? last + 1 : Infinity)
      ),
      older: first > 1,
      newer: last < this.head,
    };
  }

  [Symbol.dispose](): void {
    this.clock[Symbol.dispose]();
  }
}

Deno.test("older messages are loaded before the first until there are none", async () => {
  using trial = new Trial(180);
  await trial.paging.loadOlder();
  assertEquals(trial.span, [31, 180]);
  assert(trial.loaded.older.value);
  await trial.paging.loadOlder();
  assertEquals(trial.span, [1, 180]);
  assert(!trial.loaded.older.value);
  await trial.paging.loadOlder();
  assertEquals(trial.asked, [{ before: "e:131" }, { before: "e:31" }]);
});

Deno.test("one page is loaded at a time, however often scrolling asks", async () => {
  using trial = new Trial(1_000);
  await Promise.all([trial.paging.loadOlder(), trial.paging.loadOlder(), trial.paging.loadOlder()]);
  assertEquals(trial.asked.length, 1);
});

Deno.test("after a page that could not be had there is a pause", async () => {
  using trial = new Trial(1_000);
  trial.isAway = true;
  for (let count = 0; count < 5; count++) await trial.paging.loadOlder();
  assertEquals(trial.asked.length, 1);
  trial.isAway = false;
  await trial.clock.advance(2_001);
  await trial.paging.loadOlder();
  assertEquals(trial.span, [851, 1_000]);
});

Deno.test("in the past, live messages do not come into view, and paging leads back to them", async () => {
  using trial = new Trial(1_000);
  assert(await trial.paging.show({ around: "e:800" }));
  assertEquals(trial.span, [750, 849]);
  assert(trial.loaded.older.value && trial.loaded.newer.value);
  trial.say(5);
  assertEquals(trial.span, [750, 849]);
  await trial.paging.loadNewer();
  assert(trial.loaded.newer.value);
  await trial.paging.loadNewer();
  assert(!trial.loaded.newer.value);
  assertEquals(trial.span, [750, 1_005]);
  trial.say(1);
  assertEquals(trial.span, [750, 1_006]);
});

Deno.test("what comes live while the last page is on its way joins on without a hole", async () => {
  using trial = new Trial(1_000);
  await trial.paging.show({ around: "e:500" });
  trial.isHeld = true;
  const shown = trial.paging.show({});
  trial.say(300);
  trial.say(20);
  trial.release();
  assert(await shown);
  assert(!trial.loaded.newer.value);
  assertEquals(trial.span, [901, 1_320]);
});

Deno.test("a page that is ahead of the live messages does not double them", async () => {
  using trial = new Trial(1_000);
  await trial.paging.show({ around: "e:500" });
  trial.head = 1_010;
  await trial.paging.show({});
  trial.loaded.append(range(1_001, 1_012));
  assertEquals(trial.span, [911, 1_012]);
});

Deno.test("who follows a fast room keeps a bounded number of messages", () => {
  using trial = new Trial(50);
  for (let frame = 0; frame < 200; frame++) {
    trial.say(130);
    assert(trial.loaded.messages.value.length <= 2_000);
  }
  assertEquals(trial.span[1], 50 + 200 * 130);
  assert(trial.loaded.older.value);
  assert(!trial.loaded.newer.value);
});

Deno.test("who reads further up keeps what is being read, and gets to the rest by paging", async () => {
  using trial = new Trial(50);
  trial.loaded.isFollowing = false;
  for (let frame = 0; frame < 30; frame++) trial.say(100);
  assertEquals(trial.span, [1, 1_950]);
  assert(trial.loaded.newer.value);
  await trial.paging.loadNewer();
  assertEquals(trial.span, [51, 2_050]);
  assert(trial.loaded.older.value);
});

Deno.test("paging far back drops the live end, which can be reached again", async () => {
  using trial = new Trial(5_000);
  for (let page = 0; page < 25; page++) await trial.paging.loadOlder();
  assertEquals(trial.loaded.messages.value.length, 2_000);
  assertEquals(trial.span[0], 4_951 - 25 * PAGE);
  assert(trial.loaded.newer.value);
  await trial.paging.show({});
  assertEquals(trial.span, [4_901, 5_000]);
  assert(!trial.loaded.newer.value);
});

Deno.test("a page on its way when everything begins anew is thrown away", async () => {
  using trial = new Trial(1_000);
  trial.isHeld = true;
  const shown = trial.paging.show({ around: "e:500" });
  trial.loaded.reset(range(1, 3), false);
  trial.release();
  assertEquals(await shown, false);
  assertEquals(trial.span, [1, 3]);
  assert(!trial.loaded.older.value);
});

Deno.test("a jump waits for the page that is being loaded", async () => {
  using trial = new Trial(1_000);
  trial.isHeld = true;
  const older = trial.paging.loadOlder();
  const shown = trial.paging.show({ around: "e:200" });
  trial.isHeld = false;
  trial.release();
  await older;
  assert(await shown);
  assert(trial.loaded.at(200));
});

Deno.test("a moment after the last message has nothing to show, and the view stays", async () => {
  using trial = new Trial(1_000);
  assertEquals(await trial.paging.show({ time: 5_000_000 }), false);
  assertEquals(trial.span, [951, 1_000]);
});

Deno.test("what happened to the room comes with the pages, in its place and once", async () => {
  using trial = new Trial(500);
  trial.notices = [0, 120, 300, 350, 430, 500].map(renamed);
  const shown = () => trial.loaded.notices.value.map(({ seq }) => Math.floor(seq));
  trial.loaded.reset(range(451, 500), true, trial.notices.slice(-1));
  assertEquals(shown(), [500]);
  await trial.paging.loadOlder();
  assertEquals([trial.span, shown()], [[351, 500], [430, 500]]);
  await trial.paging.loadOlder();
  assertEquals([trial.span, shown()], [[251, 500], [300, 350, 430, 500]]);
  // Elsewhere only what happened there is shown, and on the way back all that lies between.
  await trial.paging.show({ around: "e:150" });
  assertEquals([trial.span, shown()], [[100, 199], [120]]);
  trial.loaded.noticed(renamed(501));
  assertEquals(shown(), [120]);
  trial.notices.push(renamed(501));
  while (trial.loaded.newer.value) await trial.paging.loadNewer();
  assertEquals(shown(), [120, 300, 350, 430, 500, 501]);
  while (trial.loaded.older.value) await trial.paging.loadOlder();
  assertEquals(shown(), [0, 120, 300, 350, 430, 500, 501], "the beginning too");
});

Deno.test("what happens to the room while a page is on its way is shown after it", async () => {
  using trial = new Trial(300);
  await trial.paging.show({ around: "e:100" });
  trial.isHeld = true;
  const shown = trial.paging.show({});
  await Promise.resolve();
  trial.loaded.noticed(renamed(300));
  trial.release();
  await shown;
  assertEquals(trial.loaded.notices.value.map(({ seq }) => seq), [300.5]);
  assertEquals(trial.loaded.newer.value, false);
});

Deno.test("what happened among messages that are let go is let go with them", () => {
  using trial = new Trial(50);
  for (const count of [0, 1_000, 500]) {
    trial.say(count);
    trial.loaded.noticed(renamed(trial.head));
  }
  assertEquals(trial.loaded.notices.value.length, 3);
  trial.say(500);
  assertEquals(trial.span, [1_051, 2_050]);
  assertEquals(trial.loaded.notices.value.map(({ seq }) => seq), [1_550.5]);
});
