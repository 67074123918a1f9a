/** Links that let people into a room, and what ending one means. */

import { assert, assertEquals } from "@std/assert";
import type { ListedRoom, RoomRole } from "../../server/protocol.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { ask, Person } from "../support/api.ts";
import { changedStore } from "../support/changed_store.ts";
import { serveInProcess } from "../support/in_process.ts";

interface Made {
  token: string;
  url: string;
  role: RoomRole;
  expires?: number;
  by: { name: string };
  created: number;
}

/** Makes an invite and resolves to it. */
async function invite(by: Person, room: string, wanted: unknown = {}): Promise<Made> {
  return await by.must<Made>("POST", `/api/rooms/${room}/invites`, wanted);
}

Deno.test("whoever has the link sees what room it is, and comes in", async () => {
  await using server = await serveInProcess({ publicUrl: "https://chat.example" });
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  const room = await ada.createPrivate("Board");
  await ada.must("POST", `/api/rooms/${room}/messages`, { message: "secret" });
  const made = await invite(ada, room, { role: "reader", hours: 2 });
  assertEquals([made.url, made.role], [`https://chat.example/join/${made.token}`, "reader"]);
  assertEquals(made.expires! - made.created, 2 * 60 * 60_000);

  const path = `/api/invites/${made.token}`;
  const seen = await ask(server.url, "GET", path);
  assertEquals(seen.body, {
    room,
    kind: "private",
    title: "Board",
    members: 1,
    role: "reader",
    expires: made.expires,
  });
  assertEquals((await ask(server.url, "POST", path)).status, 401, "a guest without a session");
  const { room: entered, role, kind } = await ben.must<ListedRoom>("POST", path);
  assertEquals([entered, role, kind], [room, "reader", "private"]);
  await using socket = await ben.join(room);
  const joined = socket.received.find((event) => event.type === "joined");
  assertEquals(joined?.messages?.map(({ message }) => message), ["secret"]);
  const { rooms } = await ben.must<{ rooms: ListedRoom[] }>("GET", "/api/me/rooms");
  assertEquals(rooms.map((one) => one.room), [room]);
});

Deno.test("the page opens at an invite's address", async () => {
  await using server = await serveInProcess();
  const response = await fetch(new URL("/join/anything", server.url));
  assertEquals([response.status, response.headers.get("content-type")?.split(";")[0]], [
    200,
    "text/html",
  ]);
  await response.body?.cancel();
});

Deno.test("an invite changes nothing for whoever is in the room already", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  const room = await ada.createPrivate("Board");
  const reader = await invite(ada, room, { role: "reader" });
  const member = await invite(ada, room);
  const comeBy = async (person: Person, { token }: Made) =>
    (await person.must<ListedRoom>("POST", `/api/invites/${token}`)).role;
  assertEquals(await comeBy(ben, reader), "reader");
  assertEquals(await comeBy(ben, member), "reader");
  const { cursor } = await ben.must<ListedRoom>("POST", `/api/invites/${member.token}`);
  assertEquals(await comeBy(ada, reader), "owner");
  const page = await ada.must<{ cursor: string }>("GET", `/api/rooms/${room}/messages`);
  assertEquals(page.cursor, cursor, "none of this was an event");
});

Deno.test("letting oneself in again by the invite one came by, after being taken out", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  const room = await ada.createPrivate("Board");
  const { token } = await invite(ada, room);
  const path = `/api/invites/${token}`;
  await ben.must("POST", path);
  await ben.must("DELETE", `/api/rooms/${room}/members/me`);
  // Who has left by themselves may come back.
  await ben.must("POST", path);
  const member = `/api/rooms/${room}/members/${encodeURIComponent(ben.user.id)}`;
  await ada.must("DELETE", member);
  assertEquals((await ben.ask("POST", path)).status, 403);
  await ada.must("PUT", member, { role: "reader" });
  assertEquals((await ben.must<ListedRoom>("POST", path)).role, "reader");
});

Deno.test("only moderators and owners invite, and only owners invite moderators", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const room = await ada.createPrivate("Board");
  const path = `/api/rooms/${room}/invites`;
  const allowed: [RoomRole, number, number][] = [
    ["reader", 403, 403],
    ["member", 403, 403],
    ["moderator", 201, 403],
    ["owner", 201, 201],
  ];
  for (const [role, members, moderators] of allowed) {
    const person = await Person.signIn(server.url, `A ${role}`);
    await ada.setRole(room, person, role);
    const statuses = [
      (await person.ask("POST", path, { role: "member" })).status,
      (await person.ask("POST", path, { role: "moderator" })).status,
      (await person.ask("GET", path)).status,
    ];
    assertEquals(statuses, [members, moderators, members === 201 ? 200 : 403], role);
  }
  for (const wanted of [{ role: "owner" }, { role: 1 }, { hours: 0 }, { hours: 9_000 }, []]) {
    assertEquals((await ada.ask("POST", path, wanted)).status, 400, JSON.stringify(wanted));
  }
});

Deno.test("an invite that has expired is not found, is not listed, and lets nobody in", async () => {
  const store = createMemoryStore();
  await using server = await serveInProcess({}, { store });
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  const room = await ada.createPrivate("Board");
  await store.invites.create({
    token: "expired",
    room,
    role: "member",
    expires: Date.now() - 1,
    by: ada.user,
    created: Date.now() - 1_000,
  });
  for (const method of ["GET", "POST"]) {
    const { status, body } = await ben.ask(method, "/api/invites/expired");
    assertEquals([status, body.error?.code], [404, "not_found"]);
    assertEquals(body.error?.message, "This invite has expired. Ask for a new one.");
  }
  const { invites } = await ada.must<{ invites: Made[] }>("GET", `/api/rooms/${room}/invites`);
  assertEquals(invites, []);
  assertEquals((await ben.ask("GET", `/api/rooms/${room}`)).status, 404);
});

Deno.test("a revoked invite is as one that never was, and who came by it stays", async () => {
  await using server = await serveInProcess();
  const [ada, ben, cem] = await Promise.all(
    ["Ada", "Ben", "Cem"].map((name) => Person.signIn(server.url, name)),
  ) as [Person, Person, Person];
  const room = await ada.createPrivate("Board");
  const { token } = await invite(ada, room);
  await ben.must("POST", `/api/invites/${token}`);
  assertEquals((await ada.ask("DELETE", `/api/rooms/${room}/invites/${token}`)).status, 204);
  const revoked = await cem.ask("POST", `/api/invites/${token}`);
  const never = await cem.ask("POST", "/api/invites/never-was");
  assertEquals([revoked.status, revoked.body], [never.status, never.body]);
  assertEquals((await ben.ask("GET", `/api/rooms/${room}`)).status, 200);
  assertEquals((await ada.ask("DELETE", `/api/rooms/${room}/invites/${token}`)).status, 404);
  assertEquals(
    (await ada.ask("DELETE", `/api/rooms/${room}/invites/x?members=all`)).status,
    400,
  );
});

Deno.test("revoking an invite with its members cuts everybody who came by it, but not whom it was given more since", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const room = await ada.createPrivate("Board");
  const { token } = await invite(ada, room);
  const [guest, trusted] = await Promise.all(
    ["Guest of it", "Trusted"].map((name) => Person.signIn(server.url, name)),
  ) as [Person, Person];
  const otherwise = await Person.signIn(server.url, "Otherwise");
  await guest.must("POST", `/api/invites/${token}`);
  await trusted.must("POST", `/api/invites/${token}`);
  await ada.setRole(room, trusted, "moderator");
  await ada.setRole(room, otherwise, "member");
  await using socket = await guest.join(room);

  const path = `/api/rooms/${room}/invites/${token}?members=remove`;
  assertEquals((await ada.ask("DELETE", path)).status, 204);
  assertEquals(await socket.nextOf("unlisted"), { type: "unlisted", room, removed: true });
  socket.send({ type: "chat", id: "still", room, message: "still here?" });
  assertEquals((await socket.nextOf("error")).code, "not_found");
  assertEquals((await guest.ask("GET", `/api/rooms/${room}`)).status, 404);
  assertEquals((await trusted.ask("GET", `/api/rooms/${room}`)).status, 200);
  assertEquals((await otherwise.ask("GET", `/api/rooms/${room}`)).status, 200);
});

Deno.test("an invite ends only with the room that it is for", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const eve = await Person.signIn(server.url, "Eve");
  const board = await ada.createPrivate("Board");
  const own = await eve.createPrivate("Eve's");
  const { token } = await invite(ada, board);
  const foreign = await eve.ask("DELETE", `/api/rooms/${own}/invites/${token}?members=remove`);
  const never = await eve.ask("DELETE", `/api/rooms/${own}/invites/never-was`);
  assertEquals([foreign.status, foreign.body], [never.status, never.body]);
  assertEquals((await ask(server.url, "GET", `/api/invites/${token}`)).status, 200);
});

Deno.test("a room has no more invites than anybody can keep in view", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const room = await ada.createPrivate("Board");
  const tokens = new Set<string>();
  for (let count = 0; count < 100; count++) tokens.add((await invite(ada, room)).token);
  assertEquals(tokens.size, 100);
  const one = await ada.ask("POST", `/api/rooms/${room}/invites`);
  assertEquals([one.status, one.body.error?.code], [403, "forbidden"]);
  assert(one.body.error?.message.includes("100"));
  const [token] = tokens;
  await ada.must("DELETE", `/api/rooms/${room}/invites/${token}`);
  await invite(ada, room);
});

Deno.test("a moderator does not learn the invites that make moderators, and so hands none on", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const mod = await Person.signIn(server.url, "Mod");
  const room = await ada.createPrivate("Board");
  await ada.setRole(room, mod, "moderator");
  const makesModerators = await invite(ada, room, { role: "moderator" });
  const makesMembers = await invite(ada, room);
  const tokensFor = async (person: Person) => {
    const { invites } = await person.must<{ invites: Made[] }>("GET", `/api/rooms/${room}/invites`);
    return invites.map(({ token }) => token).toSorted();
  };
  assertEquals(await tokensFor(mod), [makesMembers.token]);
  assertEquals(await tokensFor(ada), [makesMembers.token, makesModerators.token].toSorted());
});

Deno.test("who is made a moderator while the guests of an invite are being removed is not removed", async () => {
  const inner = createMemoryStore();
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const store = changedStore(inner, {
    append: async (draft) => {
      if (draft.type === "member" && draft.role === null) {
        ask();
        await gate;
      }
      return await inner.append(draft);
    },
  });
  await using server = await serveInProcess({}, { store });
  const [ada, first, second] = await Promise.all(
    ["Ada", "First", "Second"].map((name) => Person.signIn(server.url, name)),
  ) as [Person, Person, Person];
  const room = await ada.createPrivate("Board");
  const { token } = await invite(ada, room);
  await first.must("POST", `/api/invites/${token}`);
  await second.must("POST", `/api/invites/${token}`);
  const revoking = ada.must("DELETE", `/api/rooms/${room}/invites/${token}?members=remove`);
  await asked;
  const promoting = ada.setRole(room, second, "moderator");
  // It has its turn either way: at once, or after the removal that is under way.
  await Promise.race([promoting, ada.must("GET", `/api/rooms/${room}`)]);
  open();
  await Promise.all([revoking, promoting]);
  assertEquals((await first.ask("GET", `/api/rooms/${room}`)).status, 404);
  const { status, body } = await second.ask("GET", `/api/rooms/${room}`);
  assertEquals([status, body.role], [200, "moderator"]);
});
