/** Reactions and pins, as every `Store` keeps them. */

import { assertEquals } from "@std/assert";
import { LIMITS, type Message, type User } from "../../server/protocol.ts";
import type { Store } from "../../server/store.ts";
import {
  ADA,
  BOB,
  CLEO,
  deletion,
  draft,
  edit,
  person,
  pin,
  reaction,
  talk,
} from "../support/drafts.ts";
import { assertRefused, messageAt, type OpenStore, storeTests } from "./suite.ts";

function crowd(count: number): User[] {
  return Array.from({ length: count }, (_, index) => person(`P${index}`));
}

async function react(store: Store, users: readonly User[], emoji = "👍", on = true): Promise<void> {
  for (const user of users) await store.append(reaction(1, { user, emoji, on }));
}

function seqs(messages: readonly Message[]): number[] {
  return messages.map(({ seq }) => seq);
}

export function testStoreReactions(name: string, open: OpenStore): void {
  const test = storeTests(name, open);

  test("a reaction is on its message until it is taken off", async (store) => {
    const { event } = await store.append(draft());
    await store.append(reaction(1, { user: BOB, emoji: "🌱" }));
    const reactions = [{ emoji: "🌱", count: 1, people: [BOB] }];
    assertEquals(await messageAt(store, 1), { ...event, reactions } as Message);
    await store.append(reaction(1, { user: BOB, emoji: "🌱", on: false }));
    assertEquals(await messageAt(store, 1), event as Message);
    assertEquals(await store.reactors("lobby", 1, "🌱", 10), []);
  });

  test("who only takes off what others put on takes nothing off", async (store) => {
    await store.append(draft());
    await react(store, [BOB]);
    await react(store, [CLEO], "👍", false);
    await react(store, [BOB], "🎉", false);
    assertEquals((await messageAt(store, 1)).reactions, [{ emoji: "👍", count: 1, people: [BOB] }]);
    assertEquals(await store.head("lobby"), 4);
  });

  test("a reaction that is on already takes a position and changes nothing", async (store) => {
    await store.append(draft());
    await react(store, [ADA, BOB]);
    const before = await messageAt(store, 1);
    const { event, repeated } = await store.append(
      reaction(1, { user: { ...ADA, name: "Countess" } }),
    );
    assertEquals([event.seq, repeated], [4, false]);
    assertEquals(await messageAt(store, 1), before);
    assertEquals(await store.reactors("lobby", 1, "👍", 10), [ADA, BOB]);
  });

  test("60 people's reaction is counted, and all of them can be asked for", async (store) => {
    const people = crowd(60);
    await store.append(draft());
    await react(store, people);
    assertEquals((await messageAt(store, 1)).reactions, [{ emoji: "👍", count: 60 }]);
    assertEquals(await store.reactors("lobby", 1, "👍", 100), people);
    assertEquals(await store.reactors("lobby", 1, "👍", 3), people.slice(0, 3));
  });

  test("a message names who reacted while they are few, and again once they are", async (store) => {
    const people = crowd(LIMITS.reactionPeople);
    await store.append(draft());
    await react(store, people.slice(1));
    await react(store, [people[0]!], "🎉");
    const named = [
      { emoji: "👍", count: people.length - 1, people: people.slice(1) },
      { emoji: "🎉", count: 1, people: [people[0]!] },
    ];
    assertEquals((await messageAt(store, 1)).reactions, named);
    await react(store, [CLEO], "🎉");
    assertEquals((await messageAt(store, 1)).reactions, [
      { emoji: "👍", count: people.length - 1 },
      { emoji: "🎉", count: 2 },
    ]);
    await react(store, [CLEO], "🎉", false);
    assertEquals((await messageAt(store, 1)).reactions, named);
  });

  test("each event says how many there are from then on, also where it changes nothing", async (store) => {
    await store.append(draft());
    await react(store, [ADA, BOB, ADA]);
    await react(store, [CLEO, ADA, BOB, BOB], "👍", false);
    await react(store, [ADA], "🎉");
    const { events } = await store.since("lobby", 1, 100);
    const counts = events.map((event) => event.type === "react" ? event.count : undefined);
    assertEquals(counts, [1, 2, 2, 2, 1, 0, 0, 1]);
  });

  test("one's own reactions are found among those of many", async (store) => {
    for (let count = 0; count < 3; count++) await store.append(draft());
    await store.append(draft({ room: "garden" }));
    await react(store, [ADA, BOB], "👍");
    await react(store, [BOB], "🎉");
    await store.append(reaction(3, { user: BOB, emoji: "🌱" }));
    await store.append(reaction(1, { user: BOB, room: "garden", emoji: "🍅" }));
    const own = async (first: number, last: number, room = "lobby", { id } = BOB) =>
      (await store.reacted(id, room, first, last)).map(({ seq, emoji }) => `${seq} ${emoji}`)
        .sort();
    assertEquals(await own(1, 3), ["1 🎉", "1 👍", "3 🌱"].sort());
    assertEquals(await own(2, 99), ["3 🌱"]);
    assertEquals(await own(2, 2), []);
    assertEquals(await own(1, 1, "garden"), ["1 🍅"]);
    assertEquals(await own(1, 9, "nowhere"), []);
    assertEquals(await own(1, 3, "lobby", ADA), ["1 👍"]);
    assertEquals(await own(1, 3, "lobby", CLEO), []);
    await react(store, [BOB], "👍", false);
    await store.append(deletion(3, { user: BOB }));
    assertEquals(await own(1, 3), ["1 🎉"]);
  });

  test("who takes off a reaction comes back last", async (store) => {
    const people = crowd(60);
    await store.append(draft());
    await react(store, people);
    await react(store, [people[10]!, people[55]!], "👍", false);
    await react(store, [people[10]!]);
    const order = [...people.filter((_, index) => index !== 10 && index !== 55), people[10]!];
    assertEquals((await messageAt(store, 1)).reactions, [{ emoji: "👍", count: 59 }]);
    assertEquals(await store.reactors("lobby", 1, "👍", 100), order);
  });

  test("60 people reacting in the same moment are all there, in the order of the calls", async (store) => {
    const people = crowd(60);
    await store.append(draft());
    await Promise.all(people.map((user) => store.append(reaction(1, { user }))));
    assertEquals(await store.reactors("lobby", 1, "👍", 100), people);
    assertEquals((await messageAt(store, 1)).reactions?.[0]?.count, 60);
  });

  test("one in the same moment on, off and on again is on", async (store) => {
    await store.append(draft());
    await Promise.all(
      [true, false, true, true].map((on) => store.append(reaction(1, { on }))),
    );
    assertEquals((await messageAt(store, 1)).reactions, [{ emoji: "👍", count: 1, people: [ADA] }]);
  });

  test("emoji stand in the order in which each came first, and last once gone and back", async (store) => {
    await store.append(draft());
    const emoji = async () => (await messageAt(store, 1)).reactions?.map((each) => each.emoji);
    await react(store, [ADA], "🎉");
    await react(store, [ADA, BOB], "👍");
    await react(store, [BOB], "🎉");
    assertEquals(await emoji(), ["🎉", "👍"]);
    // Bob's is still there, so it never was gone.
    await react(store, [ADA], "🎉", false);
    assertEquals(await emoji(), ["🎉", "👍"]);
    await react(store, [BOB], "🎉", false);
    await react(store, [ADA], "🎉");
    assertEquals(await emoji(), ["👍", "🎉"]);
  });

  test("emoji that look alike or differ only in their bytes are different ones", async (store) => {
    await store.append(draft());
    const emoji = ["👍", "👍🏽", "❤", "❤️", "é", "e\u0301", "A", "a"];
    for (const each of emoji) await react(store, [ADA], each);
    assertEquals((await messageAt(store, 1)).reactions?.map((each) => each.emoji), emoji);
    for (const each of emoji) assertEquals(await store.reactors("lobby", 1, each, 9), [ADA]);
  });

  test("one emoji more than a message may have is refused, also where they come at once", async (store) => {
    await store.append(draft());
    const emoji = Array.from(
      { length: LIMITS.reactionsPerMessage + 5 },
      (_, index) => String.fromCodePoint(0x1f600 + index),
    );
    const outcomes = await Promise.allSettled(
      emoji.map((each) => store.append(reaction(1, { user: BOB, emoji: each }))),
    );
    const kept = emoji.slice(0, LIMITS.reactionsPerMessage);
    assertEquals(
      outcomes.map(({ status }) => status === "fulfilled"),
      emoji.map((each) => kept.includes(each)),
    );
    assertEquals((await messageAt(store, 1)).reactions!.map(({ emoji }) => emoji), kept);
    assertEquals(await store.head("lobby"), 1 + kept.length);
    const one = emoji.at(-1)!;
    await assertRefused("forbidden", () => store.append(reaction(1, { user: ADA, emoji: one })));
    await react(store, [ADA], kept[0]!);
    await react(store, [BOB], kept[1]!, false);
    await react(store, [ADA], one);
    assertEquals((await messageAt(store, 1)).reactions!.map(({ emoji }) => emoji), [
      kept[0]!,
      ...kept.slice(2),
      one,
    ]);
  });

  test("reactors are told as they were when they reacted, unverified ones too", async (store) => {
    const guest: User = { id: "guest-1", name: "meter", unverified: true };
    await store.append(draft());
    await react(store, [guest, BOB]);
    await store.append(draft({ userId: BOB.id, name: "Robert" }));
    assertEquals((await messageAt(store, 1)).reactions?.[0]?.people, [guest, BOB]);
    assertEquals(await store.reactors("lobby", 1, "👍", 9), [guest, BOB]);
  });

  test("reactions belong to the message of one room", async (store) => {
    for (const room of ["lobby", "garden"]) await store.append(draft({ room }));
    await react(store, [ADA]);
    assertEquals((await messageAt(store, 1, "garden")).reactions, undefined);
    assertEquals(await store.reactors("garden", 1, "👍", 9), []);
    assertEquals(await store.reactors("nowhere", 1, "👍", 9), []);
    assertEquals(await store.reactors("lobby", 99, "👍", 9), []);
  });

  test("an edit leaves reactions and pin where they are, and they it", async (store, clock) => {
    await store.append(draft());
    await react(store, [ADA]);
    await store.append(pin(1));
    clock.time += 1_000;
    await store.append(edit(1));
    const edited = clock.time;
    clock.time += 1_000;
    await react(store, [BOB]);
    const stands = await messageAt(store, 1);
    assertEquals([stands.message, stands.edited, stands.pinned], ["changed", edited, true]);
    assertEquals(stands.reactions, [{ emoji: "👍", count: 2, people: [ADA, BOB] }]);
  });

  test("pinned messages are given as they stand, the last pinned first", async (store, clock) => {
    await talk(store, clock, 4);
    for (const target of [2, 4, 1]) await store.append(pin(target, { user: BOB }));
    await store.append(edit(4));
    await store.append(reaction(1));
    const pins = await store.pins("lobby", 10);
    assertEquals(seqs(pins), [1, 4, 2]);
    assertEquals(pins, await Promise.all([1, 4, 2].map((seq) => messageAt(store, seq))));
    assertEquals(pins.map(({ pinned }) => pinned), [true, true, true]);
    assertEquals(seqs(await store.pins("lobby", 2)), [1, 4]);
    assertEquals(await store.pins("nowhere", 2), []);
  });

  test(
    "a pin that is as asked already takes a position and changes nothing",
    async (store, clock) => {
      await talk(store, clock, 3);
      for (const target of [1, 2, 1]) await store.append(pin(target));
      assertEquals(seqs(await store.pins("lobby", 10)), [2, 1]);
      const before = await messageAt(store, 3);
      await store.append(pin(3, { on: false }));
      assertEquals(await messageAt(store, 3), before);
      assertEquals(await store.head("lobby"), 7);
    },
  );

  test(
    "what is unpinned is no longer pinned, and last again when pinned again",
    async (store, clock) => {
      await talk(store, clock, 3);
      for (const target of [1, 2, 3]) await store.append(pin(target));
      await store.append(pin(2, { on: false, user: BOB }));
      assertEquals((await messageAt(store, 2)).pinned, undefined);
      assertEquals(seqs(await store.pins("lobby", 10)), [3, 1]);
      await store.append(pin(1, { on: false }));
      await store.append(pin(1));
      assertEquals(seqs(await store.pins("lobby", 10)), [1, 3]);
      await store.append(deletion(1));
      assertEquals(seqs(await store.pins("lobby", 10)), [3]);
    },
  );
}
