/** What events do to messages that are on the screen. */

import { assertEquals, assertStrictEquals } from "@std/assert";
import { asSeenBy, type ChangeEvent, folded } from "../../client/fold.ts";
import type { Message, User } from "../../server/protocol.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { said } from "./support/chat_trial.ts";
import { ANN, BEN } from "./support/fake_network.ts";

const place = { room: "lobby", seq: 2, timestamp: 5_000, user: BEN, id: "change", target: 1 };
/** `count`: how many have it on the message from then on. */
const react = (emoji: string, count: number, { on = true, user = BEN as User } = {}) =>
  asSeenBy(ANN.id, { ...place, type: "react", emoji, on, user, count });

function foldedBy(message: Message, ...events: ChangeEvent[]): Message {
  return events.reduce(folded, message);
}

Deno.test("an edit changes the text and its mentions, and says when", () => {
  const before: Message = { ...said(1, BEN), mentions: [{ id: "u_ann", name: "Ann" }] };
  const { mentions: _, ...rest } = before;
  assertEquals(folded(before, { ...place, type: "edit", message: "better" }), {
    ...rest,
    message: "better",
    edited: 5_000,
  });
});

Deno.test("a deleted message keeps its place and nothing else, whatever comes afterwards", () => {
  const before: Message = { ...said(1, BEN), pinned: true, edited: 3, replyTo: 7 };
  const deleted = foldedBy(before, react("👍", 1), { ...place, type: "delete" });
  assertEquals(deleted, { ...said(1, BEN), message: "", deleted: true });
  assertStrictEquals(foldedBy(deleted, { ...place, type: "edit", message: "back" }), deleted);
  assertStrictEquals(
    foldedBy(deleted, react("👍", 1), { ...place, type: "pin", on: true }),
    deleted,
  );
});

Deno.test("a message that somebody else deleted says who, also where the log has blanked it", () => {
  const left: Message = { ...said(1, ANN), message: "", deleted: true, deletedBy: BEN };
  assertEquals(folded(said(1, ANN), { ...place, type: "delete" }), left);
  const blanked: Message = { ...said(1, ANN), message: "", deleted: true };
  assertEquals(folded(blanked, { ...place, type: "delete" }), left);
  const own: ChangeEvent = { ...place, type: "delete", user: ANN };
  assertEquals(folded(blanked, own), blanked);
});

Deno.test("of many reactions only counts are known, and they are right whatever is done twice", () => {
  const many: Message = { ...said(1), reactions: [{ emoji: "👍", count: 40, mine: true }] };
  const after = (...events: ChangeEvent[]) => foldedBy(many, ...events).reactions;
  const off = { on: false };
  assertEquals(after(react("👍", 41)), [{ emoji: "👍", count: 41, mine: true }]);
  assertEquals(after(react("👍", 40)), many.reactions);
  assertEquals(after(react("👍", 39, off), react("👍", 39, off)), [
    { emoji: "👍", count: 39, mine: true },
  ]);
  assertEquals(after(react("👍", 39, { on: false, user: ANN })), [{ emoji: "👍", count: 39 }]);
  // An event that is in the page already, and what came after it.
  assertEquals(after(react("👍", 39), react("👍", 40)), many.reactions);
  assertEquals(after(react("👍", 0, { on: false, user: ANN })), undefined);
});

Deno.test("people are named while they are few", () => {
  const people = Array.from({ length: 5 }, (_, index) => ({ id: `u_${index}`, name: `P${index}` }));
  const five = foldedBy(said(1), ...people.map((user, index) => react("👍", index + 1, { user })));
  assertEquals(five.reactions, [{ emoji: "👍", count: 5, people }]);
  const six = folded(five, react("🎉", 1));
  assertEquals(six.reactions, [{ emoji: "👍", count: 5 }, { emoji: "🎉", count: 1 }]);
});

Deno.test("the same reaction twice is one, and taken off twice is none", () => {
  const once = folded(said(1), react("👍", 1));
  assertEquals(once.reactions, [{ emoji: "👍", count: 1, people: [BEN] }]);
  assertEquals(folded(once, react("👍", 1)), once);
  const off = react("👍", 0, { on: false });
  assertEquals(foldedBy(once, off, off), said(1));
});

Deno.test("reactions stand in the order in which each emoji came first, and one's own are marked", () => {
  const message = foldedBy(
    said(1),
    react("👍", 1),
    react("🎉", 1),
    react("👍", 2, { user: ANN }),
  );
  assertEquals(message.reactions, [
    { emoji: "👍", count: 2, mine: true, people: [BEN, ANN] },
    { emoji: "🎉", count: 1, people: [BEN] },
  ]);
});

Deno.test("folding the log gives what the server's page says", async () => {
  const store = createMemoryStore();
  const change = (user: User, draft: Record<string, unknown>) =>
    store.append({ room: "lobby", user, id: crypto.randomUUID(), ...draft } as never);
  for (const message of ["one", "two", "three"]) await change(ANN, { type: "chat", message });
  await change(ANN, { type: "edit", target: 1, message: "first" });
  for (const emoji of ["👍", "🎉"]) {
    for (const user of [BEN, ANN]) {
      await change(user, { type: "react", target: 1, emoji, on: true });
    }
  }
  await change(ANN, { type: "react", target: 1, emoji: "👍", on: false });
  await change(BEN, { type: "pin", target: 2, on: true });
  await change(BEN, { type: "react", target: 3, emoji: "👍", on: true });
  await change(ANN, { type: "delete", target: 3 });
  const { events } = await store.since("lobby", 0, 100);
  const messages = new Map<number, Message>();
  for (const event of events) {
    if (event.type === "chat") messages.set(event.seq, event);
    else if ("target" in event) {
      messages.set(event.target, folded(messages.get(event.target)!, event));
    }
  }
  assertEquals([...messages.values()], (await store.page("lobby", { at: "end" }, 10)).messages);
  await store.close();
});
