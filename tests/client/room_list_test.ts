/** One's own rooms: what the server says of them, what comes live, and how far one has read. */

import { assertEquals } from "@std/assert";
import { type LogEvent, UNREAD_MOST } from "../../server/protocol.ts";
import { ChatTrial, joined, listed, said, seqs } from "./support/chat_trial.ts";
import { ANN, BEN } from "./support/fake_network.ts";

/** The message at a position of another room. */
function saidIn(room: string, seq: number, by = BEN): LogEvent {
  return { ...said(seq, by), room };
}

/** What the list has of a room in which nobody has spoken. */
const silent = { cursor: "e:0", timestamp: 0, read: 0 };

/** Enters the lobby with a list of rooms, each joined without a page. */
async function enterWith(trial: ChatTrial, ...rooms: ReturnType<typeof listed>[]) {
  trial.chat.show("lobby");
  await trial.chat.start();
  trial.socket.welcome(ANN, "build", rooms);
  trial.socket.emit(joined("e:10", { messages: [said(9), said(10)] }));
  const { list } = trial.chat;
  return { list, lobby: trial.chat.open("lobby") };
}

function countsOf(trial: ChatTrial, room: string) {
  const { unread, mentions, read } = trial.chat.list.peek(room)!;
  return { unread, mentions, read };
}

Deno.test("all rooms of the list are entered over one connection, and nothing is replayed", async () => {
  using trial = new ChatTrial();
  await enterWith(trial, listed("lobby"), listed("games"), listed("~secret", { kind: "private" }));
  assertEquals(trial.network.sockets.length, 1);
  assertEquals(trial.socket.taken().filter(({ type }) => type === "join"), [
    { type: "join", room: "games", since: "e:10" },
    { type: "join", room: "~secret", since: "e:10" },
  ]);
});

Deno.test("of more rooms than one connection may be in, the most recent are entered", async () => {
  using trial = new ChatTrial();
  const most = trial.chat.limits.value.roomsPerConnection;
  const rooms = Array.from({ length: most + 50 }, (_, index) => listed(`room-${index}`));
  await enterWith(trial, ...rooms);
  const joins = trial.socket.taken().filter(({ type }) => type === "join");
  assertEquals(joins.length, most - 1);
  // One that is opened takes the place of the one opened longest ago.
  trial.chat.show(`room-${most + 10}`);
  assertEquals(trial.socket.taken().map(({ type }) => type), ["leave", "join"]);
});

/** Enters with the most recent room of a list that goes on in two parts, the last after `answered`. */
async function enterWithRest(trial: ChatTrial, parts: ReturnType<typeof listed>[][]) {
  const [first = [], second = []] = parts;
  const answered = Promise.withResolvers<void>();
  const last = answered.promise.then(() => ({ rooms: second }));
  trial.answers.set("GET /api/me/rooms?after=", { rooms: first, next: "m" });
  trial.answers.set("GET /api/me/rooms?after=m", last);
  trial.chat.show("lobby");
  await trial.chat.start();
  trial.socket.welcome(ANN, "build", [listed("lobby", { unread: 1, read: 9 })], true);
  trial.socket.emit(joined("e:10", { messages: [said(9), said(10)] }));
  return async () => {
    answered.resolve();
    await last;
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
}

Deno.test("a list that is longer than the greeting is read to its end, and what is not on it goes", async () => {
  using trial = new ChatTrial();
  const about = { kind: "private" } as const;
  trial.storage.kept.set("parlor.list", JSON.stringify([listed("gone"), listed("~z", about)]));
  const rest = await enterWithRest(trial, [[listed("games"), listed("lobby", { read: 9 })], [
    listed("~z", { ...about, title: "Last", unread: 3 }),
  ]]);
  const { list } = trial.chat;
  assertEquals(list.channels.value.includes("gone"), true, "it may still be on the list");
  await rest();
  assertEquals(list.channels.value, ["games", "~z", "lobby"]);
  assertEquals(list.peek("~z")?.unread, 3);
  const entered = trial.socket.taken().filter(({ type }) => type === "join")
    .map((command) => (command as { room: string }).room);
  assertEquals(entered.toSorted(), ["games", "~z"]);
});

Deno.test("what comes and goes while the list is read in parts stays come and gone", async () => {
  using trial = new ChatTrial();
  const rest = await enterWithRest(trial, [
    [listed("games"), listed("lobby", { read: 9, unread: 1 })],
    [listed("news")],
  ]);
  const { list } = trial.chat;
  trial.socket.emit({ type: "listed", ...listed("~new", { kind: "direct", unread: 1 }) });
  trial.socket.emit({ type: "unlisted", room: "games" });
  trial.socket.emit({ type: "read", room: "lobby", upTo: 10, unread: 0, mentions: 0 });
  await rest();
  assertEquals(list.channels.value, ["lobby", "news"]);
  assertEquals(countsOf(trial, "lobby"), { unread: 0, mentions: 0, read: 10 });
  assertEquals(list.conversations.value, ["~new"]);
});

Deno.test("the rest of a list that was asked for before a newer greeting changes nothing", async () => {
  using trial = new ChatTrial();
  const rest = await enterWithRest(trial, [[listed("games"), listed("lobby")], [listed("news")]]);
  trial.socket.end();
  await trial.clock.advance(1_000);
  trial.socket.welcome(ANN, "build", [listed("lobby"), listed("tea")]);
  await rest();
  assertEquals(trial.chat.list.channels.value, ["lobby", "tea"]);
});

Deno.test("where the rest of a list cannot be read, what is known of it stays", async () => {
  using trial = new ChatTrial();
  trial.storage.kept.set("parlor.list", JSON.stringify([listed("games")]));
  trial.chat.show("lobby");
  await trial.chat.start();
  trial.socket.welcome(ANN, "build", [listed("lobby")], true);
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  assertEquals(trial.chat.list.channels.value, ["games", "lobby"]);
});

Deno.test("rooms are listed as people count, conversations by what came last", async () => {
  using trial = new ChatTrial();
  const direct = { kind: "direct" as const, people: [ANN, BEN] };
  const { list } = await enterWith(
    trial,
    listed("room-10"),
    listed("room-2"),
    listed("zoo", { title: "Animals" }),
    listed("~a", { ...direct, timestamp: 1 }),
    listed("~b", { ...direct, timestamp: 2 }),
  );
  assertEquals(list.channels.value, ["zoo", "lobby", "room-2", "room-10"]);
  assertEquals(list.conversations.value, ["~b", "~a"]);
  trial.socket.emit(saidIn("~a", 11));
  assertEquals(list.conversations.value, ["~a", "~b"]);
});

Deno.test("what others say in a room that is not looked at is counted", async () => {
  using trial = new ChatTrial();
  const { list } = await enterWith(trial, listed("lobby"), listed("games"));
  trial.socket.emit(
    saidIn("games", 11),
    { ...saidIn("games", 12), mentions: [{ id: ANN.id, name: "Ann" }] } as LogEvent,
    saidIn("games", 13, ANN),
  );
  assertEquals(countsOf(trial, "games"), { unread: 2, mentions: 1, read: 10 });
  assertEquals(list.unread.value, 2);
  // What was counted comes again with a resume.
  trial.socket.emit(saidIn("games", 12));
  assertEquals(countsOf(trial, "games").unread, 2);
  // What was deleted is nothing to read.
  const deleted = { ...said(14), room: "games", type: "delete", target: 12 } as const;
  trial.socket.emit(deleted as unknown as LogEvent);
  assertEquals(countsOf(trial, "games"), { unread: 1, mentions: 0, read: 10 });
});

Deno.test("unread messages are counted up to a bound", async () => {
  using trial = new ChatTrial();
  await enterWith(trial, listed("lobby"), listed("games"));
  for (let seq = 11; seq < 11 + 2 * UNREAD_MOST; seq++) trial.socket.emit(saidIn("games", seq));
  assertEquals(countsOf(trial, "games").unread, UNREAD_MOST);
});

Deno.test("who reads the latest messages has read them, and the server is told at most once a second", async () => {
  using trial = new ChatTrial();
  const { list, lobby } = await enterWith(trial, listed("lobby", { read: 8, unread: 2 }));
  trial.socket.taken();
  lobby.isReading = true;
  assertEquals(trial.socket.taken(), [{ type: "read", room: "lobby", upTo: 10 }]);
  for (let seq = 11; seq <= 15; seq++) {
    trial.socket.emit(said(seq));
    assertEquals(list.unread.value, 0);
  }
  assertEquals(trial.socket.taken(), []);
  // The server's word on what was read before is older than what is known here.
  trial.socket.emit({ type: "read", room: "lobby", upTo: 10, unread: 5, mentions: 0 });
  assertEquals(countsOf(trial, "lobby"), { unread: 0, mentions: 0, read: 15 });
  await trial.clock.advance(1_000);
  assertEquals(trial.socket.taken(), [{ type: "read", room: "lobby", upTo: 15 }]);
});

Deno.test("what was read is told when the room is left, and again after a lost connection", async () => {
  using trial = new ChatTrial();
  const { lobby } = await enterWith(trial, listed("lobby"), listed("games"));
  lobby.isReading = true;
  trial.socket.emit(said(11));
  trial.socket.emit(said(12));
  trial.socket.taken();
  trial.chat.show("games");
  assertEquals(trial.socket.taken().filter(({ type }) => type === "read"), [
    { type: "read", room: "lobby", upTo: 12 },
  ]);
  trial.socket.end();
  await trial.clock.advance(1_000);
  trial.socket.welcome(ANN, "build", [listed("lobby", { cursor: "e:12", read: 10, unread: 2 })]);
  assertEquals(trial.socket.taken().filter(({ type }) => type === "read"), [
    { type: "read", room: "lobby", upTo: 12 },
  ]);
  trial.socket.emit({ type: "read", room: "lobby", upTo: 12, unread: 0, mentions: 0 });
  trial.socket.end();
  await trial.clock.advance(4_000);
  trial.socket.welcome(ANN, "build", [listed("lobby", { cursor: "e:12", read: 12 })]);
  assertEquals(trial.socket.taken().filter(({ type }) => type === "read"), []);
});

Deno.test("what is read on another device is read here, but not what came after it", async () => {
  using trial = new ChatTrial();
  await enterWith(trial, listed("lobby"), listed("games"));
  for (const seq of [11, 12, 13]) trial.socket.emit(saidIn("games", seq));
  trial.socket.emit({ type: "read", room: "games", upTo: 12, unread: 0, mentions: 0 });
  assertEquals(countsOf(trial, "games"), { unread: 1, mentions: 0, read: 12 });
  trial.socket.emit({ type: "read", room: "games", upTo: 13, unread: 0, mentions: 0 });
  assertEquals(countsOf(trial, "games"), { unread: 0, mentions: 0, read: 13 });
});

Deno.test("what was marked as unread stays so until the room is opened again", async () => {
  using trial = new ChatTrial();
  const { lobby } = await enterWith(trial, listed("lobby"), listed("games"));
  lobby.isReading = true;
  trial.socket.taken();
  lobby.markUnreadFrom(10);
  assertEquals(trial.socket.taken(), [{ type: "read", room: "lobby", upTo: 9, unread: true }]);
  assertEquals(countsOf(trial, "lobby"), { unread: 1, mentions: 0, read: 9 });
  assertEquals(lobby.leftOff.value, 9);
  trial.socket.emit({ type: "read", room: "lobby", upTo: 9, unread: 1, mentions: 0 });
  trial.socket.emit(said(11));
  assertEquals(countsOf(trial, "lobby"), { unread: 2, mentions: 0, read: 9 });

  lobby.isReading = false;
  trial.chat.show("games");
  trial.chat.show("lobby");
  assertEquals(lobby.leftOff.value, 9);
  lobby.isReading = true;
  assertEquals(countsOf(trial, "lobby"), { unread: 0, mentions: 0, read: 11 });
});

Deno.test("the confirmation of what was read before takes back nothing that is marked as unread", async () => {
  using trial = new ChatTrial();
  const { lobby } = await enterWith(trial, listed("lobby", { read: 8, unread: 2 }));
  lobby.isReading = true;
  lobby.markUnreadFrom(10);
  trial.socket.emit({ type: "read", room: "lobby", upTo: 10, unread: 0, mentions: 0 });
  assertEquals(countsOf(trial, "lobby"), { unread: 1, mentions: 0, read: 9 });
  trial.socket.emit({ type: "read", room: "lobby", upTo: 9, unread: 1, mentions: 0 });
  trial.socket.emit({ type: "read", room: "lobby", upTo: 10, unread: 0, mentions: 0 });
  assertEquals(countsOf(trial, "lobby"), { unread: 0, mentions: 0, read: 10 });
});

Deno.test("what is marked as unread without a connection is marked with the next one", async () => {
  using trial = new ChatTrial();
  const { lobby } = await enterWith(trial, listed("lobby"));
  trial.socket.end();
  lobby.markUnreadFrom(10);
  await trial.clock.advance(1_000);
  trial.socket.welcome(ANN, "build", [listed("lobby")]);
  assertEquals(trial.socket.taken().filter(({ type }) => type === "read"), [
    { type: "read", room: "lobby", upTo: 9, unread: true },
  ]);
  trial.socket.emit({ type: "read", room: "lobby", upTo: 9, unread: 1, mentions: 0 });
  assertEquals(countsOf(trial, "lobby"), { unread: 1, mentions: 0, read: 9 });
});

Deno.test("marking as unread on another device counts here too", async () => {
  using trial = new ChatTrial();
  const { lobby } = await enterWith(trial, listed("lobby", { read: 5, unread: 5 }));
  lobby.isReading = true;
  trial.socket.emit({ type: "read", room: "lobby", upTo: 10, unread: 0, mentions: 0 });
  trial.socket.emit({ type: "read", room: "lobby", upTo: 8, unread: 2, mentions: 1 });
  assertEquals(countsOf(trial, "lobby"), { unread: 2, mentions: 1, read: 8 });
});

Deno.test("a muted room is not counted among the unread, but its mentions are", async () => {
  using trial = new ChatTrial();
  const { list } = await enterWith(
    trial,
    listed("lobby"),
    listed("games", { unread: 7, mentions: 1, muted: true }),
  );
  assertEquals(list.unread.value, 1);
  trial.chat.mute("games", false);
  assertEquals(list.unread.value, 7);
  assertEquals(trial.asked.at(-1), 'PATCH /api/rooms/games/mine {"muted":false}');
});

Deno.test("what is new begins where the reader had read to, and moves when they look away", async () => {
  using trial = new ChatTrial();
  const { lobby } = await enterWith(
    trial,
    listed("lobby"),
    listed("games", { read: 7, unread: 3 }),
  );
  assertEquals(lobby.leftOff.value, 0);
  assertEquals((trial.chat.show("games"), trial.chat.open("games").leftOff.value), 7);
  lobby.isReading = true;
  trial.socket.emit(said(11));
  assertEquals(lobby.leftOff.value, 0);
  lobby.isReading = false;
  trial.socket.emit(said(12), said(13));
  trial.socket.emit(said(14));
  assertEquals(lobby.leftOff.value, 11);
});

Deno.test("a room of the list shows its last page only once it is opened", async () => {
  using trial = new ChatTrial();
  await enterWith(trial, listed("lobby"), listed("games"));
  trial.socket.emit(joined("e:10", { room: "games", events: [] }));
  trial.socket.emit(saidIn("games", 11));
  trial.socket.taken();
  trial.chat.show("games");
  const games = trial.chat.open("games");
  assertEquals([games.loading.value, seqs(games)], [true, []]);
  assertEquals(trial.socket.taken(), [{ type: "join", room: "games" }]);
  trial.socket.emit(joined("e:11", { room: "games", messages: [said(10), said(11)] }));
  assertEquals([games.loading.value, seqs(games)], [false, [10, 11]]);
  // Opened again, nothing is asked for.
  trial.chat.show("lobby");
  trial.chat.show("games");
  assertEquals(trial.socket.taken().filter(({ type }) => type === "join"), []);
});

Deno.test("a room that is opened by its address comes onto the list", async () => {
  using trial = new ChatTrial();
  const { list } = await enterWith(trial, listed("lobby"));
  trial.chat.show("games");
  assertEquals(list.channels.value, ["lobby"]);
  const about = { room: "games", kind: "public", title: "Games" } as const;
  trial.socket.emit(joined("e:3", { room: "games", about, messages: [said(3)] }));
  assertEquals(list.channels.value, ["games", "lobby"]);
  assertEquals(countsOf(trial, "games"), { unread: 0, mentions: 0, read: 3 });
  assertEquals(trial.asked, ['PATCH /api/rooms/games/mine {"listed":true,"read":3}']);
});

Deno.test("a room in which nobody has spoken stays on the list, unless it was taken off elsewhere", async () => {
  using trial = new ChatTrial();
  const { list } = await enterWith(trial, listed("lobby"), listed("quiet", silent));
  trial.chat.show("garden");
  trial.socket.emit(
    joined("e:0", { room: "garden", about: { room: "garden", kind: "public" }, messages: [] }),
  );
  assertEquals(list.channels.value, ["garden", "lobby", "quiet"]);
  trial.chat.show("lobby");
  trial.socket.end();
  await trial.clock.advance(1_000);
  trial.socket.welcome(ANN, "build", [listed("lobby"), listed("garden", silent)]);
  assertEquals(list.channels.value, ["garden", "lobby"]);
});

Deno.test("a room that may not be entered does not come onto the list", async () => {
  using trial = new ChatTrial();
  const { list } = await enterWith(trial, listed("lobby"));
  trial.chat.show("~secret");
  const message = "There is no such room.";
  trial.socket.emit({ type: "error", code: "not_found", message, room: "~secret" });
  assertEquals(trial.chat.open("~secret").problem.value, message);
  assertEquals([list.channels.value, trial.asked], [["lobby"], []]);
});

Deno.test("a room is taken off the list here and on the person's other devices", async () => {
  using trial = new ChatTrial();
  const { list } = await enterWith(trial, listed("lobby"), listed("games"), listed("news"));
  trial.socket.taken();
  trial.chat.forget("games");
  assertEquals(trial.socket.taken(), [{ type: "leave", room: "games" }]);
  assertEquals(trial.asked, ['PATCH /api/rooms/games/mine {"listed":false}']);
  trial.socket.emit({ type: "unlisted", room: "news" });
  assertEquals(trial.socket.taken(), [{ type: "leave", room: "news" }]);
  assertEquals(list.channels.value, ["lobby"]);
  trial.socket.emit({ type: "listed", ...listed("news", { cursor: "e:12" }) });
  assertEquals(trial.socket.taken(), [{ type: "join", room: "news", since: "e:12" }]);
  assertEquals(list.channels.value, ["lobby", "news"]);
});

Deno.test("who is removed from a room is told so, and may be let in again", async () => {
  using trial = new ChatTrial();
  const about = { room: "~secret", kind: "private", title: "Secret" } as const;
  const { list } = await enterWith(trial, listed("lobby"), listed("~secret", about));
  trial.chat.show("~secret");
  const secret = trial.chat.open("~secret");
  trial.socket.emit(joined("e:10", { room: "~secret", about, messages: [said(10)] }));
  trial.socket.emit({ type: "unlisted", room: "~secret", removed: true });
  assertEquals(list.channels.value, ["lobby"]);
  assertEquals(secret.problem.value, "You are not a member of this room any more.");
  trial.socket.taken();
  trial.socket.emit({ type: "listed", ...listed("~secret", { ...about, cursor: "e:12" }) });
  assertEquals(trial.socket.taken(), [{ type: "join", room: "~secret", since: "e:10" }]);
  trial.socket.emit(joined("e:12", { room: "~secret", about, events: [] }));
  assertEquals(secret.problem.value, null);
});

Deno.test("a room's name, topic, state and one's role follow its log", async () => {
  using trial = new ChatTrial();
  const { list, lobby } = await enterWith(trial, listed("lobby", { topic: "Everything" }));
  const logged = (seq: number) => ({ ...said(seq), type: "room" } as const);
  trial.socket.emit({ ...logged(11), settings: { title: "Hall", topic: null, archived: true } });
  trial.socket.emit({ ...said(12), type: "member", member: ANN, role: "moderator" });
  const expected = { room: "lobby", kind: "public", title: "Hall", archived: true };
  assertEquals(lobby.about.value, { ...expected, role: "moderator" } as typeof lobby.about.value);
  const { title, topic, archived, role, unread } = list.peek("lobby")!;
  assertEquals([title, topic, archived, role, unread], ["Hall", undefined, true, "moderator", 0]);
  assertEquals(lobby.notices.value.map(({ seq }) => seq), [11, 12]);
  // They have their place in the log: nothing is missing after them.
  trial.socket.taken();
  trial.socket.emit(said(13));
  assertEquals(seqs(lobby), [9, 10, 13]);
  assertEquals(trial.socket.taken().filter(({ type }) => type === "join"), []);
});

Deno.test("a list that comes late does not take back what came live before it", async () => {
  using trial = new ChatTrial();
  await enterWith(trial, listed("lobby"), listed("games"));
  trial.socket.emit(saidIn("games", 11), saidIn("games", 12));
  trial.socket.emit({ type: "listed", ...listed("games", { cursor: "e:11", unread: 1 }) });
  assertEquals(countsOf(trial, "games").unread, 2);
  assertEquals(trial.chat.list.peek("games")!.cursor, "e:12");
});

Deno.test("without a server the list is as it was", async () => {
  using trial = new ChatTrial();
  await enterWith(trial, listed("lobby"), listed("games", { title: "Games", unread: 3 }));
  trial.chat.keep();
  trial.chat.close();
  trial.isAway = true;
  trial.newPage();
  await trial.chat.start();
  assertEquals(trial.chat.list.channels.value, ["games", "lobby"]);
  assertEquals(trial.chat.list.unread.value, 3);
});

Deno.test("rooms that an older version remembered in the browser go onto the server's list, once", async () => {
  using trial = new ChatTrial();
  trial.storage.kept.set("parlor.rooms", JSON.stringify(["lobby", "games", "~secret", 7]));
  await enterWith(trial, listed("lobby"));
  assertEquals(trial.asked, ['PATCH /api/rooms/games/mine {"listed":true}']);
  assertEquals(trial.storage.kept.has("parlor.rooms"), false);
});
