/** What is done with messages, as every `Store` keeps it. */

import { assert, assertEquals } from "@std/assert";
import {
  type ChatEvent,
  type EditEvent,
  LIMITS,
  type LogEvent,
  type Message,
} from "../../server/protocol.ts";
import type { Draft, Store } from "../../server/store.ts";
import { ADA, BOB, CLEO, deletion, draft, edit, pin, reaction, talk } from "../support/drafts.ts";
import { assertRefused, messageAt, type OpenStore, storeTests } from "./suite.ts";

async function eventAt(store: Store, seq: number): Promise<LogEvent> {
  const [event] = (await store.since("lobby", seq - 1, 1)).events;
  assert(event);
  return event;
}

/** Edits, deletes, replies, mentions. */
export function testStoreMessages(name: string, open: OpenStore): void {
  const test = storeTests(name, open);

  test("drafts of every type are events with all that they say", async (store, clock) => {
    const mentions = [{ id: BOB.id, name: "Bob" }];
    const drafts: Draft[] = [
      draft({ message: "@Bob", mentions, replyTo: 7 }),
      edit(1, { user: BOB, message: "@Bob there", mentions }),
      edit(1, { user: { ...BOB, unverified: true }, message: "nobody" }),
      reaction(1, { user: CLEO, emoji: "👩‍🚀" }),
      reaction(1, { user: CLEO, emoji: "👩‍🚀", on: false }),
      pin(1),
      pin(1, { on: false }),
      draft({ message: "between" }),
      deletion(8),
    ];
    const counts = [1, 0];
    const events: LogEvent[] = [];
    for (const each of drafts) {
      const { event, repeated } = await store.append(each);
      const count = each.type === "react" ? { count: counts.shift() } : {};
      const place = { seq: events.length + 1, timestamp: clock.time };
      assertEquals(event, { ...each, ...place, ...count } as LogEvent);
      assertEquals(repeated, false);
      clock.time += 10;
      events.push(event);
    }
    const replayed = (await store.since("lobby", 0, 10)).events;
    assertEquals(replayed.filter(({ seq }) => seq !== 8), events.filter(({ seq }) => seq !== 8));
  });

  test("a retry of a draft of any type is the same event and does nothing again", async (store) => {
    await talkTwice(store);
    const drafts = [edit(1), reaction(1), pin(1), reaction(1, { on: false }), deletion(2)];
    const events: LogEvent[] = [];
    for (const each of drafts) events.push((await store.append(each)).event);
    for (const [index, each] of drafts.entries()) {
      const renamed = { ...structuredClone(each), user: { ...each.user, name: "Countess" } };
      assertEquals(await store.append(renamed), { event: events[index]!, repeated: true });
    }
    assertEquals(await store.head("lobby"), 7);
    assertEquals((await messageAt(store, 1)).reactions, undefined);
  });

  test("edits without end, which a delete would have to blank, are refused past the limit", async (store) => {
    await store.append(draft());
    await store.append(draft());
    const edits = Array.from(
      { length: LIMITS.editsPerMessage + 5 },
      (_, index) => edit(1, { message: `version ${index + 1}` }),
    );
    const outcomes = await Promise.allSettled(edits.map((each) => store.append(each)));
    const kept = outcomes.filter(({ status }) => status === "fulfilled").length;
    assertEquals(kept, LIMITS.editsPerMessage);
    await assertRefused("forbidden", () => store.append(edit(1)));
    assertEquals((await messageAt(store, 1)).message, `version ${LIMITS.editsPerMessage}`);
    assertEquals(await store.head("lobby"), 2 + LIMITS.editsPerMessage);
    // What was kept may be sent again, another message may be edited, and this one deleted.
    assertEquals((await store.append(edits[0]!)).repeated, true);
    await store.append(edit(2));
    await store.append(deletion(1));
    const { events } = await store.since("lobby", 0, LIMITS.editsPerMessage + 10);
    assertEquals(events.filter((event) => "message" in event && event.message !== "").length, 2);
  });

  test("what somebody has done under an id is found, as it stands in the log", async (store) => {
    const drafts = [draft({ message: "said" }), edit(1), reaction(1), pin(1), deletion(1)];
    for (const each of drafts) await store.append(each);
    const { events } = await store.since("lobby", 0, 10);
    for (const [index, { user, id }] of drafts.entries()) {
      assertEquals(await store.find(user.id, id), events[index]!);
    }
    assertEquals(await store.find("u_nobody", drafts[0]!.id), undefined);
    assertEquals(await store.find(drafts[0]!.user.id, "never"), undefined);
  });

  test("an id used for one thing is a conflict for any other", async (store) => {
    await talkTwice(store);
    const drafts = [
      draft({ id: "chat", replyTo: 1 }),
      edit(1, { id: "edit" }),
      reaction(1, { id: "react" }),
      pin(1, { id: "pin" }),
      deletion(2, { id: "delete" }),
    ];
    for (const each of drafts) await store.append(each);
    const others = [
      draft({ id: "chat" }),
      draft({ id: "chat", replyTo: 2 }),
      edit(1, { id: "edit", message: "something else" }),
      edit(3, { id: "edit" }),
      reaction(3, { id: "react" }),
      reaction(1, { id: "react", emoji: "🎉" }),
      reaction(1, { id: "react", on: false }),
      pin(3, { id: "pin" }),
      pin(1, { id: "pin", on: false }),
      deletion(1, { id: "delete" }),
      deletion(1, { id: "chat" }),
      draft({ id: "delete", message: "" }),
      edit(1, { id: "edit", room: "garden" }),
    ];
    for (const other of others) await assertRefused("conflict", () => store.append(other));
    assertEquals(await store.head("lobby"), 7);
    assertEquals(await store.room("garden"), undefined);
  });

  test("an edit changes the text, the mentions and when it was edited", async (store, clock) => {
    const mentions = [{ id: BOB.id, name: "Bob" }];
    const { event } = await store.append(draft({ message: "hi @Bob", mentions, replyTo: 1 }));
    clock.time += 1_000;
    await store.append(edit(1, { message: "hi" }));
    const { mentions: _, ...rest } = event as ChatEvent;
    assertEquals(await messageAt(store, 1), { ...rest, message: "hi", edited: clock.time });
    clock.time += 1_000;
    await store.append(edit(1, { message: "hi @Bob", mentions }));
    const stands = { ...event, message: "hi @Bob", edited: clock.time } as Message;
    assertEquals(await messageAt(store, 1), stands);
    assertEquals(await eventAt(store, 1), event);
  });

  test("whoever edits, a message stays its author's, in its place", async (store, clock) => {
    await talk(store, clock, 3);
    await store.append(edit(2, { user: BOB, message: "by Bob" }));
    const message = await messageAt(store, 2);
    assertEquals([message.user, message.message, message.seq], [ADA, "by Bob", 2]);
    const { messages, head } = await store.page("lobby", { at: "end" }, 10);
    assertEquals([messages.map(({ seq }) => seq), head], [[1, 2, 3], 4]);
  });

  test("a delete blanks the message and all its edits, in pages and in the log", async (store) => {
    const mentions = [{ id: BOB.id, name: "Bob" }];
    const said = draft({ message: "secret @Bob", mentions, replyTo: 1, bytes: 6 });
    await store.append(said);
    await store.append(draft({ message: "other" }));
    await store.append(edit(1, { message: "secret 2 @Bob", mentions }));
    await store.append(edit(2, { message: "other 2" }));
    await store.append(edit(1, { user: BOB, message: "secret 3" }));
    const before = (await store.since("lobby", 0, 10)).events;
    await store.append(deletion(1, { user: BOB }));
    const { events } = await store.since("lobby", 0, 10);
    assert(!JSON.stringify(events).includes("secret"));
    const blank = { message: "", deleted: true } as const;
    const { room, user, id } = said;
    const { timestamp } = before[0]!;
    const tombstone: ChatEvent = { type: "chat", room, seq: 1, timestamp, user, id, ...blank };
    assertEquals(events[0], tombstone);
    assertEquals(await messageAt(store, 1), { ...tombstone, deletedBy: BOB });
    const { mentions: _, ...third } = before[2] as EditEvent;
    assertEquals(events[2], { ...third, ...blank });
    assertEquals(events[4], { ...before[4] as EditEvent, ...blank });
    assertEquals([events[1], events[3]], [before[1], before[3]]);
    assertEquals((await messageAt(store, 2)).message, "other 2");
  });

  test("what is left of a message says who deleted it, unless that was its author", async (store) => {
    await talkTwice(store);
    await store.append(deletion(1, { user: BOB }));
    await store.append(deletion(2, { user: { ...ADA, name: "Countess" } }));
    assertEquals((await messageAt(store, 1)).deletedBy, BOB);
    assertEquals((await messageAt(store, 2)).deletedBy, undefined);
    const { messages } = await store.page("lobby", { at: "end" }, 10);
    assertEquals(messages.map(({ deletedBy }) => deletedBy), [BOB, undefined]);
  });

  test("a delete takes reactions and the pin away", async (store) => {
    await talkTwice(store);
    for (const target of [1, 2]) {
      await store.append(reaction(target));
      await store.append(pin(target));
    }
    await store.append(deletion(1));
    const message = await messageAt(store, 1);
    assertEquals([message.reactions, message.pinned], [undefined, undefined]);
    assertEquals(await store.reactors("lobby", 1, "👍", 10), []);
    assertEquals((await store.pins("lobby", 10)).map(({ seq }) => seq), [2]);
    assertEquals(await store.reactors("lobby", 2, "👍", 10), [ADA]);
  });

  test("a retry of what was deleted since is the event without its text", async (store) => {
    const [said, changed] = [draft({ message: "secret" }), edit(1, { message: "secret 2" })];
    await store.append(said);
    await store.append(changed);
    await store.append(deletion(1));
    for (const [index, each] of [said, changed].entries()) {
      const { event, repeated } = await store.append(each);
      assert(repeated);
      assertEquals(event, await eventAt(store, index + 1));
      assertEquals("message" in event && [event.message, event.deleted], ["", true]);
    }
    // Whether it said the same cannot be told any more; where and about what can.
    await assertRefused("conflict", () => store.append({ ...said, room: "garden" }));
    await assertRefused("conflict", () => store.append({ ...changed, target: 3 }));
    assertEquals(await store.head("lobby"), 3);
  });

  test("what is about a message that was deleted is refused as gone, and leaves no trace", async (store) => {
    await talkTwice(store);
    await store.append(reaction(1));
    await store.append(pin(1));
    await store.append(deletion(1));
    const late = [
      edit(1),
      deletion(1),
      reaction(1),
      reaction(1, { on: false }),
      pin(1),
      pin(1, { on: false }),
    ];
    for (const each of late) await assertRefused("gone", () => store.append(each));
    const next = await store.append({ ...late[0]!, target: 2 } as Draft);
    assertEquals([next.event.seq, next.repeated], [6, false]);
    assertEquals(await store.head("lobby"), 6);
  });

  test("what is about no message of the room is not found, and leaves no trace", async (store) => {
    await talkTwice(store);
    await store.append(reaction(1));
    await store.append(draft({ room: "garden" }));
    for (const target of [0, -1, 3, 4, 99, 2 ** 52]) {
      const drafts = [edit(target), deletion(target), reaction(target), pin(target)];
      for (const each of drafts) await assertRefused("not_found", () => store.append(each));
    }
    await assertRefused("not_found", () => store.append(edit(2, { room: "garden" })));
    for (const room of ["nowhere", "~nowhere"]) {
      await assertRefused("not_found", () => store.append(pin(1, { room })));
      assertEquals(await store.room(room), undefined);
      assertEquals(await store.head(room), 0);
    }
    assertEquals((await store.append(draft())).event.seq, 4);
    assertEquals(await store.head("garden"), 1);
  });

  test("a target that comes in the same moment is found", async (store) => {
    const appended = await Promise.all(
      [draft(), edit(1), reaction(1), pin(1)].map((each) => store.append(each)),
    );
    assertEquals(appended.map(({ event }) => event.seq), [1, 2, 3, 4]);
    const { message, reactions, pinned } = await messageAt(store, 1);
    assertEquals([message, reactions?.length, pinned], ["changed", 1, true]);
  });

  test("two edits, a reaction and a delete of one message in the same moment end deleted", async (store) => {
    await talkTwice(store);
    const settled = await Promise.allSettled([
      edit(1, { message: "secret 1" }),
      edit(1, { user: BOB, message: "secret 2" }),
      reaction(1),
      deletion(1, { user: BOB }),
      edit(1, { message: "secret 3" }),
      reaction(1, { user: CLEO }),
      edit(2, { message: "as it goes on" }),
    ].map((each) => store.append(each)));
    const outcomes = settled.map((each) =>
      each.status === "fulfilled" ? each.value.event.seq : each.reason.code
    );
    assertEquals(outcomes, [3, 4, 5, 6, "gone", "gone", 7]);
    assert(!JSON.stringify(await store.since("lobby", 0, 10)).includes("secret"));
    const message = await messageAt(store, 1);
    assertEquals([message.message, message.deleted, message.reactions], ["", true, undefined]);
    assertEquals((await messageAt(store, 2)).message, "as it goes on");
  });

  test("of edits in the same moment the last one stands", async (store) => {
    await talkTwice(store);
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => store.append(edit(1, { message: `text ${index}` }))),
    );
    assertEquals((await messageAt(store, 1)).message, "text 29");
  });

  test("a reply keeps its place when what it answers is edited or deleted", async (store) => {
    await talkTwice(store);
    const { event } = await store.append(draft({ replyTo: 1 }));
    await store.append(edit(1));
    await store.append(deletion(1));
    assertEquals(await messageAt(store, 3), event as ChatEvent);
  });

  test("messages are given by their positions, in order, each once", async (store, clock) => {
    await talk(store, clock, 3);
    await store.append(reaction(1));
    await store.append(draft());
    await store.append(deletion(2));
    const found = await store.messages("lobby", [5, 2, 4, 99, 0, -3, 2, 1, 6]);
    assertEquals(found.map(({ seq }) => seq), [1, 2, 5]);
    assertEquals([found[0]?.reactions?.length, found[1]?.deleted], [1, true]);
    assertEquals(await store.messages("lobby", []), []);
    assertEquals(await store.messages("nowhere", [1]), []);
  });

  test("hostile texts are edited and looked up like any other", async (store) => {
    const hostile = `"},{"$.message":"x"}'); DROP TABLE messages; --\u0000\u2028 {"a":1}`;
    await store.append(draft());
    await store.append(edit(1, { message: hostile }));
    await store.append(reaction(1, { emoji: hostile }));
    const { message, reactions } = await messageAt(store, 1);
    assertEquals([message, reactions?.[0]?.emoji], [hostile, hostile]);
    assertEquals(await store.reactors("lobby", 1, hostile, 1), [ADA]);
    assertEquals(await store.reactors("lobby", 1, "%", 1), []);
  });
}

/** Two messages of Ada's, at 1 and 2. */
async function talkTwice(store: Store): Promise<void> {
  await store.append(draft({ message: "m1" }));
  await store.append(draft({ message: "m2" }));
}
