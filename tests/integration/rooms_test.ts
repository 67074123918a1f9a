/** Rooms as people make and run them: created, renamed, archived, with members in their roles. */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type {
  Cursor,
  ListedRoom,
  Member,
  Message,
  RoomAbout,
  RoomRole,
  SettingEvent,
} from "../../server/protocol.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { ask, Person } from "../support/api.ts";
import { changedStore } from "../support/changed_store.ts";
import { memberAs, membership, roomDraft } from "../support/drafts.ts";
import { post } from "../support/http.ts";
import { serveInProcess } from "../support/in_process.ts";

interface History {
  cursor: Cursor;
  messages: Message[];
  notices: SettingEvent[];
}

interface Page {
  rooms: { room: string; title?: string; topic?: string; archived?: true }[];
  next?: string;
}

Deno.test("a public room has a title and a topic, an owner, and is in the list of all", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const { status, body } = await ada.ask<ListedRoom>("POST", "/api/rooms", {
    room: "tea",
    title: "  Tea  room ",
    topic: "Leaves and water",
  });
  assertEquals(status, 201);
  const { cursor: _, timestamp: __, ...listed } = body;
  assertEquals(listed, {
    room: "tea",
    kind: "public",
    title: "Tea room",
    topic: "Leaves and water",
    role: "owner",
    read: 1,
    unread: 0,
    mentions: 0,
  });
  const { body: { rooms } } = await ask<Page>(server.url, "GET", "/api/rooms?filter=TEA");
  assertEquals(rooms.map(({ room, title }) => [room, title]), [["tea", "Tea room"]]);
  const about = await ada.must<RoomAbout>("GET", "/api/rooms/tea");
  assertEquals(about, {
    room: "tea",
    kind: "public",
    title: "Tea room",
    topic: "Leaves and water",
    role: "owner",
  });
});

Deno.test("what happened to a room comes with its pages, over HTTP and with joining, to those who may read", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  const room = await ada.createPrivate("Board");
  const say = (message: string) => ada.must("POST", `/api/rooms/${room}/messages`, { message });
  await say("first");
  await ada.setRole(room, ben, "member");
  await say("second");
  await ada.must("PATCH", `/api/rooms/${room}`, { title: "New board" });
  const page = (query: string, who = ada) =>
    who.must<History>("GET", `/api/rooms/${room}/messages?${query}`);

  const inWords = (notices: readonly SettingEvent[] = []) =>
    notices.map((one) =>
      one.type === "member" ? `${one.member.name}: ${one.role}` : `title: ${one.settings.title}`
    );
  const { cursor, messages, notices } = await page("limit=1");
  assertEquals([messages.map(({ seq }) => seq), inWords(notices)], [[4], ["title: New board"]]);
  const before = await page(`limit=1&before=${cursor.split(":")[0]}:4`);
  assertEquals(inWords(before.notices), ["title: Board", "Ben: member"]);
  const all = ["title: Board", "Ben: member", "title: New board"];
  assertEquals(inWords((await page("limit=9", ben)).notices), all);

  const joined = async (who: Person, room: string) => {
    await using socket = await who.connect();
    socket.send({ type: "join", room });
    return await socket.nextOf("joined");
  };
  assertEquals(inWords((await joined(ben, room)).notices), all);
  const eve = await Person.signIn(server.url, "Eve");
  const { status, body } = await eve.ask("GET", `/api/rooms/${room}/messages`);
  assertEquals([status, "notices" in body], [404, false]);

  // A room without such events says nothing of them.
  await ada.must("POST", "/api/rooms/plain/messages", { message: "hello" });
  assertEquals((await joined(ada, "plain")).notices, undefined);
});

Deno.test("creating a room again with the same key is the same room, of another with its name a refusal", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  for (const wanted of [{ room: "tea" }, { private: true, title: "Board" }]) {
    const key = { "idempotency-key": `create ${wanted.title}`.replace(" ", "-") };
    const first = await ada.ask<ListedRoom>("POST", "/api/rooms", wanted, key);
    const again = await ada.ask<ListedRoom>("POST", "/api/rooms", wanted, key);
    assertEquals([first.status, again.status], [201, 200]);
    assertEquals(again.body.room, first.body.room);
  }
  const taken = await ben.ask("POST", "/api/rooms", { room: "tea" });
  assertEquals([taken.status, taken.body.error?.code], [409, "room_exists"]);
});

Deno.test("two private rooms of the same title are two rooms, with addresses that say nothing", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const rooms = [await ada.createPrivate("Board"), await ada.createPrivate("Board")];
  assertNotEquals(rooms[0], rooms[1]);
  for (const room of rooms) assert(/^~[A-Za-z0-9_-]{22}$/.test(room), room);
});

Deno.test("what a room cannot be is refused with a sentence", async (test) => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const refused: [string, unknown, string][] = [
    ["no address", { title: "Tea" }, "bad_room"],
    ["an address with capitals", { room: "Tea" }, "bad_room"],
    ["an address of a private room", { room: "~tea" }, "bad_room"],
    [
      "a chosen address for a private room",
      { room: "tea", private: true, title: "Tea" },
      "bad_room",
    ],
    ["a private room without a title", { private: true }, "bad_command"],
    ["a title that is a number", { room: "tea", title: 7 }, "bad_command"],
    ["a title that is too long", { room: "tea", title: "t".repeat(129) }, "bad_command"],
    ["a title that hides something", { room: "tea", title: "Tea\u202ecba" }, "bad_command"],
    ["a topic that is too long", { room: "tea", topic: "t".repeat(1025) }, "bad_command"],
    ["privacy that is a text", { room: "tea", private: "yes" }, "bad_command"],
    ["an id with spaces", { room: "tea", id: "a b" }, "bad_id"],
    ["a list", [], "bad_frame"],
  ];
  for (const [name, body, code] of refused) {
    await test.step(name, async () => {
      const answer = await ada.ask("POST", "/api/rooms", body);
      assertEquals([answer.status, answer.body.error?.code], [400, code]);
    });
  }
  const guest = await ask(server.url, "POST", "/api/rooms", { room: "tea" });
  assertEquals([guest.status, guest.body.error?.code], [401, "unauthorized"]);
  assertEquals((await ask<Page>(server.url, "GET", "/api/rooms")).body.rooms, []);
});

Deno.test("the list of rooms comes in pages that have each room once", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const made = Array.from({ length: 7 }, (_, index) => `room-${index}`);
  for (const room of made) await ada.must("POST", "/api/rooms", { room, title: `Title ${room}` });
  const found: string[] = [];
  let after = "";
  do {
    const { rooms, next } = await ada.must<Page>("GET", `/api/rooms?limit=3${after}`);
    found.push(...rooms.map(({ room }) => room));
    after = next === undefined ? "" : `&after=${next}`;
  } while (after !== "");
  assertEquals(found.toSorted(), made);
  for (
    const query of ["limit=0", "limit=1001", "after=~x", "after=1:~x", `filter=${"f".repeat(200)}`]
  ) {
    assertEquals((await ada.ask("GET", `/api/rooms?${query}`)).status, 400, query);
  }
});

Deno.test("who is in a room sees it renamed, and who comes back later hears of it", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  await ada.must("POST", "/api/rooms", { room: "tea" });
  await using inside = await ben.join("tea");
  await using away = await ben.connect();
  away.send({ type: "join", room: "tea" });
  const { cursor } = await away.nextOf("joined");
  away.send({ type: "leave", room: "tea" });

  const about = await ada.must<RoomAbout>("PATCH", "/api/rooms/tea", { title: "Tea", topic: "x" });
  assertEquals([about.title, about.topic], ["Tea", "x"]);
  const event = await inside.nextOf("room");
  assertEquals([event.user.name, event.settings], ["Ada", { title: "Tea", topic: "x" }]);

  await ada.setRole("tea", ben, "moderator");
  const change = await inside.nextOf("member");
  assertEquals([change.member.name, change.role], ["Ben", "moderator"]);
  away.send({ type: "join", room: "tea", since: cursor });
  const joined = await away.nextOf("joined", ({ events }) => events !== undefined);
  assertEquals(joined.events?.map(({ type }) => type), ["room", "member"]);
  assertEquals([joined.about.title, joined.about.role], ["Tea", "moderator"]);

  const cleared = await ada.must<RoomAbout>("PATCH", "/api/rooms/tea", { title: null, topic: "" });
  assertEquals([cleared.title, cleared.topic], [undefined, undefined]);
});

Deno.test("an archived room is read and not written in, on every transport, until it is opened again", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  await ada.must("POST", "/api/rooms", { room: "tea" });
  await using socket = await ada.join("tea");
  await post(server.url, { room: "tea", message: "before", token: ada.token });
  assertEquals(
    (await ada.must<RoomAbout>("PATCH", "/api/rooms/tea", { archived: true })).archived,
    true,
  );

  socket.send({ type: "chat", id: "late-1", room: "tea", message: "late" });
  assertEquals((await socket.nextOf("error")).code, "archived");
  socket.send({ type: "react", id: "late-2", room: "tea", target: 2, emoji: "👍", on: true });
  assertEquals((await socket.nextOf("error")).code, "archived");
  const late = await post(server.url, { room: "tea", message: "late", token: ada.token });
  assertEquals([late.status, late.error.code], [409, "archived"]);
  const page = await ada.must<{ messages: { message: string }[] }>(
    "GET",
    "/api/rooms/tea/messages",
  );
  assertEquals(page.messages.map(({ message }) => message), ["before"]);

  await ada.must("PATCH", "/api/rooms/tea", { archived: false });
  assertEquals(
    (await post(server.url, { room: "tea", message: "after", token: ada.token })).status,
    201,
  );
});

Deno.test("settings that say nothing or too much are refused", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const room = await ada.createPrivate("Board");
  for (
    const body of [
      {},
      { colour: "red" },
      { archived: "yes" },
      { editMinutes: -1 },
      {
        editMinutes: 1.5,
      },
      { editMinutes: 525_601 },
      { title: null },
      { title: " " },
    ]
  ) {
    const { status } = await ada.ask("PATCH", `/api/rooms/${room}`, body);
    assertEquals(status, 400, JSON.stringify(body));
  }
  const about = await ada.must<RoomAbout>("PATCH", `/api/rooms/${room}`, { editMinutes: 0 });
  assertEquals([about.title, about.editMinutes], ["Board", 0]);
  const forEver = await ada.must<RoomAbout>("PATCH", `/api/rooms/${room}`, { editMinutes: null });
  assertEquals(forEver.editMinutes, undefined);
});

/** Whom each role may make what, and whom it may remove. */
const POWERS: [RoomRole, { member: number; moderator: number; settings: number }][] = [
  ["owner", { member: 200, moderator: 200, settings: 200 }],
  ["moderator", { member: 200, moderator: 403, settings: 403 }],
  ["member", { member: 403, moderator: 403, settings: 403 }],
  ["reader", { member: 403, moderator: 403, settings: 403 }],
];

for (const [role, powers] of POWERS) {
  Deno.test(`what ${role === "owner" ? "an owner" : `a ${role}`} may do with members and settings`, async () => {
    await using server = await serveInProcess();
    const ada = await Person.signIn(server.url, "Ada");
    const ben = await Person.signIn(server.url, "Ben");
    const cem = await Person.signIn(server.url, "Cem");
    const room = await ada.createPrivate("Board");
    await ada.setRole(room, ben, role);
    const path = `/api/rooms/${room}/members/${cem.user.id}`;
    assertEquals((await ben.ask("PUT", path, { role: "member" })).status, powers.member);
    assertEquals((await ben.ask("PUT", path, { role: "moderator" })).status, powers.moderator);
    await ada.setRole(room, cem, "moderator");
    const removal = await ben.ask("DELETE", path);
    assertEquals(removal.status, powers.moderator === 200 ? 204 : 403, "removing a moderator");
    await ada.setRole(room, cem, "reader");
    const { status } = await ben.ask("DELETE", path);
    assertEquals(status, powers.member === 200 ? 204 : 403, "removing a reader");
    assertEquals(
      (await ben.ask("PATCH", `/api/rooms/${room}`, { topic: "x" })).status,
      powers.settings,
    );
  });
}

Deno.test("a room keeps its last owner, and everybody else may step down and leave", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  const room = await ada.createPrivate("Board");
  const mine = `/api/rooms/${room}/members/me`;
  assertEquals((await ada.ask("DELETE", mine)).body.error?.code, "forbidden");
  assertEquals((await ada.ask("PUT", mine, { role: "member" })).body.error?.code, "forbidden");
  await ada.setRole(room, ben, "owner");
  assertEquals((await ada.ask("PUT", mine, { role: "moderator" })).status, 200);
  assertEquals((await ada.ask("PUT", mine, { role: "owner" })).status, 403);
  assertEquals((await ada.ask("PUT", mine, { role: "reader" })).status, 200);
  assertEquals((await ada.ask("DELETE", mine)).status, 204);
  assertEquals((await ada.ask("GET", `/api/rooms/${room}`)).status, 404);
  const { members } = await ben.must<{ members: (Member & { since: number })[] }>(
    "GET",
    `/api/rooms/${room}/members`,
  );
  assertEquals(members.map(({ user, role }) => [user.name, role]), [["Ben", "owner"]]);
  assert(members[0]!.since > 0);
});

Deno.test("of two owners who leave at the same moment, one stays", async () => {
  const inner = createMemoryStore();
  const store = changedStore(inner, {
    // As on a slow disk, so that one comes while the other is being kept.
    append: async (draft) => {
      if (draft.type === "member") await new Promise((resolve) => setTimeout(resolve, 50));
      return await inner.append(draft);
    },
  });
  await using server = await serveInProcess({}, { store });
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  const room = await ada.createPrivate("Board");
  await ada.setRole(room, ben, "owner");
  const path = `/api/rooms/${room}/members/me`;
  const answers = await Promise.all([
    ada.ask("DELETE", path),
    ben.ask("PUT", path, { role: "member" }),
  ]);
  const done = answers.filter(({ status }) => status < 300);
  assertEquals(done.length, 1, JSON.stringify(answers));
});

Deno.test("a role that somebody has already is no event", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  const room = await ada.createPrivate("Board");
  await ada.setRole(room, ben, "member");
  const before = await ada.must<{ cursor: string }>("GET", `/api/rooms/${room}/messages`);
  await ada.setRole(room, ben, "member");
  const after = await ada.must<{ cursor: string }>("GET", `/api/rooms/${room}/messages`);
  assertEquals(after.cursor, before.cursor);
});

Deno.test("a role for nobody, no role, and the removal of nobody are refused", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const room = await ada.createPrivate("Board");
  const path = `/api/rooms/${room}/members`;
  assertEquals((await ada.ask("PUT", `${path}/u_nobody`, { role: "member" })).status, 404);
  assertEquals((await ada.ask("PUT", `${path}/a%20b`, { role: "member" })).status, 400);
  assertEquals((await ada.ask("PUT", `${path}/me`, { role: "king" })).status, 400);
  assertEquals((await ada.ask("PUT", `${path}/me`, {})).status, 400);
  assertEquals((await ada.ask("DELETE", `${path}/u_nobody`)).status, 404);
});

Deno.test("somebody let into a room has it on the list of all their devices, live and with the next welcome", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  await using phone = await ben.connect();
  await using desk = await ben.connect();
  const room = await ada.createPrivate("Board");
  await ada.setRole(room, ben, "member");
  for (const device of [phone, desk]) {
    const listed = await device.nextOf("listed");
    assertEquals([listed.room, listed.title, listed.role], [room, "Board", "member"]);
  }
  const { rooms } = await ben.must<{ rooms: ListedRoom[] }>("GET", "/api/me/rooms");
  assertEquals(rooms.map((one) => one.room), [room]);
  assertEquals((await ask(server.url, "GET", "/api/me/rooms")).status, 401);
});

Deno.test("a page of another site that may connect may use every method", async () => {
  await using server = await serveInProcess({ allowOrigins: ["https://app.example"] });
  const response = await fetch(new URL("/api/rooms/tea/members/me", server.url), {
    method: "OPTIONS",
    headers: { origin: "https://app.example", "access-control-request-method": "PUT" },
  });
  await response.body?.cancel();
  const allowed = response.headers.get("access-control-allow-methods")?.split(",") ?? [];
  assertEquals(allowed.toSorted(), ["DELETE", "GET", "PATCH", "POST", "PUT"]);
});

Deno.test("who comes first to a new server does not get the lobby for their own, to archive it", async () => {
  await using server = await serveInProcess();
  const eve = await Person.signIn(server.url, "Eve");
  const { status, body } = await eve.ask("POST", "/api/rooms", { room: "lobby" });
  assertEquals([status, body.error?.code], [409, "room_exists"]);
  assertEquals((await eve.ask("PATCH", "/api/rooms/lobby", { archived: true })).status, 403);
});

Deno.test("members are told in pages and found by name, and a page that has no beginning any more is refused", async () => {
  const store = createMemoryStore();
  await using server = await serveInProcess({}, { store });
  const ada = await Person.signIn(server.url, "Ada");
  const room = "~board";
  const members = [memberAs(ada.user, "owner")];
  await store.append(roomDraft({ title: "Board" }, { room, created: "private", members }));
  for (let number = 0; number < 450; number++) {
    const name = number % 100 === 7 ? `Zoë ${number}` : `Person ${number}`;
    await store.append(membership({ id: `u_${number}`, name }, "member", { room, user: ada.user }));
  }
  interface MemberPage {
    members: Member[];
    count: number;
    next?: string;
  }
  const page = (query: string) =>
    ada.must<MemberPage>("GET", `/api/rooms/${room}/members?${query}`);
  const read: string[] = [];
  for (let after: string | undefined, pages = 1;; pages++) {
    const { members, count, next }: MemberPage = await page(
      after === undefined ? "" : `after=${after}`,
    );
    read.push(...members.map(({ user }) => user.id));
    assertEquals([count, members.length], [451, pages < 3 ? 200 : 51]);
    if (next === undefined) break;
    after = next;
  }
  const ids = Array.from({ length: 450 }, (_, number) => `u_${number}`);
  assertEquals(read, [ada.user.id, ...ids]);

  const found = await page("search=zoe&limit=3");
  assertEquals(found.members.map(({ user }) => user.name), ["Zoë 7", "Zoë 107", "Zoë 207"]);
  assertEquals([found.count, found.next], [451, "u_207"]);
  const rest = await page("search=ZOË&limit=3&after=u_207");
  assertEquals(rest.members.map(({ user }) => user.name), ["Zoë 307", "Zoë 407"]);
  assertEquals(rest.next, undefined);

  await ada.must("DELETE", `/api/rooms/${room}/members/u_207`);
  const path = `/api/rooms/${room}/members`;
  const gone = await ada.ask("GET", `${path}?after=u_207`);
  assertEquals([gone.status, gone.body.error?.code], [400, "bad_cursor"]);
  for (const limit of ["0", "1001", "all"]) {
    assertEquals((await ada.ask("GET", `${path}?limit=${limit}`)).status, 400);
  }
});
