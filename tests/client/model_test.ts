/** Who one is, which rooms one has been to, and what survives the page. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ChatTrial, joined, said, seqs } from "./support/chat_trial.ts";
import { ANN } from "./support/fake_network.ts";

Deno.test("at the first visit nobody is signed in and nothing is connected", async () => {
  using trial = new ChatTrial();
  trial.session = null;
  await trial.chat.start();
  assert(trial.chat.ready.value);
  assertEquals(trial.chat.user.value, null);
  assertEquals(trial.network.sockets.length, 0);
  await trial.chat.signIn("Ann");
  assertEquals(trial.chat.user.value, { id: "u_new", name: "Ann" });
  assertEquals(trial.network.sockets.length, 1);
});

Deno.test("signing in that fails says why and can be tried again", async () => {
  using trial = new ChatTrial();
  trial.session = null;
  await trial.chat.start();
  trial.isAway = true;
  await assertRejects(() => trial.chat.signIn("Ann"), Error, "cannot be reached");
  assertEquals(trial.chat.user.value, null);
  trial.isAway = false;
  await trial.chat.signIn("Ann");
  assertEquals(trial.chat.user.value?.name, "Ann");
});

Deno.test("who was here before comes in while the server is away", async () => {
  using trial = new ChatTrial();
  await trial.enter();
  trial.chat.close();
  trial.isAway = true;
  trial.newPage();
  await trial.chat.start();
  assertEquals(trial.chat.user.value, ANN);
  assert(trial.chat.ready.value);
});

Deno.test("a new name holds for the next connection, which comes at once", async () => {
  using trial = new ChatTrial();
  await trial.enter();
  await trial.chat.rename("Anna");
  assertEquals(trial.chat.user.value, { id: ANN.id, name: "Anna" });
  assertEquals(trial.network.sockets.length, 2);
});

Deno.test("a name that was changed in another tab is taken over", async () => {
  using trial = new ChatTrial();
  await trial.enter();
  trial.socket.end();
  await trial.clock.advance(1_000);
  trial.socket.welcome({ ...ANN, name: "Anna" });
  assertEquals(trial.chat.user.value?.name, "Anna");
  assertEquals(trial.network.sockets.length, 2);
});

Deno.test("a server that has forgotten the session is signed in to again, and nothing is lost", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:0", { messages: [] }));
  trial.socket.end();
  room.send("written meanwhile");
  trial.session = null;
  await trial.clock.advance(1_000);
  trial.socket.welcome({ id: "g_1", name: "Guest 1", unverified: true });
  await trial.clock.advance(0);

  assertEquals(trial.chat.user.value, { id: "u_new", name: "Ann" });
  assertEquals(trial.network.sockets.length, 3);
  assertEquals(trial.network.sockets[1]!.taken(), []);
  trial.socket.welcome(trial.session!);
  const [post] = trial.socket.taken().filter(({ type }) => type === "chat");
  assertEquals(room.outgoing.value.map(({ id }) => id), [(post as { id: string }).id]);
  assertEquals([...trial.outboxStore.kept.keys()], [`u_new ${(post as { id: string }).id}`]);
});

Deno.test("a browser that keeps no cookie is told so, instead of signing in for ever", async () => {
  using trial = new ChatTrial();
  await trial.enter();
  trial.socket.end();
  await trial.clock.advance(1_000);
  for (const id of ["g_1", "g_2"]) {
    trial.session = null;
    trial.socket.welcome({ id, name: "Guest", unverified: true });
    await trial.clock.advance(0);
  }
  await trial.clock.advance(120_000);
  assertEquals(trial.chat.status.value, "ended");
  assertEquals(
    trial.chat.statusDetail.value,
    "Please allow cookies for this site, so that you stay signed in.",
  );
  assertEquals(trial.network.sockets.length, 3);
});

Deno.test("a server with another build makes the page outdated", async () => {
  using trial = new ChatTrial();
  await trial.enter();
  assert(!trial.chat.outdated.value);
  trial.socket.end();
  await trial.clock.advance(1_000);
  trial.socket.welcome(ANN, "newer build");
  assert(trial.chat.outdated.value);
});

Deno.test("visited rooms are remembered until they are taken off the list", async () => {
  using trial = new ChatTrial();
  await trial.enter();
  trial.chat.open("games");
  assertEquals(trial.socket.taken(), [{ type: "join", room: "games" }]);
  assertEquals(trial.chat.rooms.value, ["games", "lobby"]);
  trial.chat.close();

  trial.newPage();
  assertEquals(trial.chat.rooms.value, ["games", "lobby"]);
  await trial.enter();
  trial.chat.forget("lobby");
  assertEquals(trial.socket.taken(), [{ type: "leave", room: "lobby" }]);
  assertEquals(trial.chat.rooms.value, ["games"]);
});

Deno.test("what is remembered and is nonsense does no harm", async () => {
  using trial = new ChatTrial();
  for (const text of ["{", "null", "7", '{"id":1}', '["~secret","UPPER",7,"lobby"]']) {
    for (const name of ["user", "rooms", "seen.lobby"]) {
      trial.storage.kept.set(`parlor.${name}`, text);
    }
    trial.chat.close();
    trial.newPage();
    trial.isAway = true;
    await trial.chat.start();
    assertEquals(trial.chat.user.value, null);
    assertEquals(trial.chat.rooms.value, text.includes("lobby") ? ["lobby"] : []);
    assertEquals(trial.chat.open("lobby").leftOff.value, 0);
  }
});

Deno.test("without any storage the chat works for as long as the page", async () => {
  using trial = new ChatTrial();
  trial.storage.isBlocked = true;
  trial.outboxStore.isBlocked = true;
  trial.chat.close();
  trial.newPage();
  const room = await trial.enter();
  trial.socket.emit(joined("e:0", { messages: [] }));
  room.draft.value = "hello";
  room.markSeen(1);
  trial.chat.keep();
  room.send("hello");
  trial.socket.emit(said(1, ANN, room.outgoing.value[0]!.id));
  assertEquals(seqs(room), [1]);
  assertEquals(room.outgoing.value, []);
});

Deno.test("unsent messages of an earlier page go out, and their room is entered", async () => {
  using trial = new ChatTrial();
  await trial.enter();
  trial.socket.end();
  const games = trial.chat.open("games");
  games.send("one");
  games.send("two");
  trial.chat.close();

  trial.newPage();
  await trial.enter();
  await trial.clock.advance(0);
  const sent = trial.socket.taken();
  assertEquals(
    sent.map((command) => command.type === "chat" ? command.message : command.type),
    ["one", "two", "join"],
  );
  assertEquals(trial.chat.open("games").outgoing.value.length, 2);
});

Deno.test("an acknowledgement counts also where the room was left meanwhile", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  room.send("last words");
  const { id } = room.outgoing.value[0]!;
  trial.chat.forget("lobby");
  trial.socket.emit(said(9, ANN, id));
  await trial.clock.advance(0);
  assertEquals(trial.outboxStore.texts, []);
});

Deno.test("a refused message is shown with the server's reason", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  room.send("not allowed");
  const { id } = room.outgoing.value[0]!;
  trial.socket.emit({
    type: "error",
    code: "forbidden",
    message: "You may not write here.",
    id,
    room: "lobby",
  });
  const { state, reason } = room.outgoing.value[0]!;
  assertEquals([state, reason], ["failed", "You may not write here."]);
  assertEquals(room.problem.value, null);
});

Deno.test("events of a type that nobody knows yet do no harm", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  trial.socket.emit(joined("e:1", { messages: [said(1)] }));
  trial.socket.emit(JSON.parse('{"type":"weather","room":"lobby","sun":true}'));
  trial.socket.emit(JSON.parse('{"type":"poll","room":"lobby","seq":2,"question":"Lunch?"}'));
  trial.socket.emit(said(3));
  assertEquals(seqs(room), [1, 3]);
  assertEquals(room.head.value, 3);
  assertEquals(trial.socket.taken(), []);
});

Deno.test("signing out forgets the person, the rooms and the drafts, but not what is unsent", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  room.draft.value = "a draft";
  trial.socket.end(1006);
  room.send("not sent yet");
  trial.isAway = true;
  await assertRejects(() => trial.chat.signOut(), Error, "cannot be reached");
  assertEquals([trial.chat.user.value, trial.chat.unsent], [ANN, 1]);

  trial.isAway = false;
  await trial.chat.signOut();
  assertEquals([trial.chat.user.value, trial.chat.rooms.value], [null, []]);
  assertEquals([...trial.storage.kept], [["parlor.rooms", "[]"]]);
  assertEquals((await trial.outboxStore.all(ANN.id)).map(({ message }) => message), [
    "not sent yet",
  ]);

  // The next person starts afresh, without what another wrote.
  await trial.chat.signIn("Ben");
  assertEquals(trial.chat.unsent, 0);
  assertEquals(trial.chat.open("lobby").draft.value, "");
});

Deno.test("rooms are listed as people count", () => {
  using trial = new ChatTrial();
  for (const room of ["room-10", "lobby", "room-2"]) trial.chat.open(room);
  assertEquals(trial.chat.rooms.value, ["lobby", "room-2", "room-10"]);
});
