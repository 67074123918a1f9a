/** What events do to messages that are on the screen. */

import { assertEquals, assertStrictEquals } from "@std/assert";
import { type ChangeEvent, folded } from "../../client/fold.ts";
import type { Message, User } from "../../server/protocol.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { said } from "./support/chat_trial.ts";
import { ANN, BEN } from "./support/fake_network.ts";

const place = { room: "lobby", seq: 2, timestamp: 5_000, user: BEN, id: "change", target: 1 };
const react = (emoji: string, on = true, user: User = BEN): ChangeEvent => ({
  ...place,
  type: "react",
  emoji,
  on,
  user,
});

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
  const deleted = foldedBy(before, react("👍"), { ...place, type: "delete" });
  assertEquals(deleted, { ...said(1, BEN), message: "", deleted: true });
  assertStrictEquals(foldedBy(deleted, { ...place, type: "edit", message: "back" }), deleted);
  assertStrictEquals(foldedBy(deleted, react("👍"), { ...place, type: "pin", on: true }), deleted);
});

Deno.test("the same reaction twice is one, and taken off twice is none", () => {
  const once = folded(said(1), react("👍"));
  assertEquals(once.reactions, [{ emoji: "👍", count: 1, people: [BEN] }]);
  assertEquals(folded(once, react("👍")), once);
  const off = react("👍", false);
  assertEquals(foldedBy(once, off, off), said(1));
});

Deno.test("reactions stand in the order in which each emoji came first", () => {
  const message = foldedBy(said(1), react("👍"), react("🎉"), react("👍", true, ANN));
  assertEquals(message.reactions, [
    { emoji: "👍", count: 2, people: [BEN, ANN] },
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
