/** What every `Store` keeps (see `server/store.ts`), as tests that each implementation runs. */

import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { Refusal } from "../../server/protocol.ts";
import type { ChatDraft, Replay } from "../../server/store.ts";
import { ADA, BOB, draft, edit, reaction, talk } from "../support/drafts.ts";
import { assertRefused, type OpenStore, storeTests } from "./suite.ts";

/** What was said in a part of a log. */
function texts({ events }: Replay): (string | undefined)[] {
  return events.map((event) => event.type === "chat" ? event.message : undefined);
}

/** What holds for drafts of all types, shown with messages: order, idempotence, replays. */
export function testStore(name: string, open: OpenStore): void {
  const test = storeTests(name, open);

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
    const said: ChatDraft = {
      ...draft({ bytes: 512 }),
      user: { id: "guest-1", name: "meter", unverified: true },
    };
    const { event } = await store.append(said);
    assertEquals(event, { ...said, seq: 1, timestamp: clock.time });
    assertEquals((await store.since("lobby", 0, 1)).events, [event]);
    assertEquals((await store.page("lobby", { at: "end" }, 1)).messages, [event]);
  });

  test("what is kept does not change with the draft", async (store, clock) => {
    const said = draft({ message: "as it was" });
    const { event } = await store.append(said);
    said.message = "changed";
    said.user.name = "changed";
    assertEquals(event, {
      ...draft(),
      message: "as it was",
      id: said.id,
      seq: 1,
      timestamp: clock.time,
    });
    assertEquals((await store.since("lobby", 0, 1)).events, [event]);
    assertEquals((await store.page("lobby", { at: "end" }, 1)).messages, [event]);
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
    const said = texts(await store.since("lobby", 1, 1_000));
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
    assertEquals((await store.rooms({ limit: 10 })).map(({ room }) => room), ["lobby"]);
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
      assertEquals(texts(cut), ["m4", "m5", "m6", "m7"]);
      assertEquals(cut.head, 10);
      assertEquals(await store.since("lobby", 10, 5), { events: [], head: 10 });
      assertEquals(await store.since("lobby", 99, 5), { events: [], head: 10 });
    },
  );

  test("what somebody has done is found by its id, in whatever room", async (store) => {
    const said = await store.append(draft({ id: "1" }));
    const elsewhere = await store.append(draft({ id: "2", room: "~garden" }));
    const others = await store.append(draft({ id: "1", userId: BOB.id }));
    const reacted = await store.append(reaction(1, { id: "3" }));
    assertEquals(await store.find(ADA.id, "1"), said.event);
    assertEquals(await store.find(ADA.id, "2"), elsewhere.event);
    assertEquals(await store.find(BOB.id, "1"), others.event);
    assertEquals(await store.find(ADA.id, "3"), reacted.event);
    assertEquals(await store.find(BOB.id, "2"), undefined);
    assertEquals(await store.find("user-nobody", "1"), undefined);
  });

  test("what was refused is not found by its id", async (store) => {
    await assertRefused("not_found", () => store.append(edit(9, { id: "refused" })));
    assertEquals(await store.find(ADA.id, "refused"), undefined);
  });

  test("room ids are taken as they are, whatever language they look like", async (store) => {
    const rooms = ["1", "01", "null", "constructor", "~__proto__", "~A", "~a"];
    for (const room of rooms) await store.append(draft({ room, message: `of ${room}` }));
    for (const room of rooms) {
      assertEquals(texts(await store.since(room, 0, 10)), [`of ${room}`]);
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
    await assertRefused("unavailable", () => store.rooms({ limit: 1 }));
    await assertRefused("unavailable", () => store.find(ADA.id, "1"));
    await assertRefused("unavailable", () => store.messages("lobby", [1]));
    await assertRefused("unavailable", () => store.pins("lobby", 1));
    await assertRefused("unavailable", () => store.reactors("lobby", 1, "👍", 1));
    await assertRefused("unavailable", () => store.room("lobby"));
    await assertRefused("unavailable", () => store.members("lobby"));
    await assertRefused("unavailable", () => store.role("lobby", ADA.id));
    await store.close();
  });
}
