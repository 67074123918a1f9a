/** Who one is, which rooms one has been to, and what survives the page. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Outgoing } from "../../client/outbox_store.ts";
import { acceptArrival, declineArrival, rename, signOut } from "../../client/sign_in_changes.ts";
import { CLOSE, type User } from "../../server/protocol.ts";
import { ChatTrial, joined, said, seqs } from "./support/chat_trial.ts";
import { settled } from "./support/fake_clock.ts";
import { ADA, ANN } from "./support/fake_network.ts";

function unsent(message: string): Outgoing {
  return {
    id: `id-${message.replaceAll(" ", "-")}`,
    room: "lobby",
    message,
    state: "pending",
    at: 0,
  };
}

/** Whom a link would sign in. */
function arrivingAt(trial: ChatTrial): User | null {
  return trial.chat.identity.arrival.value?.user ?? null;
}

Deno.test("at the first visit nobody is signed in and nothing is connected", async () => {
  using trial = new ChatTrial();
  trial.session = null;
  await trial.chat.start();
  assert(trial.chat.identity.isKnown.value);
  assertEquals(trial.chat.user.value, null);
  assertEquals(trial.network.sockets.length, 0);
  await trial.chat.identity.signIn("Ann");
  assertEquals(trial.chat.user.value, { id: "u_new", name: "Ann" });
  assertEquals(trial.network.sockets.length, 1);
});

Deno.test("signing in that fails says why and can be tried again", async () => {
  using trial = new ChatTrial();
  trial.session = null;
  await trial.chat.start();
  trial.isAway = true;
  await assertRejects(() => trial.chat.identity.signIn("Ann"), Error, "cannot be reached");
  assertEquals(trial.chat.user.value, null);
  trial.isAway = false;
  await trial.chat.identity.signIn("Ann");
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
  assert(trial.chat.identity.isKnown.value);
});

Deno.test("a new name holds for the next connection, which comes at once", async () => {
  using trial = new ChatTrial();
  await trial.enter();
  await rename(trial.chat, "Anna");
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
  assert(!trial.chat.builds.isOutdated.value);
  trial.socket.end();
  await trial.clock.advance(1_000);
  trial.socket.welcome(ANN, "newer build");
  assert(trial.chat.builds.isOutdated.value);
});

Deno.test("what is remembered and is nonsense does no harm", async () => {
  using trial = new ChatTrial();
  for (const text of ["{", "null", "7", '{"id":1}', '["~secret","UPPER",7,"lobby"]']) {
    for (const name of ["user", "rooms", "list", "draft.lobby"]) {
      trial.storage.kept.set(`parlor.${name}`, text);
    }
    trial.chat.close();
    trial.newPage();
    trial.isAway = true;
    await trial.chat.start();
    assertEquals(trial.chat.user.value, null);
    assertEquals(trial.chat.list.channels.value, []);
    assertEquals(trial.chat.open("lobby").draft.value, text);
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
  room.isReading = true;
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
    ["one", "two"],
  );
  assert(trial.socket.joins.some(({ room }) => room === "games"));
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

Deno.test("signing out forgets a guest with the rooms, the drafts and what nobody can send any more", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  room.draft.value = "a draft";
  trial.socket.end(1006);
  room.send("not sent yet");
  trial.isAway = true;
  const keepsUnsent = true;
  await assertRejects(() => signOut(trial.chat, { keepsUnsent }), Error, "cannot be reached");
  assertEquals([trial.chat.user.value, trial.chat.outbox.value?.size ?? 0], [ANN, 1]);

  trial.isAway = false;
  // Another tab has some too.
  await trial.outboxStore.put(ANN.id, unsent("of another tab"));
  await signOut(trial.chat, { keepsUnsent });
  assertEquals([trial.chat.user.value, trial.chat.list.channels.value], [null, []]);
  assertEquals([...trial.storage.kept], []);
  assertEquals(trial.outboxStore.texts, []);

  // The next person starts afresh, without what another wrote.
  await trial.chat.identity.signIn("Ben");
  assertEquals(trial.chat.outbox.value?.size ?? 0, 0);
  assertEquals(trial.chat.open("lobby").draft.value, "");
});

for (const keepsUnsent of [true, false]) {
  const outcome = keepsUnsent ? "finds it again" : "finds nothing, where that was chosen";
  Deno.test(`an application's user who signs out with something unsent and comes back ${outcome}`, async () => {
    using trial = new ChatTrial();
    trial.session = ADA;
    trial.tokens.set("token", ADA);
    const room = trial.chat.open("lobby");
    await trial.chat.start();
    room.send("not sent yet");
    await signOut(trial.chat, { keepsUnsent });
    assertEquals(trial.chat.user.value, null);

    await trial.chat.arrive("token");
    trial.socket.welcome(ADA);
    await trial.clock.advance(0);
    assertEquals(trial.chat.outbox.value?.size ?? 0, keepsUnsent ? 1 : 0);
    const sent = trial.socket.taken().filter(({ type }) => type === "chat");
    assertEquals(sent.length, keepsUnsent ? 1 : 0);
  });
}

Deno.test("an application's token signs its user in", async () => {
  using trial = new ChatTrial();
  trial.session = null;
  trial.mode = "token";
  trial.tokens.set("token", ADA);
  await trial.chat.start("token");
  assertEquals([trial.chat.user.value, trial.chat.identity.arrival.value], [ADA, null]);
  trial.socket.welcome(ADA);
  assertEquals(trial.chat.status.value, "online");
});

Deno.test("a token that is no good signs nobody in, and the reader is told why", async () => {
  using trial = new ChatTrial();
  trial.session = null;
  trial.mode = "token";
  await trial.chat.start("forged");
  assertEquals([trial.chat.identity.isKnown.value, trial.chat.user.value], [true, null]);
  assertEquals(trial.chat.identity.notice.value, "This token is not valid here.");
  assertEquals(trial.network.sockets.length, 0);
});

Deno.test("a link with somebody else's token signs nobody in before they agree", async () => {
  using trial = new ChatTrial();
  trial.tokens.set("token", ADA);
  const room = await trial.enter();
  room.draft.value = "a draft";
  await trial.chat.arrive("token");
  assertEquals([arrivingAt(trial), trial.chat.user.value, trial.session], [ADA, ANN, ANN]);
  declineArrival(trial.chat);
  assertEquals([arrivingAt(trial), trial.chat.user.value, trial.session], [null, ANN, ANN]);
  assertEquals(room.draft.value, "a draft");

  await trial.chat.arrive("token");
  trial.isAway = true;
  await assertRejects(() => acceptArrival(trial.chat), Error, "cannot be reached");
  assertEquals([arrivingAt(trial), trial.chat.user.value], [ADA, ANN]);
  trial.isAway = false;
  await acceptArrival(trial.chat);
  assertEquals([arrivingAt(trial), trial.chat.user.value, trial.session], [null, ADA, ADA]);
  trial.socket.welcome(ADA);
  // What the former person wrote is not there for the next.
  assertEquals(trial.chat.open("lobby").draft.value, "");
});

Deno.test("the same person's newer token takes the place of the older, and nothing is asked or lost", async () => {
  using trial = new ChatTrial();
  trial.session = ADA;
  trial.tokens.set("newer", { ...ADA, name: "Ada L." });
  const room = trial.chat.open("lobby");
  await trial.chat.start();
  trial.socket.welcome(ADA);
  trial.socket.emit({ type: "expiring", expires: 0, left: 60_000 });
  assertEquals(trial.chat.identity.endsAt.value, Date.now() + 60_000);
  room.draft.value = "a draft";
  await trial.chat.arrive("newer");
  trial.socket.welcome({ ...ADA, name: "Ada L." });
  assertEquals(trial.network.sockets.length, 2);
  assertEquals([arrivingAt(trial), trial.chat.identity.endsAt.value], [
    null,
    null,
  ]);
  assertEquals([trial.chat.user.value?.name, room.draft.value], ["Ada L.", "a draft"]);
});

Deno.test("where a sign-in has ended, the reader is told where to come from, and drafts wait", async () => {
  using trial = new ChatTrial();
  trial.session = ADA;
  trial.tokens.set("newer", ADA);
  trial.chat.open("lobby").draft.value = "a draft";
  await trial.chat.start();
  trial.socket.welcome(ADA);
  trial.session = null;
  trial.socket.end(CLOSE.expired.code);
  await trial.clock.advance(0);
  assertEquals(trial.chat.user.value, null);
  assertMatch(trial.chat.identity.notice.value!, /Your sign-in has ended/);

  await trial.chat.arrive("newer");
  trial.socket.welcome(ADA);
  assertEquals([trial.chat.identity.notice.value, trial.chat.open("lobby").draft.value], [
    null,
    "a draft",
  ]);
});

Deno.test("a sign-in that was renewed in another tab goes on when the older one ends", async () => {
  using trial = new ChatTrial();
  trial.session = ADA;
  trial.chat.open("lobby");
  await trial.chat.start();
  trial.socket.welcome(ADA);
  trial.socket.end(CLOSE.expired.code);
  await trial.clock.advance(0);
  assertEquals([trial.chat.user.value, trial.network.sockets.length], [ADA, 2]);
  trial.socket.welcome(ADA);
  assertEquals(trial.chat.status.value, "online");
});

Deno.test("a sign-in that ended while the machine slept is noticed when no socket opens", async () => {
  using trial = new ChatTrial();
  trial.session = ADA;
  trial.mode = "token";
  trial.chat.open("lobby");
  await trial.chat.start();
  trial.socket.welcome(ADA);
  // As long as the server is away, nothing is known.
  trial.isAway = true;
  trial.socket.end();
  await trial.clock.advance(1_000);
  trial.socket.end();
  await trial.clock.advance(0);
  assertEquals(trial.chat.user.value, ADA);
  trial.isAway = false;
  trial.session = null;
  await trial.clock.advance(5_000);
  trial.socket.end();
  await trial.clock.advance(0);
  assertEquals(trial.chat.user.value, null);
  assertMatch(trial.chat.identity.notice.value!, /Your sign-in has ended/);
});

Deno.test("whom the application vouched for does not go on as a guest of that name", async () => {
  using trial = new ChatTrial();
  trial.session = ADA;
  trial.chat.open("lobby");
  await trial.chat.start();
  trial.session = null;
  trial.socket.welcome({ id: "g_1", name: "Guest 1", unverified: true });
  await trial.clock.advance(0);
  assertEquals([trial.chat.user.value, trial.session], [null, null]);
});

Deno.test("where what is seldom needed cannot be loaded, the reader is told and goes on", async () => {
  using trial = new ChatTrial();
  trial.isLaterAway = true;
  const room = await trial.enter();
  trial.socket.emit(joined("e:500", { messages: [said(500)], older: true }));
  assertEquals(await room.history(), undefined);
  room.send("hello");
  assertEquals(room.outgoing.value.map(({ message }) => message), ["hello"]);

  await trial.chat.arrive("token");
  assertMatch(trial.chat.identity.notice.value!, /cannot be reached/);
  assertEquals(trial.chat.user.value, ANN);

  // Taken for somebody else, nobody goes on under a wrong name.
  trial.socket.end();
  await trial.clock.advance(5_000);
  trial.socket.welcome(ADA);
  await settled();
  assertEquals(trial.chat.status.value, "ended");
  assertMatch(trial.chat.statusDetail.value!, /cannot be reached/);
});

Deno.test("a newer version that was dismissed is not told of again, the next one is", async () => {
  using trial = new ChatTrial();
  await trial.enter();
  for (const [build, isTold] of [["two", true], ["two", false], ["three", true]] as const) {
    trial.chat.reconnectNow();
    trial.socket.welcome(ANN, build);
    assertEquals([build, trial.chat.builds.isOutdated.value], [build, isTold]);
    trial.chat.builds.dismiss();
    assertEquals(trial.chat.builds.isOutdated.value, false);
  }
});

Deno.test("a room tells whether what is written goes out at once", async () => {
  using trial = new ChatTrial();
  const room = await trial.enter();
  assertEquals(room.isOnline.value, true);
  trial.socket.end();
  assertEquals(room.isOnline.value, false);
});
