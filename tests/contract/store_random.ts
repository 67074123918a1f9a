/** Whatever people do in whatever order, what a `Store` says is what its log says. */

import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  EVERYBODY,
  type LogEvent,
  type Message,
  Refusal,
  ROOM_ROLES,
  UNREAD_MOST,
} from "../../server/protocol.ts";
import type { Draft, Store } from "../../server/store.ts";
import { Clock } from "../support/clock.ts";
import { ADA, BOB, CLEO } from "../support/drafts.ts";
import { seedAsked } from "../support/hostile_frames.ts";
import { foldMessages, foldReactors, foldRoom } from "./fold.ts";
import type { OpenStore } from "./suite.ts";

const PEOPLE = [ADA, BOB, CLEO];
const ROOMS = ["lobby", "~tea"];
const EMOJI = ["👍", "🌱", "❤️"];
const RUNS = 40;

type Content<Type extends Draft["type"]> = Omit<Extract<Draft, { type: Type }>, "id">;

const user = fc.constantFrom(...PEOPLE);
const on = fc.boolean();
/** Messages with which every history begins: the positions of most targets. */
const FIRST = 5;
const target = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: FIRST }) },
  fc.integer({ min: 0, max: 20 }),
);
const text = fc.string({ unit: "binary", minLength: 1, maxLength: 8 })
  .filter((each) => each.isWellFormed());
const common = { room: fc.constantFrom(...ROOMS), user };
const mentions = fc.option(
  fc.subarray([...PEOPLE, { id: EVERYBODY, name: "room" }]),
  { nil: undefined },
).map((list) => list ? { mentions: list } : {});

const chat: fc.Arbitrary<Content<"chat">> = fc.tuple(
  fc.record({ type: fc.constant("chat" as const), ...common, message: text }),
  mentions,
  fc.option(target, { nil: undefined }).map((replyTo) => replyTo ? { replyTo } : {}),
).map(([said, naming, replying]) => ({ ...said, ...naming, ...replying }));

const edit: fc.Arbitrary<Content<"edit">> = fc.tuple(
  fc.record({ type: fc.constant("edit" as const), ...common, target, message: text }),
  mentions,
).map(([said, naming]) => ({ ...said, ...naming }));

const settings = fc.record({
  title: fc.option(text),
  archived: fc.option(fc.constant(true as const)),
  editMinutes: fc.option(fc.nat({ max: 9 })),
}, { requiredKeys: [] });

/** What somebody does next: says something, or `again` what was said before. */
const action = fc.oneof(
  { weight: 6, arbitrary: chat },
  { weight: 4, arbitrary: edit },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("delete" as const), ...common, target }) },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("react" as const),
      ...common,
      target,
      emoji: fc.constantFrom(...EMOJI),
      on,
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("pin" as const), ...common, target, on }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("room" as const), ...common, settings }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("member" as const),
      ...common,
      member: user,
      role: fc.option(fc.constantFrom(...ROOM_ROLES)),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("again" as const), of: fc.nat() }) },
);

/** What is done at the same moment, and how long it takes until the next. */
const moments = fc.array(
  fc.record({
    actions: fc.array(action, { minLength: 1, maxLength: 8 }),
    passed: fc.integer({ min: -2, max: 5 }),
  }),
  { minLength: 1, maxLength: 25, size: "max" },
);
type Moment = typeof moments extends fc.Arbitrary<(infer One)[]> ? One : never;

const BEGINNING: Moment[] = ROOMS.map((room) => ({
  actions: Array.from(
    { length: FIRST },
    (_, index) => ({ type: "chat", room, user: PEOPLE[index % 3]!, message: `first ${index}` }),
  ),
  passed: 1,
}));

/** Everything that was sent, and the events that came of it, by room. */
interface Done {
  drafts: Draft[];
  /** As they were told when they were appended. */
  told: Map<string, LogEvent[]>;
  refused: number;
}

async function carryOut(store: Store, clock: Clock, sequence: readonly Moment[]): Promise<Done> {
  const done: Done = { drafts: [], told: new Map(ROOMS.map((room) => [room, []])), refused: 0 };
  for (const { actions, passed } of sequence) {
    const drafts = actions.flatMap((each): Draft[] => {
      if (each.type !== "again") return [{ ...each, id: crypto.randomUUID() }];
      const { drafts } = done;
      return drafts.length > 0 ? [drafts[each.of % drafts.length]!] : [];
    });
    const settled = await Promise.allSettled(drafts.map((each) => store.append(each)));
    for (const outcome of settled) {
      if (outcome.status === "rejected") {
        assert(outcome.reason instanceof Refusal, outcome.reason);
        assert(["not_found", "gone"].includes(outcome.reason.code), outcome.reason.code);
        done.refused++;
      } else if (!outcome.value.repeated) {
        done.told.get(outcome.value.event.room)!.push(outcome.value.event);
      }
    }
    done.drafts.push(...drafts);
    clock.time += passed;
  }
  return done;
}

/** All that a store says of a room, against its log. */
async function checkRoom(store: Store, room: string, told: readonly LogEvent[]): Promise<void> {
  const { events, head } = await store.since(room, 0, 10_000);
  assertEquals(events.map(({ seq }) => seq), told.map((_, index) => index + 1));
  assertEquals(told.map(({ seq }) => seq), events.map(({ seq }) => seq));
  assertEquals([head, await store.head(room)], [events.length, events.length]);
  assertEquals(events.map(({ timestamp }) => timestamp), told.map(({ timestamp }) => timestamp));
  const messages = foldMessages(events);
  // Who saw it live and who comes back later see the same.
  assertEquals(foldMessages(told), messages);
  assertEquals((await store.page(room, { at: "end" }, 1_000)).messages, messages);
  assertEquals(await walked(store, room, head), messages);
  assertEquals(await store.messages(room, events.map(({ seq }) => seq)), messages);
  const own = new Map(PEOPLE.map(({ id }): [string, string[]] => [id, []]));
  for (const { seq, reactions = [] } of foldReactors(events)) {
    for (const emoji of EMOJI) {
      const people = reactions.find((each) => each.emoji === emoji)?.people ?? [];
      assertEquals(await store.reactors(room, seq, emoji, 10), people);
      for (const { id } of people) own.get(id)!.push(`${seq} ${emoji}`);
    }
  }
  for (const [id, expected] of own) {
    const reacted = await store.reacted(id, room, 1, head);
    assertEquals(reacted.map(({ seq, emoji }) => `${seq} ${emoji}`).sort(), expected.sort());
  }
  const pins = await store.pins(room, 1_000);
  assertEquals(pins.toSorted((a, b) => a.seq - b.seq), messages.filter(({ pinned }) => pinned));
  const { settings, members } = foldRoom(events);
  assertEquals((await store.room(room))?.settings ?? {}, settings);
  assertEquals(await store.members(room), members);
  for (const { id } of PEOPLE) await checkUnread(store, room, id, messages);
}

/** All messages by small pages from the end. */
async function walked(store: Store, room: string, head: number): Promise<Message[]> {
  let page = await store.page(room, { at: "end" }, 3);
  let messages = page.messages;
  while (page.older) {
    assert(messages.length < head, "The pages do not end");
    page = await store.page(room, { at: "before", seq: messages[0]!.seq }, 3);
    messages = [...page.messages, ...messages];
  }
  return messages;
}

async function checkUnread(store: Store, room: string, id: string, messages: readonly Message[]) {
  const head = await store.head(room);
  for (const upTo of [0, Math.floor(head / 2), head]) {
    const of = messages.filter((each) => each.seq > upTo && !each.deleted && each.user.id !== id);
    const naming = of.filter(({ mentions }) =>
      mentions?.some((each) => each.id === id || each.id === EVERYBODY)
    );
    assertEquals(await store.places.read(id, room, upTo, true), {
      read: upTo,
      unread: Math.min(of.length, UNREAD_MOST),
      mentions: Math.min(naming.length, UNREAD_MOST),
    });
  }
}

/** What was kept is there for a retry, also after all that came afterwards. */
async function checkRetries(store: Store, { drafts }: Done): Promise<void> {
  const logs = await Promise.all(ROOMS.map((room) => store.since(room, 0, 10_000)));
  const events = logs.flatMap((log) => log.events);
  const kept = events.map((event) => {
    const draft = drafts.find(({ id, user }) => id === event.id && user.id === event.user.id);
    assert(draft);
    return { draft, event };
  });
  const again = await Promise.all(kept.map(({ draft }) => store.append(draft)));
  assertEquals(again, kept.map(({ event }) => ({ event, repeated: true })));
  const found = await Promise.all(events.map(({ user, id }) => store.find(user.id, id)));
  assertEquals(found, events);
}

export function testStoreRandomly(name: string, open: OpenStore): void {
  Deno.test(`${name}: after ${RUNS} random histories all that is told is what the log tells`, async () => {
    const counts = { events: 0, refused: 0, deleted: 0 };
    await fc.assert(
      fc.asyncProperty(moments, async (sequence) => {
        const clock = new Clock();
        const store = await open(clock.now);
        try {
          const done = await carryOut(store, clock, [...BEGINNING, ...sequence]);
          for (const [room, told] of done.told) await checkRoom(store, room, told);
          await checkRetries(store, done);
          const told = [...done.told.values()].flat();
          counts.events += told.length;
          counts.refused += done.refused;
          counts.deleted += told.filter(({ type }) => type === "delete").length;
        } finally {
          await store.close();
        }
      }),
      { numRuns: RUNS, seed: seedAsked() },
    );
    // Histories in which nothing happens would show nothing.
    const { events, refused, deleted } = counts;
    assert(Math.min(events, refused, deleted) > RUNS / 4, JSON.stringify(counts));
    console.log(`seed ${seedAsked()}: ${JSON.stringify(counts)}`);
  });
}
