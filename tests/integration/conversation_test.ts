/** Talking over `parlor.v1`: what everybody in a room sees of each other. */

import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import {
  CLOSE,
  LIMITS,
  type LogEvent,
  mayReconnect,
  parseCursor,
  Refusal,
} from "../../server/protocol.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { changedStore } from "../support/changed_store.ts";
import { type Client, connect, signIn } from "../support/client.ts";
import { history, post } from "../support/http.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { createWaitingStore } from "../support/waiting_store.ts";

/** A signed-in client that is in the room. */
async function enter(server: InProcessServer, name: string, room = "lobby"): Promise<Client> {
  const { token } = await signIn(server.url, name);
  const client = await connect(server.url, { token });
  client.send({ type: "join", room });
  await client.nextOf("joined");
  return client;
}

/** The messages that a client has been sent live, in the order of arrival. */
function said(client: Client): string[] {
  return client.received.filter((event) => event.type === "chat").map(({ message }) => message);
}

Deno.test("the first event says who you are and what holds here", async () => {
  await using server = await serveInProcess();
  const { token, user } = await signIn(server.url, "Ann");
  await using client = await connect(server.url, { token });
  const welcome = await client.nextOf("welcome");
  assertEquals(client.received[0], welcome);
  assertEquals(welcome.user, user);
  assertEquals(welcome.limits, LIMITS);
  assertGreater(welcome.heartbeat, 0);
  assertMatch(welcome.epoch, /^[\w-]+$/);
});

Deno.test("who connects without a session is a guest with a number or the name asked for", async () => {
  await using server = await serveInProcess();
  await using numbered = await connect(server.url);
  using named = await RawSocket.open(server.port, { path: "/ws?name=Bo" });
  assertMatch((await numbered.nextOf("welcome")).user.name, /^Guest \d+$/);
  const [{ user }] = JSON.parse(new TextDecoder().decode((await named.next())?.payload));
  assertEquals([user.name, user.unverified], ["Bo", true]);
});

Deno.test("a message reaches everybody in the room once, its author's copy is the acknowledgement", async () => {
  await using server = await serveInProcess();
  await using ann = await enter(server, "Ann");
  await using bo = await enter(server, "Bo");
  await using elsewhere = await enter(server, "Cy", "garden");
  const before = Date.now();
  ann.send({ type: "chat", id: "one", room: "lobby", message: "Hello" });
  const copies = await Promise.all([ann.nextOf("chat"), bo.nextOf("chat")]);
  assertEquals(copies[0], copies[1]);
  const { seq, timestamp, id, message, user, room } = copies[0];
  assertEquals({ seq, id, message, room }, { seq: 1, id: "one", message: "Hello", room: "lobby" });
  assertEquals(user.name, "Ann");
  assert(timestamp >= before && timestamp <= Date.now());

  ann.send({ type: "chat", id: "two", room: "lobby", message: "More" });
  await Promise.all([ann, bo].map((client) => client.nextOf("chat", ({ id }) => id === "two")));
  for (const client of [ann, bo]) assertEquals(said(client), ["Hello", "More"]);
  assertEquals(said(elsewhere), []);
});

Deno.test("who has not joined may speak, and is told that it was kept", async () => {
  await using server = await serveInProcess();
  await using reader = await enter(server, "Bo");
  await using author = await connect(server.url);
  author.send({ type: "chat", id: "one", room: "lobby", message: "From outside" });
  assertEquals((await author.nextOf("chat")).seq, 1);
  assertEquals((await reader.nextOf("chat")).message, "From outside");
});

Deno.test("who left hears nothing more, and still gets the acknowledgement of what was said before", async () => {
  await using server = await serveInProcess();
  await using ann = await enter(server, "Ann");
  await using bo = await enter(server, "Bo");
  ann.send([
    { type: "chat", id: "last", room: "lobby", message: "Bye" },
    { type: "leave", room: "lobby" },
  ]);
  assertEquals((await ann.nextOf("chat")).id, "last");
  bo.send({ type: "chat", id: "after", room: "lobby", message: "Is she gone" });
  await bo.nextOf("chat", ({ id }) => id === "after");
  // An answer that comes later than anything of the room could.
  ann.send({ type: "join", room: "garden" });
  await ann.nextOf("joined");
  assertEquals(said(ann), ["Bye"]);
});

for (const folder of [undefined, temporaryFolder]) {
  const store = folder ? "the database" : "memory";

  Deno.test(`a retry is the same message and is not sent to others again (${store})`, async () => {
    using data = folder?.();
    await using server = await serveInProcess(data && { data: data.path });
    const { token } = await signIn(server.url, "Ann");
    await using first = await connect(server.url, { token });
    await using second = await connect(server.url, { token });
    await using bo = await enter(server, "Bo");
    const command = { type: "chat", id: "one", room: "lobby", message: "Once" } as const;
    first.send(command);
    const kept = await first.nextOf("chat");
    first.send(command);
    assertEquals(await first.nextOf("chat"), kept);
    second.send(command);
    assertEquals(await second.nextOf("chat"), kept);
    const overHttp = await post(server.url, { message: "Once", id: "one", token });
    assertEquals([overHttp.status, overHttp.event], [200, kept]);
    const byKey = await post(server.url, {
      message: "Once",
      token,
      headers: { "idempotency-key": "one" },
    });
    assertEquals([byKey.status, byKey.event], [200, kept]);

    first.send({ type: "chat", id: "two", room: "lobby", message: "Next" });
    await bo.nextOf("chat", ({ id }) => id === "two");
    assertEquals(said(bo), ["Once", "Next"]);
    assertEquals((await history(server.url)).messages.length, 2);
  });
}

Deno.test("a retry after a restart is the same message", async () => {
  using data = temporaryFolder();
  let token: string;
  let kept: LogEvent;
  const command = { type: "chat", id: "one", room: "lobby", message: "Once" } as const;
  {
    await using server = await serveInProcess({ data: data.path });
    ({ token } = await signIn(server.url, "Ann"));
    await using client = await connect(server.url, { token });
    client.send(command);
    kept = await client.nextOf("chat");
  }
  await using server = await serveInProcess({ data: data.path });
  await using client = await connect(server.url, { token });
  client.send(command);
  assertEquals(await client.nextOf("chat"), kept);
  assertEquals((await history(server.url)).messages, [kept]);
});

Deno.test("the same id at the same moment on two connections is one message", async () => {
  using data = temporaryFolder();
  await using server = await serveInProcess({ data: data.path });
  const { token } = await signIn(server.url, "Ann");
  await using first = await connect(server.url, { token });
  await using second = await connect(server.url, { token });
  for (const client of [first, second, first]) {
    client.send({ type: "chat", id: "one", room: "lobby", message: "Once" });
  }
  const copies = [
    await first.nextOf("chat"),
    await second.nextOf("chat"),
    await first.nextOf("chat"),
  ];
  assertEquals(new Set(copies.map(({ seq }) => seq)), new Set([1]));
  assertEquals((await history(server.url)).messages.length, 1);
});

Deno.test("an id that was used for something else is a conflict, for its author only", async () => {
  await using server = await serveInProcess();
  await using ann = await enter(server, "Ann");
  await using bo = await enter(server, "Bo");
  ann.send([
    { type: "chat", id: "one", room: "lobby", message: "First" },
    { type: "chat", id: "one", room: "lobby", message: "Second" },
  ]);
  const { code, id } = await ann.nextOf("error");
  assertEquals([code, id], ["conflict", "one"]);
  bo.send({ type: "chat", id: "one", room: "lobby", message: "Of another author" });
  await bo.nextOf("chat", ({ message }) => message === "Of another author");
  assertEquals(said(bo), ["First", "Of another author"]);
});

Deno.test("the commands of an array are carried out in order, and a refused post stops the rest", async () => {
  await using server = await serveInProcess();
  await using ann = await enter(server, "Ann");
  ann.send([
    { type: "chat", id: "a", room: "lobby", message: "a" },
    { type: "chat", id: "b", room: "lobby", message: " " },
    { type: "chat", id: "c", room: "lobby", message: "c" },
    { type: "join", room: "garden" },
  ]);
  const errors = [];
  for (let count = 0; count < 3; count++) {
    const { code, id, room } = await ann.nextOf("error");
    errors.push([code, id ?? room]);
  }
  assertEquals(errors, [
    ["empty_message", "b"],
    ["not_carried_out", "c"],
    ["not_carried_out", "garden"],
  ]);
  assertEquals((await history(server.url)).messages.map(({ id }) => id), ["a"]);
});

Deno.test("a refused command that is no post does not stop the rest of its array", async () => {
  await using server = await serveInProcess();
  await using ann = await enter(server, "Ann");
  ann.sendRaw(JSON.stringify([
    { type: "join", room: "No Room" },
    { type: "dance" },
    { type: "chat", id: "a", room: "lobby", message: "Still here" },
  ]));
  assertEquals((await ann.nextOf("error")).code, "bad_room");
  assertEquals((await ann.nextOf("error")).code, "unknown_command");
  assertEquals((await ann.nextOf("chat")).message, "Still here");
});

Deno.test("what one connection says is kept in the order in which it was sent", async () => {
  using data = temporaryFolder();
  await using server = await serveInProcess({ data: data.path });
  await using ann = await enter(server, "Ann");
  await using bo = await enter(server, "Bo");
  const words = Array.from({ length: 300 }, (_, index) => `word ${index}`);
  words.forEach((message, index) =>
    ann.send({ type: "chat", id: String(index), room: "lobby", message })
  );
  await bo.nextOf("chat", ({ message }) => message === words.at(-1));
  assertEquals(said(bo), words);
  const seqs = bo.received.filter((event) => event.type === "chat").map(({ seq }) => seq);
  assertEquals(seqs, words.map((_, index) => index + 1));
});

Deno.test("who is typing is told to the others, and never kept", async () => {
  await using server = await serveInProcess();
  await using ann = await enter(server, "Ann");
  await using bo = await enter(server, "Bo");
  ann.send({ type: "typing", room: "lobby" });
  const { user, room } = await bo.nextOf("typing");
  assertEquals([user.name, room], ["Ann", "lobby"]);
  assertEquals((await history(server.url)).messages, []);
});

Deno.test("nobody is said to be typing what they have said already", async () => {
  await using server = await serveInProcess();
  await using ann = await enter(server, "Ann");
  await using bo = await enter(server, "Bo");
  ann.send([
    { type: "typing", room: "lobby" },
    { type: "chat", id: "a-1", room: "lobby", message: "said" },
  ]);
  await bo.nextOf("chat");
  // Later signals come in the frame in which hers would have come.
  bo.send({ type: "typing", room: "lobby" });
  const { user } = await ann.nextOf("typing");
  assertEquals(user.name, "Bo");
  assertEquals(bo.received.filter(({ type }) => type === "typing").length, 1);
});

Deno.test("many tabs of one person count as one, until the last one is closed", async () => {
  await using server = await serveInProcess();
  await using watcher = await enter(server, "Watcher");
  const { token, user } = await signIn(server.url, "Ann");
  const tabs: Client[] = [];
  for (let count = 0; count < 3; count++) {
    const tab = await connect(server.url, { token });
    tab.send({ type: "join", room: "lobby" });
    assertEquals((await tab.nextOf("joined")).online, 2);
    tabs.push(tab);
  }
  const both = await watcher.nextOf("presence", ({ online }) => online === 2);
  assert(both.people?.some(({ id }) => id === user.id));
  await tabs[0]!.close();
  await tabs[1]!.close();
  tabs[2]!.send({ type: "join", room: "lobby" });
  assertEquals((await tabs[2]!.nextOf("joined")).online, 2);
  await tabs[2]!.close();
  const left = await watcher.nextOf("presence", ({ online }) => online === 1);
  assertEquals(left.people?.map(({ name }) => name), ["Watcher"]);
});

Deno.test("a new name shows to others, and an old tab is asked to come back under it", async () => {
  await using server = await serveInProcess();
  const { token } = await signIn(server.url, "Ann");
  await using old = await connect(server.url, { token });
  old.send({ type: "join", room: "lobby" });
  await old.nextOf("joined");
  const renamed = await fetch(new URL("/api/session", server.url), {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ name: "Anna" }),
  });
  const session = await renamed.json();
  await using fresh = await connect(server.url, { token: session.token });
  fresh.send({ type: "join", room: "lobby" });
  const { people, online } = await fresh.nextOf("joined");
  assertEquals([online, people?.map(({ name }) => name)], [1, ["Anna"]]);
  assertEquals((await old.closed).code, CLOSE.renamed.code);
  assertEquals(mayReconnect(CLOSE.renamed.code), true);
});

Deno.test("events name the people of a small room, and only count those of a large one", async () => {
  await using server = await serveInProcess();
  await using crowd = new AsyncDisposableStack();
  const count = LIMITS.peopleListed + 3;
  for (let online = 1; online <= count; online++) {
    const client = crowd.use(await connect(server.url));
    client.send({ type: "join", room: "lobby" });
    const joined = await client.nextOf("joined");
    assertEquals(joined.online, online);
    assertEquals(joined.people?.length, online > LIMITS.peopleListed ? undefined : online);
  }
  const response = await fetch(new URL("/api/rooms/lobby/people", server.url));
  const { online, people } = await response.json();
  assertEquals([online, people.length], [count, count]);
});

Deno.test("nobody is left in a room by a connection that ended while it was joining", async () => {
  const { store, asked, open } = createWaitingStore();
  await using server = await serveInProcess({}, { store });
  const rooms = ["first", "second", "third"];
  const hasty = await connect(server.url);
  const stream = await fetch(new URL(`/api/events?rooms=${rooms.join(",")}`, server.url));
  hasty.send(rooms.map((room) => ({ type: "join", room })));
  hasty.send({ type: "join", room: "fourth" });
  await asked;
  await hasty.close();
  await stream.body?.cancel();
  await server.logged((lines) =>
    lines.filter((line) => line.includes(" disconnected ")).length === 2
  );
  open();
  await using witness = await connect(server.url);
  for (const room of [...rooms, "fourth"]) {
    witness.send({ type: "join", room });
    assertEquals([room, (await witness.nextOf("joined")).online], [room, 1]);
  }
});

Deno.test("who cannot resume, as history cannot be read, is out of the room until the next try", async () => {
  const inner = createMemoryStore();
  let isReadable = true;
  const store = changedStore(inner, {
    since: (room, seq, limit) =>
      isReadable
        ? inner.since(room, seq, limit)
        : Promise.reject(new Refusal("unavailable", "Not now.", 1_000)),
  });
  await using server = await serveInProcess({}, { store });
  await using ann = await enter(server, "Ann");
  await using ben = await connect(server.url);
  ben.send({ type: "join", room: "lobby" });
  const { cursor } = await ben.nextOf("joined", ({ online }) => online === 2);
  await ann.nextOf("presence", ({ online }) => online === 2);
  isReadable = false;
  ben.send({ type: "join", room: "lobby", since: cursor });
  assertEquals((await ben.nextOf("error")).code, "unavailable");
  await ann.nextOf("presence", ({ online }) => online === 1);
  ann.send({ type: "chat", id: "1", room: "lobby", message: "Are you there?" });
  await ann.nextOf("chat");
  isReadable = true;
  ben.send({ type: "join", room: "lobby", since: cursor });
  const { events, online } = await ben.nextOf("joined");
  assertEquals([events?.length, online], [1, 2]);
});

Deno.test("one connection may be in a stated number of rooms, and in more after leaving one", async () => {
  await using server = await serveInProcess();
  await using client = await connect(server.url);
  const rooms = Array.from({ length: LIMITS.roomsPerConnection + 1 }, (_, index) => `r-${index}`);
  for (const room of rooms) client.send({ type: "join", room });
  const { code, room } = await client.nextOf("error");
  assertEquals([code, room], ["too_many_rooms", rooms.at(-1)]);
  client.send([{ type: "leave", room: "r-0" }, { type: "join", room: room! }]);
  await client.nextOf("joined", (joined) => joined.room === room);
});

Deno.test("heartbeats carry the position that a room has reached", async () => {
  await using server = await serveInProcess({}, { hub: { heartbeat: 50 } });
  await using ann = await enter(server, "Ann");
  ann.send({ type: "chat", id: "one", room: "lobby", message: "Hello" });
  const head = await ann.nextOf("head", ({ cursor }) => parseCursor(cursor)?.seq === 1);
  const { epoch } = await connect(server.url).then(async (client) => {
    await using other = client;
    return await other.nextOf("welcome");
  });
  assertEquals(head, { type: "head", room: "lobby", cursor: `${epoch}:1` });
});

Deno.test("leaving a room that was not joined, and joining twice, harm nobody", async () => {
  await using server = await serveInProcess();
  await using ann = await enter(server, "Ann");
  ann.send([{ type: "leave", room: "garden" }, { type: "join", room: "lobby" }]);
  assertEquals((await ann.nextOf("joined")).online, 1);
  ann.send({ type: "chat", id: "one", room: "lobby", message: "Hello" });
  await ann.nextOf("chat");
  ann.send({ type: "chat", id: "two", room: "lobby", message: "Again" });
  await ann.nextOf("chat", ({ id }) => id === "two");
  assertEquals(said(ann), ["Hello", "Again"]);
});
