/** What every `Store` keeps (see `server/store.ts`), as tests that each implementation runs. */

import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { type ErrorCode, Refusal } from "../../server/protocol.ts";
import type { Draft, Page, Store } from "../../server/store.ts";

/** A clock that a test sets by hand, in milliseconds. */
export class Clock {
  time = 1_700_000_000_000;
  readonly now = (): number => this.time;
}

/** A message that nobody has said yet; whatever matters to a test is given. */
export function draft(given: Partial<Draft> & { name?: string; userId?: string } = {}): Draft {
  const { name = "Ada", userId = "user-ada", ...rest } = given;
  return {
    type: "chat",
    room: "lobby",
    user: { id: userId, name },
    id: crypto.randomUUID(),
    message: "hello",
    ...rest,
  };
}

/** Says `count` messages, `m1`, `m2` …, one second apart on the given clock. */
async function talk(store: Store, clock: Clock, count: number, room = "lobby"): Promise<void> {
  for (let number = 1; number <= count; number++) {
    await store.append(draft({ room, message: `m${number}` }));
    clock.time += 1_000;
  }
}

async function assertRefused(code: ErrorCode, call: () => Promise<unknown>): Promise<void> {
  const refusal = await assertRejects(call, Refusal);
  assertEquals(refusal.code, code);
}

function seqs(page: Page): number[] {
  return page.messages.map((message) => message.seq);
}

/** @param open a new empty store on the given clock; the suite closes it */
export function testStore(name: string, open: (now: () => number) => Promise<Store>): void {
  function test(behaviour: string, body: (store: Store, clock: Clock) => Promise<void>): void {
    Deno.test(`${name}: ${behaviour}`, async () => {
      const clock = new Clock();
      const store = await open(clock.now);
      try {
        await body(store, clock);
      } finally {
        await store.close();
      }
    });
  }

  test(
    "the first message of a room is number one, with all that was said",
    async (store, clock) => {
      const said = draft({ message: "hello\n„Zoë“ 🌱 <b>\u0000", id: "m-1" });
      const { event, repeated } = await store.append(said);
      assertEquals(repeated, false);
      assertEquals(event, { ...said, seq: 1, timestamp: clock.time });
      assertEquals((await store.since("lobby", 0, 10)).events, [event]);
      assertEquals((await store.page("lobby", { at: "end" }, 10)).messages, [event]);
    },
  );

  test("an unverified name and the size of a binary frame are kept", async (store, clock) => {
    const said: Draft = {
      ...draft({ bytes: 512 }),
      user: { id: "guest-1", name: "meter", unverified: true },
    };
    const { event } = await store.append(said);
    assertEquals(event, { ...said, seq: 1, timestamp: clock.time });
    assertEquals((await store.since("lobby", 0, 1)).events, [event]);
    assertEquals((await store.page("lobby", { at: "end" }, 1)).messages, [event]);
  });

  test("what is kept does not change with the draft", async (store) => {
    const said = draft({ message: "as it was" });
    const { event } = await store.append(said);
    said.message = "changed";
    said.user.name = "changed";
    assertEquals(event.message, "as it was");
    const [kept] = (await store.since("lobby", 0, 1)).events;
    assertEquals([kept?.message, kept?.user.name], ["as it was", "Ada"]);
  });

  test("each room counts from one, without holes", async (store) => {
    const rooms = ["lobby", "garden", "~private"];
    const appended = await Promise.all(
      Array.from({ length: 90 }, (_, index) => store.append(draft({ room: rooms[index % 3]! }))),
    );
    for (const room of rooms) {
      const numbers = appended.filter(({ event }) => event.room === room)
        .map(({ event }) => event.seq);
      assertEquals(numbers, Array.from({ length: 30 }, (_, index) => index + 1));
      assertEquals(await store.head(room), 30);
    }
  });

  test("appends are written and settle in the order of the calls, refused ones too", async (store) => {
    const taken = draft();
    await store.append(taken);
    const settled: string[] = [];
    const expected: string[] = [];
    const calls = Array.from({ length: 300 }, (_, index) => {
      if (index % 7 === 3) {
        expected.push(`refused ${index}`);
        return store.append({ ...taken, message: `other ${index}` })
          .then(() => settled.push(`kept ${index}`), () => settled.push(`refused ${index}`));
      }
      expected.push(`kept ${index}`);
      return store.append(draft({ message: `m${index}` })).then(() =>
        settled.push(`kept ${index}`)
      );
    });
    await Promise.all(calls);
    assertEquals(settled, expected);
    const said = (await store.since("lobby", 1, 1_000)).events.map((event) => event.message);
    const kept = expected.filter((each) => each.startsWith("kept"));
    assertEquals(said, kept.map((each) => `m${each.slice("kept ".length)}`));
  });

  test("every settled append is there to read at once", async (store) => {
    for (let number = 1; number <= 20; number++) {
      await store.append(draft());
      assertEquals(await store.head("lobby"), number);
      assertEquals((await store.since("lobby", 0, 100)).events.length, number);
      assertEquals((await store.page("lobby", { at: "end" }, 100)).messages.length, number);
    }
  });

  test("timestamps follow the clock but never go back within a room", async (store, clock) => {
    const start = clock.time;
    const first = await store.append(draft());
    clock.time = start + 50;
    const second = await store.append(draft());
    clock.time = start - 60_000;
    const third = await store.append(draft());
    const elsewhere = await store.append(draft({ room: "garden" }));
    clock.time = start + 70;
    const fourth = await store.append(draft());
    assertEquals(
      [first, second, third, fourth].map(({ event }) => event.timestamp - start),
      [0, 50, 50, 70],
    );
    assertEquals(elsewhere.event.timestamp, start - 60_000);
  });

  test("a retry with the same id is the same message", async (store, clock) => {
    const said = draft();
    const { event } = await store.append(said);
    clock.time += 5_000;
    await store.append(draft());
    const retry = await store.append(structuredClone(said));
    assertEquals(retry, { event, repeated: true });
    assertEquals(await store.head("lobby"), 2);
  });

  test("a retry is the same message although its author has another name by now", async (store) => {
    const said = draft({ name: "Ada" });
    const { event } = await store.append(said);
    const retry = await store.append({ ...said, user: { ...said.user, name: "Countess" } });
    assertEquals(retry, { event, repeated: true });
  });

  test("two drafts with one id at the same time are one message", async (store) => {
    const said = draft();
    const appended = await Promise.all([said, said, said].map((each) => store.append(each)));
    assertEquals(appended.map(({ repeated }) => repeated), [false, true, true]);
    assertEquals(appended.map(({ event }) => event), Array(3).fill(appended[0]!.event));
    assertEquals(await store.head("lobby"), 1);
  });

  test("the same id with another text or room is a conflict and leaves no trace", async (store) => {
    const said = draft();
    await store.append(said);
    await assertRefused("conflict", () => store.append({ ...said, message: "something else" }));
    await assertRefused("conflict", () => store.append({ ...said, room: "garden" }));
    assertEquals(await store.head("lobby"), 1);
    assertEquals(await store.head("garden"), 0);
    assertEquals((await store.rooms(10)).map(({ room }) => room), ["lobby"]);
    assertEquals((await store.append(draft())).event.seq, 2);
  });

  test("a conflict between two drafts of the same moment refuses only the second", async (store) => {
    const said = draft();
    const [first, second, third] = await Promise.allSettled([
      store.append(said),
      store.append({ ...said, message: "something else" }),
      store.append(draft()),
    ]);
    assertEquals(first.status === "fulfilled" && first.value.event.seq, 1);
    assert(second.status === "rejected" && second.reason instanceof Refusal);
    assertEquals(second.reason.code, "conflict");
    assertEquals(third.status === "fulfilled" && third.value.event.seq, 2);
  });

  test("an id belongs to its author: others may use the same", async (store) => {
    const first = await store.append(draft({ id: "1", userId: "ab", message: "of ab" }));
    const second = await store.append(draft({ id: "b1", userId: "a", message: "of a" }));
    const third = await store.append(draft({ id: "1", userId: "a", message: "another" }));
    assertEquals([first, second, third].map(({ repeated }) => repeated), [false, false, false]);
  });

  test(
    "“since” gives what came after a position, cut at the limit, and the head",
    async (store, clock) => {
      await talk(store, clock, 10);
      const whole = await store.since("lobby", 0, 100);
      assertEquals(whole.events.map((event) => event.seq), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      assertEquals(whole.head, 10);
      const cut = await store.since("lobby", 3, 4);
      assertEquals(cut.events.map((event) => event.message), ["m4", "m5", "m6", "m7"]);
      assertEquals(cut.head, 10);
      assertEquals(await store.since("lobby", 10, 5), { events: [], head: 10 });
      assertEquals(await store.since("lobby", 99, 5), { events: [], head: 10 });
    },
  );

  test("a room in which nothing was said is empty", async (store) => {
    await store.append(draft());
    assertEquals(await store.since("garden", 0, 5), { events: [], head: 0 });
    assertEquals(await store.head("garden"), 0);
    const nothing = { messages: [], head: 0, older: false, newer: false };
    for (
      const place of [
        { at: "end" },
        { at: "before", seq: 5 },
        { at: "after", seq: 5 },
        { at: "around", seq: 5 },
        { at: "time", timestamp: 0 },
      ] as const
    ) {
      assertEquals(await store.page("garden", place, 5), nothing);
    }
  });

  test("the page at the end has the latest messages, oldest first", async (store, clock) => {
    await talk(store, clock, 10);
    const page = await store.page("lobby", { at: "end" }, 3);
    assertEquals(page.messages.map((message) => message.message), ["m8", "m9", "m10"]);
    assertEquals([page.head, page.older, page.newer], [10, true, false]);
    const whole = await store.page("lobby", { at: "end" }, 10);
    assertEquals([whole.messages.length, whole.older, whole.newer], [10, false, false]);
  });

  test(
    "the page at the end is that of the moment, in whichever room and size",
    async (store, clock) => {
      const rooms = Array.from({ length: 40 }, (_, number) => `room-${number}`);
      for (let head = 1; head <= 3; head++) {
        for (const room of rooms) await talk(store, clock, 1, room);
        for (const room of [...rooms, ...rooms]) {
          for (const limit of [2, 1, 2]) {
            const page = await store.page(room, { at: "end" }, limit);
            assertEquals([page.head, page.messages.at(-1)?.seq], [head, head]);
            assertEquals([page.messages.length, page.older], [Math.min(limit, head), head > limit]);
          }
        }
      }
    },
  );

  test("the page before a position ends right before it", async (store, clock) => {
    await talk(store, clock, 10);
    const page = await store.page("lobby", { at: "before", seq: 8 }, 3);
    assertEquals([seqs(page), page.older, page.newer], [[5, 6, 7], true, true]);
    const first = await store.page("lobby", { at: "before", seq: 4 }, 3);
    assertEquals([seqs(first), first.older, first.newer], [[1, 2, 3], false, true]);
    const none = await store.page("lobby", { at: "before", seq: 1 }, 3);
    assertEquals([seqs(none), none.older, none.newer, none.head], [[], false, true, 10]);
    const last = await store.page("lobby", { at: "before", seq: 99 }, 3);
    assertEquals([seqs(last), last.older, last.newer], [[8, 9, 10], true, false]);
  });

  test("the page after a position starts right after it", async (store, clock) => {
    await talk(store, clock, 10);
    const page = await store.page("lobby", { at: "after", seq: 2 }, 3);
    assertEquals([seqs(page), page.older, page.newer], [[3, 4, 5], true, true]);
    const last = await store.page("lobby", { at: "after", seq: 7 }, 3);
    assertEquals([seqs(last), last.older, last.newer], [[8, 9, 10], true, false]);
    const none = await store.page("lobby", { at: "after", seq: 10 }, 3);
    assertEquals([seqs(none), none.older, none.newer], [[], true, false]);
    const first = await store.page("lobby", { at: "after", seq: 0 }, 3);
    assertEquals([seqs(first), first.older, first.newer], [[1, 2, 3], false, true]);
  });

  test(
    "the page around a position has half before it and half from it on",
    async (store, clock) => {
      await talk(store, clock, 10);
      const page = await store.page("lobby", { at: "around", seq: 5 }, 4);
      assertEquals([seqs(page), page.older, page.newer], [[3, 4, 5, 6], true, true]);
      const odd = await store.page("lobby", { at: "around", seq: 5 }, 3);
      assertEquals(seqs(odd), [4, 5, 6]);
      const single = await store.page("lobby", { at: "around", seq: 5 }, 1);
      assertEquals(seqs(single), [5]);
      const first = await store.page("lobby", { at: "around", seq: 1 }, 4);
      assertEquals([seqs(first), first.older, first.newer], [[1, 2], false, true]);
      const last = await store.page("lobby", { at: "around", seq: 10 }, 4);
      assertEquals([seqs(last), last.older, last.newer], [[8, 9, 10], true, false]);
      const beyond = await store.page("lobby", { at: "around", seq: 12 }, 4);
      assertEquals([seqs(beyond), beyond.older, beyond.newer], [[9, 10], true, false]);
    },
  );

  test("the page of a moment starts with its first message", async (store, clock) => {
    const start = clock.time;
    await talk(store, clock, 10);
    const exact = await store.page("lobby", { at: "time", timestamp: start + 3_000 }, 2);
    assertEquals([seqs(exact), exact.older, exact.newer], [[4, 5], true, true]);
    const between = await store.page("lobby", { at: "time", timestamp: start + 3_001 }, 2);
    assertEquals(seqs(between), [5, 6]);
    const early = await store.page("lobby", { at: "time", timestamp: 0 }, 2);
    assertEquals([seqs(early), early.older], [[1, 2], false]);
    const late = await store.page("lobby", { at: "time", timestamp: start + 9_001 }, 2);
    assertEquals([seqs(late), late.older, late.newer, late.head], [[], true, false, 10]);
  });

  test("the page of a moment has all messages of the same millisecond", async (store, clock) => {
    await talk(store, clock, 2);
    const moment = clock.time;
    for (let number = 0; number < 5; number++) await store.append(draft());
    const page = await store.page("lobby", { at: "time", timestamp: moment }, 10);
    assertEquals(seqs(page), [3, 4, 5, 6, 7]);
  });

  test("pages walked from end to start and back show every message once", async (store) => {
    for (let number = 0; number < 23; number++) await store.append(draft());
    const all = Array.from({ length: 23 }, (_, index) => index + 1);
    let page = await store.page("lobby", { at: "end" }, 5);
    let walked = seqs(page);
    while (page.older) {
      page = await store.page("lobby", { at: "before", seq: walked[0]! }, 5);
      walked = [...seqs(page), ...walked];
    }
    assertEquals(walked, all);
    page = await store.page("lobby", { at: "after", seq: 0 }, 5);
    walked = seqs(page);
    while (page.newer) {
      page = await store.page("lobby", { at: "after", seq: walked.at(-1)! }, 5);
      walked = [...walked, ...seqs(page)];
    }
    assertEquals(walked, all);
  });

  test("a page read while others write ends at its own head", async (store) => {
    const writing = Array.from({ length: 200 }, () => store.append(draft()));
    for (let reading = 0; reading < 20; reading++) {
      const page = await store.page("lobby", { at: "end" }, 50);
      assertEquals(page.messages.at(-1)?.seq ?? 0, page.head);
      const replay = await store.since("lobby", Math.max(0, page.head - 3), 1_000);
      assertEquals(replay.events.at(-1)?.seq ?? 0, replay.head);
    }
    await Promise.all(writing);
  });

  test(
    "rooms are listed with the most recent first, private ones not at all",
    async (store, clock) => {
      const start = clock.time;
      for (const room of ["one", "two", "~secret", "three", "two", "one"]) {
        await store.append(draft({ room }));
        clock.time += 1_000;
      }
      assertEquals(await store.rooms(10), [
        { room: "one", head: 2, timestamp: start + 5_000 },
        { room: "two", head: 2, timestamp: start + 4_000 },
        { room: "three", head: 1, timestamp: start + 3_000 },
      ]);
      assertEquals((await store.rooms(1)).map(({ room }) => room), ["one"]);
    },
  );

  test("room ids are taken as they are, whatever language they look like", async (store) => {
    const rooms = ["1", "01", "null", "constructor", "~__proto__", "~A", "~a"];
    for (const room of rooms) await store.append(draft({ room, message: `of ${room}` }));
    for (const room of rooms) {
      const { events } = await store.since(room, 0, 10);
      assertEquals(events.map((event) => event.message), [`of ${room}`]);
    }
  });

  test("the epoch names the history and is another one in another store", async (store, clock) => {
    assertMatch(store.epoch, /^[A-Za-z0-9_-]{8,32}$/);
    const other = await open(clock.now);
    assertNotEquals(other.epoch, store.epoch);
    await other.close();
  });

  test("closing finishes what was begun and rejects what comes later", async (store) => {
    const begun = Array.from({ length: 50 }, () => store.append(draft()));
    await store.close();
    assertEquals((await Promise.all(begun)).map(({ event }) => event.seq).at(-1), 50);
    await assertRefused("unavailable", () => store.append(draft()));
    await assertRefused("unavailable", () => store.since("lobby", 0, 1));
    await assertRefused("unavailable", () => store.page("lobby", { at: "end" }, 1));
    await assertRefused("unavailable", () => store.head("lobby"));
    await assertRefused("unavailable", () => store.rooms(1));
    await store.close();
  });
}
