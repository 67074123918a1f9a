/**
 * Each way in which somebody might try to see a private room, or a conversation between others. Whatever
 * is tried is answered as for a room that never was.
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import type { Command, ListedRoom, ServerEvent } from "../../server/protocol.ts";
import { ask, Person } from "../support/api.ts";
import { connect, connectPlain } from "../support/client.ts";
import { hostToken } from "../support/host_application.ts";
import { HOST_SECRET } from "../support/host_application.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";

/** A room of the form of the private ones that is nobody's. */
const NEVER = "~AAAAAAAAAAAAAAAAAAAAAA";
/** What nobody outside may see, in whatever answer. */
const SECRETS = ["Board of secrets", "Quarterly numbers", "the plan is", "insider"];

interface Scene {
  server: InProcessServer;
  /** Ada, whose room it is, and Ben, who is in it. */
  ada: Person;
  ben: Person;
  /** Signed in, and in none of it. */
  eve: Person;
  /** Was a member, and was removed. */
  former: Person;
  /** A private room and a conversation, each with something said in it. */
  rooms: string[];
  /** The invite of the private room. */
  invite: string;
  /** Where the private room stood when `former` was in it. */
  cursor: string;
}

async function begin(server: InProcessServer): Promise<Scene> {
  const [ada, ben, eve, former] = await Promise.all(
    ["Ada insider", "Ben insider", "Eve", "Former"].map((name) => Person.signIn(server.url, name)),
  ) as [Person, Person, Person, Person];
  const { room } = await ada.must<ListedRoom>("POST", "/api/rooms", {
    title: "Board of secrets",
    topic: "Quarterly numbers",
    private: true,
  });
  await ada.setRole(room, ben, "member");
  await ada.setRole(room, former, "member");
  const page = await former.must<{ cursor: string }>("GET", `/api/rooms/${room}/messages`);
  await ada.must("DELETE", `/api/rooms/${room}/members/${former.user.id}`);
  const invite = await ada.must<{ token: string }>("POST", `/api/rooms/${room}/invites`);
  const conversation = await ada.must<ListedRoom>("POST", "/api/conversations", {
    people: [ben.user.id],
  });
  const rooms = [room, conversation.room];
  for (const one of rooms) {
    await ada.must("POST", `/api/rooms/${one}/messages`, { message: "the plan is" });
  }
  return { server, ada, ben, eve, former, rooms, invite: invite.token, cursor: page.cursor };
}

/** What an answer says, whatever the room was called and whenever it was given. */
function withoutRoom(answer: unknown, room: string): string {
  const text = JSON.stringify(answer).replaceAll(room, "ROOM");
  for (const secret of SECRETS) assertFalse(text.includes(secret), text);
  return text;
}

type Attempt = (person: Person, room: string) => Promise<unknown>;

/** Tries it as an outsider and as a former member, on the room, the conversation and a room that never was. */
async function tryAll({ eve, former, rooms }: Scene, attempt: Attempt): Promise<void> {
  for (const person of [eve, former]) {
    const never = withoutRoom(await attempt(person, NEVER), NEVER);
    assert(never.includes("not_found") || never.includes("no such room"), never);
    for (const room of rooms) {
      assertEquals(withoutRoom(await attempt(person, room), room), never, person.user.name);
    }
  }
}

/** A request, as an attempt. */
function request(method: string, path: string, body?: unknown): Attempt {
  return (person, room) => person.ask(method, path.replace("ROOM", room), body);
}

const REQUESTS: [string, string, string, unknown?][] = [
  ["asking what it is", "GET", "/api/rooms/ROOM"],
  ["reading its history", "GET", "/api/rooms/ROOM/messages"],
  ["reading around a time", "GET", "/api/rooms/ROOM/messages?time=0"],
  ["asking who is there now", "GET", "/api/rooms/ROOM/people"],
  ["asking for its members", "GET", "/api/rooms/ROOM/members"],
  ["asking for its invites", "GET", "/api/rooms/ROOM/invites"],
  ["polling its events", "GET", "/api/rooms/ROOM/events"],
  ["waiting for its events", "GET", "/api/rooms/ROOM/events?wait=5"],
  ["streaming its events", "GET", "/api/events?rooms=ROOM"],
  ["streaming it among others", "GET", "/api/events?rooms=lobby,ROOM"],
  ["saying something in it", "POST", "/api/rooms/ROOM/messages", { message: "hello" }],
  ["renaming it", "PATCH", "/api/rooms/ROOM", { title: "Mine" }],
  ["archiving it", "PATCH", "/api/rooms/ROOM", { archived: true }],
  ["letting oneself in", "PUT", "/api/rooms/ROOM/members/me", { role: "member" }],
  ["making oneself its owner", "PUT", "/api/rooms/ROOM/members/me", { role: "owner" }],
  ["leaving it", "DELETE", "/api/rooms/ROOM/members/me"],
  ["inviting oneself", "POST", "/api/rooms/ROOM/invites", { role: "member" }],
  ["revoking an invite of it", "DELETE", "/api/rooms/ROOM/invites/x?members=remove"],
  ["putting it on one's list", "PATCH", "/api/rooms/ROOM/mine", { listed: true }],
  ["muting it", "PATCH", "/api/rooms/ROOM/mine", { muted: true }],
  ["counting what is unread in it", "POST", "/api/rooms/ROOM/read", { upTo: 0 }],
];

for (const [name, method, path, body] of REQUESTS) {
  Deno.test(`${name} over HTTP says no more than of a room that never was`, async () => {
    await using server = await serveInProcess();
    await tryAll(await begin(server), request(method, path, body));
  });
}

const COMMANDS: [string, (room: string) => Command][] = [
  ["entering it", (room) => ({ type: "join", room })],
  ["saying something in it", (room) => ({ type: "chat", id: "1", room, message: "hello" })],
  ["answering in it", (room) => ({ type: "chat", id: "1", room, message: "hello", replyTo: 1 })],
  ["editing in it", (room) => ({ type: "edit", id: "1", room, target: 2, message: "mine" })],
  ["deleting in it", (room) => ({ type: "delete", id: "1", room, target: 2 })],
  [
    "reacting in it",
    (room) => ({ type: "react", id: "1", room, target: 2, emoji: "👍", on: true }),
  ],
  ["pinning in it", (room) => ({ type: "pin", id: "1", room, target: 2, on: true })],
  ["typing in it", (room) => ({ type: "typing", room })],
  ["counting what is unread in it", (room) => ({ type: "read", room, upTo: 0 })],
];

for (const [name, command] of COMMANDS) {
  Deno.test(`${name} over a socket says no more than of a room that never was`, async () => {
    await using server = await serveInProcess();
    await tryAll(await begin(server), async (person, room) => {
      await using socket = await person.connect();
      socket.send(command(room));
      return await socket.nextOf("error");
    });
  });

  Deno.test(`${name} by a command over HTTP says no more than of a room that never was`, async () => {
    await using server = await serveInProcess();
    await tryAll(
      await begin(server),
      (person, room) => person.ask("POST", "/api/commands", { ...command(room) }),
    );
  });
}

Deno.test("entering it with a plain socket says no more than of a room that never was", async () => {
  await using server = await serveInProcess();
  await tryAll(await begin(server), async ({ url, token }, room) => {
    await using plain = await connectPlain(new URL(`/chat?room=${room}&token=${token}`, url));
    plain.send("let me in");
    return [await plain.closed, plain.received];
  });
});

Deno.test("a guest without a session gets no further by any of these ways", async () => {
  await using server = await serveInProcess();
  const { rooms } = await begin(server);
  for (const [name, method, path, body] of REQUESTS) {
    const never = await ask(server.url, method, path.replace("ROOM", NEVER), body);
    assert(never.status === 404 || never.status === 401, `${name}: ${never.status}`);
    for (const room of rooms) {
      const answer = await ask(server.url, method, path.replace("ROOM", room), body);
      assertEquals(withoutRoom(answer, room), withoutRoom(never, NEVER), name);
    }
  }
  for (const [name, command] of COMMANDS) {
    await using socket = await connect(server.url);
    for (const room of [NEVER, ...rooms]) {
      socket.send(command(room));
      const { code } = await socket.nextOf("error");
      assertEquals(code, name.startsWith("counting") ? "unauthorized" : "not_found", name);
    }
  }
});

Deno.test("the list of rooms and its filter never show a private room", async () => {
  await using server = await serveInProcess();
  const { eve, ada, rooms } = await begin(server);
  await eve.must("POST", "/api/rooms/lobby/messages", { message: "hello" });
  for (const query of ["", "?filter=board", "?filter=secret", "?filter=~", "?limit=1000"]) {
    for (const person of [eve, ada]) {
      const { body } = await person.ask<{ rooms: { room: string }[] }>("GET", `/api/rooms${query}`);
      const found = body.rooms.map(({ room }) => room);
      assertEquals(found, query.startsWith("?filter") ? [] : ["lobby"], query);
    }
  }
  const ranges = rooms.map((room) => `after=${Date.now()}:${room}`);
  for (const query of ranges) {
    assertEquals((await eve.ask("GET", `/api/rooms?${query}`)).status, 400);
  }
});

Deno.test("one's own list and welcome never show a room that one is not in, also after leaving it", async () => {
  await using server = await serveInProcess();
  const { eve, former } = await begin(server);
  for (const person of [eve, former]) {
    const { rooms } = await person.must<{ rooms: unknown[] }>("GET", "/api/me/rooms");
    assertEquals(rooms, []);
    await using socket = await connect(server.url, { token: person.token });
    assertEquals((await socket.nextOf("welcome")).rooms, []);
  }
});

Deno.test("a former member's cursor brings nothing, over a socket, a stream and a poll", async () => {
  await using server = await serveInProcess();
  const { former, rooms: [room], cursor } = await begin(server);
  await using socket = await former.connect();
  socket.send({ type: "join", room: room!, since: cursor });
  assertEquals((await socket.nextOf("error")).code, "not_found");
  for (
    const path of [
      `/api/events?rooms=${room}&since=${cursor}`,
      `/api/rooms/${room}/events?after=${cursor}`,
      `/api/rooms/${room}/messages?after=${cursor}`,
    ]
  ) {
    const answer = await former.ask("GET", path);
    assertEquals(answer.status, 404, path);
    withoutRoom(answer, room!);
  }
});

Deno.test("a former member's cookie brings nothing", async () => {
  await using server = await serveInProcess();
  const response = await fetch(new URL("/api/session", server.url), {
    method: "POST",
    body: JSON.stringify({ name: "Cookie" }),
  });
  const { token, user } = await response.json();
  const cookie = response.headers.get("set-cookie")!.split(";")[0]!;
  const person = Person.of(server.url, token, user);
  const ada = await Person.signIn(server.url, "Ada");
  const room = await ada.createPrivate("Board");
  await ada.setRole(room, person, "member");
  const read = () => ask(server.url, "GET", `/api/rooms/${room}/messages`, undefined, { cookie });
  assertEquals((await read()).status, 200);
  await ada.must("DELETE", `/api/rooms/${room}/members/${user.id}`);
  assertEquals((await read()).status, 404);
});

Deno.test("guessing by room_exists: nobody can ask to create a room of that address", async () => {
  await using server = await serveInProcess();
  await tryCreate(await begin(server));
});

/** Every address of a private room is refused alike, before anything is looked up. */
async function tryCreate({ eve, rooms }: Scene): Promise<void> {
  for (const isPrivate of [true, false]) {
    const answers = [];
    for (const room of [NEVER, ...rooms]) {
      const wanted = { room, private: isPrivate, title: "Mine" };
      const answer = await eve.ask("POST", "/api/rooms", wanted);
      assertEquals([answer.status, answer.body.error?.code], [400, "bad_room"]);
      answers.push(withoutRoom(answer, room));
    }
    assertEquals(new Set(answers).size, 1);
  }
}

Deno.test("guessing by conflict: an id used before says nothing of where", async () => {
  await using server = await serveInProcess();
  const scene = await begin(server);
  for (const person of [scene.eve, scene.former]) {
    await person.must("POST", "/api/rooms/lobby/messages", { message: "mine", id: "used" });
  }
  await tryAll(
    scene,
    (person, room) =>
      person.ask("POST", `/api/rooms/${room}/messages`, { message: "other", id: "used" }),
  );
});

Deno.test("guessing by conflict: the ids of insiders are not those of others", async () => {
  await using server = await serveInProcess();
  const { ada, eve, rooms: [room] } = await begin(server);
  await ada.must("POST", `/api/rooms/${room}/messages`, { message: "insider", id: "same" });
  const answer = await eve.ask("POST", "/api/rooms/lobby/messages", { message: "x", id: "same" });
  assertEquals(answer.status, 201);
  const created = await eve.ask<ListedRoom>(
    "POST",
    "/api/rooms",
    { title: "Own", private: true },
    { "idempotency-key": "same-2" },
  );
  const again = await ada.ask<ListedRoom>(
    "POST",
    "/api/rooms",
    { title: "Own", private: true },
    { "idempotency-key": "same-2" },
  );
  assert(created.body.room !== again.body.room);
});

Deno.test("guessing by bad commands: what is wrong with a command is said before what room it is for", async () => {
  await using server = await serveInProcess();
  const { eve, rooms } = await begin(server);
  for (
    const [method, path, body] of [
      ["PATCH", "", { title: 7 }],
      ["PUT", "/members/me", { role: "king" }],
      ["POST", "/invites", { role: "owner" }],
      ["PATCH", "/mine", {}],
      ["POST", "/read", { upTo: -1 }],
      ["POST", "/messages", { message: "" }],
    ] as const
  ) {
    const statuses = [];
    for (const room of [NEVER, ...rooms]) {
      statuses.push((await eve.ask(method, `/api/rooms/${room}${path}`, body)).status);
    }
    assertEquals(statuses, [400, 400, 400], path);
  }
});

Deno.test("watching a room's address, or everybody's, tells nothing", async () => {
  await using server = await serveInProcess();
  const { eve, rooms } = await begin(server);
  await using socket = await eve.connect();
  socket.send({ type: "watch", people: [...rooms, NEVER, "@room"] });
  const { people } = await socket.nextOf("status");
  assertEquals(
    people,
    [...rooms, NEVER, "@room"].map((id) => ({ id, status: "offline" as const })),
  );
  const found = await eve.must<{ people: unknown[] }>(
    "GET",
    `/api/people?ids=${encodeURIComponent(rooms.join(","))}`,
  );
  assertEquals(found.people, []);
});

Deno.test("being in both people's sight tells nothing of their conversation", async () => {
  await using server = await serveInProcess();
  const { ada, ben, eve, rooms } = await begin(server);
  await using socket = await eve.join("lobby");
  socket.send({ type: "watch", people: [ada.user.id, ben.user.id] });
  await socket.nextOf("status");
  await using inside = await ada.join(rooms[1]!);
  inside.send({ type: "typing", room: rooms[1]! });
  inside.send({ type: "chat", id: "x", room: rooms[1]!, message: "the plan is this" });
  await inside.nextOf("chat");
  await ada.must("POST", "/api/rooms/lobby/messages", { message: "over" });
  await socket.nextOf("chat");
  const text = JSON.stringify(socket.received);
  for (const room of rooms) assertFalse(text.includes(room), text);
  assertFalse(text.includes("the plan is"), text);
});

Deno.test("a conversation with oneself added is another conversation, not that of the others", async () => {
  await using server = await serveInProcess();
  const { ada, ben, eve, rooms } = await begin(server);
  const all = await eve.ask<ListedRoom>("POST", "/api/conversations", {
    people: [ada.user.id, ben.user.id, eve.user.id],
  });
  assertEquals(all.status, 201);
  assert(!rooms.includes(all.body.room));
  const page = await eve.must<{ messages: unknown[] }>(
    "GET",
    `/api/rooms/${all.body.room}/messages`,
  );
  assertEquals(page.messages, []);
  const put = await ada.ask(
    "PUT",
    `/api/rooms/${rooms[1]}/members/${eve.user.id}`,
    { role: "member" },
  );
  assertEquals(put.status, 403, "nobody is added to a conversation, not even by its people");
  assertEquals((await ada.ask("POST", `/api/rooms/${rooms[1]}/invites`)).status, 403);
});

Deno.test("a private message to oneself and a stranger's id reaches nobody's conversation", async () => {
  await using server = await serveInProcess();
  const { eve, rooms } = await begin(server);
  await using socket = await eve.connect();
  socket.send({ type: "chat", id: "1", to: [eve.user.id, rooms[1]!], message: "hello" });
  assertEquals((await socket.nextOf("error")).code, "not_found");
  socket.send({ type: "chat", id: "2", to: [eve.user.id], message: "a note" });
  const { room } = await socket.nextOf("chat");
  assert(!rooms.includes(room));
});

Deno.test("an invite of another room opens only that one", async () => {
  await using server = await serveInProcess();
  const { ada, eve, rooms } = await begin(server);
  const other = await ada.createPrivate("Other");
  const { token } = await ada.must<{ token: string }>("POST", `/api/rooms/${other}/invites`);
  const entered = await eve.must<ListedRoom>("POST", `/api/invites/${token}`, { room: rooms[0] });
  assertEquals(entered.room, other);
  for (const room of rooms) assertEquals((await eve.ask("GET", `/api/rooms/${room}`)).status, 404);
  const foreign = await eve.ask("DELETE", `/api/rooms/${other}/invites/${token}`);
  assertEquals(foreign.status, 403, "a member does not revoke");
});

Deno.test("who has the invite's link learns the title, and nothing that was said or by whom", async () => {
  await using server = await serveInProcess();
  const { eve, invite } = await begin(server);
  const { body } = await eve.ask("GET", `/api/invites/${invite}`);
  assertEquals(Object.keys(body).toSorted(), ["kind", "members", "role", "room", "title"]);
});

Deno.test("a pattern for every public room of a host's token opens no private one", async () => {
  const tokens = {
    secret: HOST_SECRET,
    keysUrl: undefined,
    audience: undefined,
    issuer: undefined,
  };
  await using server = await serveInProcess({ tokens });
  const scene = await begin(server);
  for (const rooms of [["*"], undefined, ["lobby", "team-*"]]) {
    const token = await hostToken({ sub: "mallory", name: "Mallory", rooms, role: "moderator" });
    const mallory = Person.of(server.url, token, { id: "h_mallory", name: "Mallory" });
    for (const room of scene.rooms) {
      const answer = await mallory.ask("GET", `/api/rooms/${room}/messages`);
      assertEquals([answer.status, answer.body.error?.code], [404, "not_found"]);
      assertEquals((await mallory.ask("GET", `/api/rooms/${room}/members`)).status, 404);
    }
  }
});

Deno.test("signing in under an insider's name opens nothing", async () => {
  await using server = await serveInProcess();
  const { ben, rooms } = await begin(server);
  await ben.must("DELETE", "/api/session");
  const impostor = await Person.signIn(server.url, "Ben insider");
  for (const room of rooms) {
    assertEquals((await impostor.ask("GET", `/api/rooms/${room}/messages`)).status, 404);
  }
  const { rooms: listed } = await impostor.must<{ rooms: unknown[] }>("GET", "/api/me/rooms");
  assertEquals(listed, []);
});

Deno.test("what an outsider does and is refused is heard by nobody inside", async () => {
  await using server = await serveInProcess();
  const scene = await begin(server);
  const { ada, rooms: [room] } = scene;
  await using inside = await ada.join(room!);
  for (const [, command] of COMMANDS) {
    await using socket = await scene.eve.connect();
    socket.send(command(room!));
    await socket.nextOf("error");
  }
  inside.send({ type: "chat", id: "over", room: room!, message: "over" });
  await inside.nextOf("chat", ({ id }) => id === "over");
  const ofEve = (event: ServerEvent) => JSON.stringify(event).includes(scene.eve.user.id);
  assertEquals(inside.received.filter(ofEve), []);
});
