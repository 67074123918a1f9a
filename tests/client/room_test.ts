/** A room resumes without losing or doubling anything, and tells who is there. */

import { effect } from "@preact/signals";
import { assert, assertEquals } from "@std/assert";
import { type Message, type Reaction, TYPING_LASTS } from "../../server/protocol.ts";
import { ChatTrial, joined, range, said, seqs } from "./support/chat_trial.ts";
import { ANN, BEN } from "./support/fake_network.ts";

Deno.test("a join without a cursor shows the last page", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  assert(room.loading.value);
  assertEquals(trial.socket.joins, [{ type: "join", room: "lobby" }]);
  trial.socket.emit(joined("e:53", { messages: range(4, 53), older: true }));
  assertEquals(seqs(room).length, 50);
  assert(room.older.value && !room.newer.value && !room.loading.value);
  assertEquals(room.head.value, 53);
  assertEquals(room.online.value, 2);
  assertEquals(room.people.value, [ANN, BEN]);
});

Deno.test("a room resumes where it was, the second and third time too", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:2", { messages: range(1, 2) }));
  trial.socket.emit(said(3));
  for (const reached of [3, 6, 9]) {
    trial.socket.end();
    await trial.clock.advance(4_000);
    assertEquals(trial.socket.joins, [{ type: "join", room: "lobby", since: `e:${reached}` }]);
    trial.socket.welcome();
    trial.socket.emit(joined(`e:${reached + 2}`, { events: range(reached + 1, reached + 2) }));
    trial.socket.emit(said(reached + 3));
  }
  assertEquals(seqs(room), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

Deno.test("a room in which nothing had been said resumes from its beginning", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:0", { messages: [] }));
  trial.socket.end();
  await trial.clock.advance(1_000);
  assertEquals(trial.socket.joins, [{ type: "join", room: "lobby", since: "e:0" }]);
  trial.socket.welcome();
  trial.socket.emit(joined("e:2", { events: range(1, 2) }));
  assertEquals(seqs(room), [1, 2]);
});

Deno.test("a long replay is asked for part by part", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:1", { messages: range(1, 1) }));
  trial.socket.emit(joined("e:3", { events: range(2, 3), more: true }));
  assertEquals(trial.socket.taken(), [{ type: "join", room: "lobby", since: "e:3" }]);
  trial.socket.emit(joined("e:5", { events: range(4, 5), more: true }));
  assertEquals(trial.socket.taken(), [{ type: "join", room: "lobby", since: "e:5" }]);
  trial.socket.emit(joined("e:5", { events: [] }));
  assertEquals(trial.socket.taken(), []);
  assertEquals(seqs(room), [1, 2, 3, 4, 5]);
});

Deno.test("what comes twice is shown once", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:2", { messages: range(1, 2) }));
  trial.socket.emit(said(2), said(3), said(3));
  trial.socket.emit(joined("e:4", { events: range(1, 4) }));
  trial.socket.emit(said(4), said(5));
  assertEquals(seqs(room), [1, 2, 3, 4, 5]);
});

Deno.test("a gap is filled by asking once from before it", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:2", { messages: range(1, 2) }));
  trial.socket.emit(said(3), said(6), said(7), said(8));
  trial.socket.emit(said(9));
  assertEquals(trial.socket.taken(), [{ type: "join", room: "lobby", since: "e:3" }]);
  assertEquals(seqs(room), [1, 2, 3]);
  trial.socket.emit(joined("e:9", { events: range(4, 9) }));
  assertEquals(seqs(room), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  trial.socket.emit(said(11));
  assertEquals(trial.socket.taken(), [{ type: "join", room: "lobby", since: "e:9" }]);
});

Deno.test("a reader that fell behind asks from where it got to", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:2", { messages: range(1, 2) }));
  trial.socket.emit({ type: "behind", room: "lobby", cursor: "e:2" });
  assertEquals(trial.socket.taken(), [{ type: "join", room: "lobby", since: "e:2" }]);
  // The answer was cut off as well.
  trial.socket.emit({ type: "behind", room: "lobby", cursor: "e:2" });
  assertEquals(trial.socket.taken(), [{ type: "join", room: "lobby", since: "e:2" }]);
  trial.socket.emit(joined("e:4", { events: range(3, 4) }));
  assertEquals(seqs(room), [1, 2, 3, 4]);
});

Deno.test("a heartbeat ahead of what came shows that the last event was lost", async () => {
  using trial = new ChatTrial();
  await trial.enter();
  trial.socket.emit(joined("e:2", { messages: range(1, 2) }));
  trial.socket.emit({ type: "head", room: "lobby", cursor: "e:2" });
  assertEquals(trial.socket.taken(), []);
  trial.socket.emit({ type: "head", room: "lobby", cursor: "e:3" });
  assertEquals(trial.socket.taken(), [{ type: "join", room: "lobby", since: "e:2" }]);
});

Deno.test("the answer to a join that live events have overtaken does not lead back", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:2", { messages: range(1, 2) }));
  trial.socket.emit(...range(3, 8));
  trial.socket.emit(joined("e:5", { events: range(3, 5), more: true }));
  assertEquals(room.head.value, 8);
  assertEquals(trial.socket.taken(), [{ type: "join", room: "lobby", since: "e:8" }]);
  assertEquals(seqs(room), [1, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("another history replaces what was loaded, and what is on its way stays", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:50", { messages: range(41, 50), older: true }));
  room.send("not yet sent");
  trial.socket.end();
  await trial.clock.advance(1_000);
  trial.socket.welcome();
  trial.socket.emit(joined("f:2", { messages: range(1, 2), older: false, reset: "epoch" }));
  assertEquals(seqs(room), [1, 2]);
  assertEquals(room.head.value, 2);
  assert(!room.older.value);
  assertEquals(room.outgoing.value.map(({ message }) => message), ["not yet sent"]);
  trial.socket.emit(said(3));
  assertEquals(seqs(room), [1, 2, 3]);
  assertEquals(room.join, { type: "join", room: "lobby", since: "f:3" });
});

Deno.test("one frame changes the view once, however many messages it has", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:0", { messages: [] }));
  let changes = -1;
  const stop = effect(() => {
    room.messages.value;
    room.head.value;
    changes++;
  });
  trial.socket.emit(...range(1, 500));
  stop();
  assertEquals(changes, 1);
  assertEquals(seqs(room).length, 500);
});

Deno.test("an own message turns from outgoing to kept in one change, without flicker", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:0", { messages: [] }));
  room.send("hello");
  const { id } = room.outgoing.value[0]!;
  const shown: string[][] = [];
  const stop = effect(() => {
    shown.push([
      ...room.messages.value.map((message) => message.id),
      ...room.outgoing.value.map((outgoing) => outgoing.id),
    ]);
  });
  trial.socket.emit(said(1, ANN, id));
  stop();
  assertEquals(shown, [[id], [id]]);
  assertEquals(room.outgoing.value, []);
});

Deno.test("an own message that comes ahead of others stays outgoing until its place is known", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:1", { messages: range(1, 1) }));
  room.send("hello");
  const { id } = room.outgoing.value[0]!;
  trial.socket.emit(said(3, ANN, id));
  assertEquals(room.outgoing.value.length, 1);
  trial.socket.emit(joined("e:3", { events: [said(2), said(3, ANN, id)] }));
  assertEquals(room.outgoing.value, []);
  assertEquals(seqs(room), [1, 2, 3]);
});

Deno.test("the message of somebody else with the same id acknowledges nothing", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:0", { messages: [] }));
  room.send("hello");
  trial.socket.emit(said(1, BEN, room.outgoing.value[0]!.id));
  assertEquals(room.outgoing.value.length, 1);
});

Deno.test("a text that is too long fails at once, and can be taken back for editing", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.taken();
  room.send("é".repeat(8_193));
  const { id, state, retryable } = room.outgoing.value[0]!;
  assertEquals([state, retryable], ["failed", false]);
  assertEquals(trial.socket.taken(), []);
  assertEquals(room.take(id), "é".repeat(8_193));
  assertEquals(room.outgoing.value, []);
  room.send("é".repeat(8_192));
  assertEquals(trial.socket.taken().length, 1);
});

Deno.test("texts that show nothing are not sent", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  for (const text of ["", "  \n", "\u200b\u2060"]) room.send(text);
  assertEquals(room.outgoing.value, []);
});

Deno.test("who types is forgotten after a while, and at once when the message comes", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:0", { messages: [] }));
  const names = () => room.typing.value.map(({ name }) => name);
  const cleo = { id: "u_cleo", name: "Cleo" };
  trial.socket.emit(
    { type: "typing", room: "lobby", user: BEN },
    { type: "typing", room: "lobby", user: ANN },
  );
  await trial.clock.advance(TYPING_LASTS - 1_000);
  trial.socket.emit({ type: "typing", room: "lobby", user: cleo });
  assertEquals(names(), ["Ben", "Cleo"]);
  await trial.clock.advance(1_000);
  assertEquals(names(), ["Cleo"]);
  await trial.clock.advance(TYPING_LASTS - 2_000);
  trial.socket.emit({ type: "typing", room: "lobby", user: cleo });
  await trial.clock.advance(TYPING_LASTS - 1);
  assertEquals(names(), ["Cleo"]);
  trial.socket.emit(said(1, cleo));
  assertEquals(names(), []);
});

Deno.test("typing is told at most every three seconds, and anew after sending", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.taken();
  for (let key = 0; key < 40; key++) {
    room.sayTyping();
    await trial.clock.advance(100);
  }
  assertEquals(trial.socket.taken(), [
    { type: "typing", room: "lobby" },
    { type: "typing", room: "lobby" },
  ]);
  room.send("done");
  room.sayTyping();
  assertEquals(trial.socket.taken().map(({ type }) => type), ["chat", "typing"]);
});

Deno.test("a room that may not be entered says why; one that cannot be now is asked for again", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  const refusal = { type: "error", room: "lobby", message: "There is no such room." } as const;
  trial.socket.emit({ ...refusal, code: "unavailable", retryAfter: 5_000 });
  await trial.clock.advance(5_000);
  assertEquals(trial.socket.taken(), [{ type: "join", room: "lobby" }]);
  assertEquals(room.problem.value, null);
  trial.socket.emit({ ...refusal, code: "not_found" });
  assertEquals(room.problem.value, "There is no such room.");
  assertEquals(await (await room.history())!.jumpTo(5), false);
});

Deno.test("whoever may read but not write goes on reading when told so", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:1", { messages: [said(1)] }));
  room.sayTyping();
  const refusal = {
    type: "error",
    code: "forbidden",
    room: "lobby",
    message: "Not here.",
  } as const;
  trial.socket.emit(refusal);
  assertEquals([room.problem.value, seqs(room)], [null, [1]]);
  // The next connection begins with a join, and that one may be refused.
  trial.socket.end();
  await trial.clock.advance(1_000);
  trial.socket.welcome();
  trial.socket.emit(refusal);
  assertEquals(room.problem.value, "Not here.");
});

Deno.test("a draft survives the page, also when it goes away at once", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  room.draft.value = "not finished";
  trial.chat.keep();
  assertEquals(trial.storage.kept.get("parlor.draft.lobby"), "not finished");
  trial.chat.close();

  const again = trial.newPage().open("lobby");
  assertEquals(again.draft.value, "not finished");
  again.draft.value = "";
  await trial.clock.advance(300);
  assertEquals(trial.storage.kept.has("parlor.draft.lobby"), false);
});

Deno.test("a permalink waits for the room and shows its message in the past", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  const jump = (await room.history())!.jumpTo(120);
  trial.pages.push((id, place) => {
    assertEquals([id, place], ["lobby", { around: "e:120" }]);
    return Promise.resolve({
      cursor: "e:500",
      messages: range(70, 169),
      notices: [],
      older: true,
      newer: true,
    });
  });
  trial.socket.emit(joined("e:500", { messages: range(451, 500), older: true }));
  assert(await jump);
  assert(room.newer.value);
  trial.socket.emit(said(501));
  assertEquals(seqs(room).at(-1), 169);
  assertEquals(room.head.value, 501);
});

Deno.test("whoever says something while looking at the past is taken to the end", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:500", { messages: range(451, 500), older: true }));
  const page = (first: number, last: number, newer: boolean) => () =>
    Promise.resolve({
      cursor: "e:500",
      messages: range(first, last),
      notices: [],
      older: true,
      newer,
    });
  trial.pages.push(page(70, 169, true), page(401, 500, false));
  await (await room.history())!.jumpTo(120);
  room.send("here I am");
  await trial.clock.advance(0);
  assert(!room.newer.value);
  trial.socket.emit(said(501, ANN, room.outgoing.value[0]!.id));
  assertEquals(seqs(room).at(-1), 501);
  assertEquals(room.outgoing.value, []);
});

const OWN_THUMB: Reaction = { emoji: "👍", count: 1, mine: true, people: [ANN] };

Deno.test("what one does with a message shows at once, and is taken back where it is refused", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:2", { messages: range(1, 2) }));
  room.react(1, "👍", true);
  room.edit(2, "better");
  assertEquals(room.messages.value[0]!.reactions, [OWN_THUMB]);
  assertEquals(room.messages.value[1]!.message, "better");
  assertEquals(room.outgoing.value, []);
  const [reaction, edit] = room.changes.value;
  trial.socket.emit({
    type: "error",
    code: "forbidden",
    message: "Only who has said something may edit it.",
    id: edit!.id,
    room: "lobby",
  });
  assertEquals(room.messages.value[1]!.message, "message 2");
  assertEquals(room.changes.value.map(({ state }) => state), ["pending", "failed"]);
  trial.socket.emit({
    type: "react",
    room: "lobby",
    seq: 3,
    timestamp: 9,
    user: ANN,
    id: reaction!.id,
    target: 1,
    emoji: "👍",
    on: true,
    count: 1,
  });
  assertEquals(room.messages.value[0]!.reactions, [OWN_THUMB]);
  assertEquals(room.changes.value.map(({ id }) => id), [edit!.id]);
});

Deno.test("quick toggling of a reaction many have counts right, whatever other tabs did", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  const many = (count: number, mine?: true): Message => ({
    ...said(1),
    reactions: [{ emoji: "👍", count, ...(mine && { mine }) }],
  });
  trial.socket.emit(joined("e:9", { messages: [many(12)] }));
  const reactions = () => room.messages.value[0]!.reactions;
  for (const on of [true, false, true]) room.react(1, "👍", on);
  assertEquals(reactions(), [{ emoji: "👍", count: 13, mine: true }]);
  const ids = room.changes.value.map(({ id }) => id);
  const event = (seq: number, id: string, on: boolean, count: number, user = ANN) => ({
    type: "react" as const,
    room: "lobby",
    seq,
    timestamp: seq,
    user,
    id,
    target: 1,
    emoji: "👍",
    on,
    count,
  });
  // Another tab had put it on before, and Ben takes his off meanwhile.
  trial.socket.emit(event(10, "other-tab", true, 13), event(11, ids[0]!, true, 13));
  assertEquals(reactions(), [{ emoji: "👍", count: 13, mine: true }]);
  trial.socket.emit(event(12, ids[1]!, false, 12), event(13, "ben", false, 11, BEN));
  assertEquals(reactions(), [{ emoji: "👍", count: 12, mine: true }]);
  trial.socket.emit(event(14, ids[2]!, true, 12));
  assertEquals(room.changes.value, []);
  assertEquals(reactions(), [{ emoji: "👍", count: 12, mine: true }]);
});
