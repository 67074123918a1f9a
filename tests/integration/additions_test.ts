/** What others can do to somebody's list of rooms, and that it stays cheap and whole all the same. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { parseLimits } from "../../server/limit_table.ts";
import type { ListedRoom, User } from "../../server/protocol.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { ask, Person } from "../support/api.ts";
import { changedStore } from "../support/changed_store.ts";
import { connect } from "../support/client.ts";
import { conversation, memberAs, person, roomDraft } from "../support/drafts.ts";
import { EventSourceReader } from "../support/event_source.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";

/** Rooms and conversations into which somebody was put by others: half of each. Returns their ids. */
async function putInto(store: ReturnType<typeof createMemoryStore>, user: User, count: number) {
  const rooms: string[] = [];
  for (let index = 0; index < count; index++) {
    const room = `~${String(index).padStart(22, "x")}`;
    const other = person(`Mallory ${index}`);
    const members = [memberAs(other, "owner"), memberAs(user, "member")];
    await store.append(
      index % 2 === 0
        ? conversation(room, [other, user])
        : roomDraft({ title: `Room ${index}` }, { room, created: "private", members, user: other }),
    );
    rooms.push(room);
  }
  return rooms;
}

function idsOf(rooms: readonly ListedRoom[]): string[] {
  return rooms.map(({ room }) => room);
}

Deno.test("a thousand rooms that others put somebody into: the greeting stays short, and none is hidden", async () => {
  const inner = createMemoryStore();
  // Asked for each room by itself, a list of a thousand took half a second.
  const asked: string[] = [];
  const store = changedStore(inner, {
    room: (room) => (asked.push(room), inner.room(room)),
    members: (room) => (asked.push(room), inner.members(room)),
  });
  await using server = await serveInProcess({}, { store });
  const ada = await Person.signIn(server.url, "Ada");
  const rooms = await putInto(inner, ada.user, 1_000);

  await using client = await connect(server.url, { token: ada.token });
  const { rooms: greeted = [], moreRooms } = await client.nextOf("welcome");
  assertEquals([greeted.length, moreRooms], [100, true]);
  assertEquals(asked, [], "nothing was asked for each room");
  assertEquals(await ada.must("GET", "/api/me/rooms"), { rooms: greeted, more: true });

  const all: string[] = [];
  for (let after: string | undefined = ""; after !== undefined;) {
    const part: { rooms: ListedRoom[]; next?: string } = await ada.must(
      "GET",
      `/api/me/rooms?after=${after}`,
    );
    assert(part.rooms.length <= 100);
    all.push(...idsOf(part.rooms));
    after = part.next;
  }
  assertEquals(all, rooms.toSorted());

  await using stream = await EventSourceReader.open(server.url, "lobby", {
    query: `token=${ada.token}`,
  });
  const event = await stream.until(({ type }) => type === "welcome");
  assert(event?.type === "welcome");
  assertEquals([event.rooms?.length, event.moreRooms], [100, true]);
});

Deno.test("a list that the greeting brings whole says of no more, and a bad place in it is refused", async () => {
  const store = createMemoryStore();
  await using server = await serveInProcess({}, { store });
  const ada = await Person.signIn(server.url, "Ada");
  const rooms = await putInto(store, ada.user, 100);
  await using client = await connect(server.url, { token: ada.token });
  const welcome = await client.nextOf("welcome");
  assertEquals(idsOf(welcome.rooms!).toSorted(), rooms.toSorted());
  assertEquals(welcome.moreRooms, undefined);
  assertEquals((await ada.ask("GET", "/api/me/rooms?after=Some%20Room")).status, 400);
  assertEquals((await ask(server.url, "GET", "/api/me/rooms?after=")).status, 401);
});

function limited(...entries: string[]): Promise<InProcessServer> {
  return serveInProcess({ limits: parseLimits(["all=0", ...entries]) });
}

async function people(server: InProcessServer, ...names: string[]): Promise<Person[]> {
  return await Promise.all(names.map((name) => Person.signIn(server.url, name)));
}

Deno.test("putting the same person into one room after the other is refused past the limit, with a time", async () => {
  await using server = await limited("additions-per-hour=1");
  const [mallory, ada] = await people(server, "Mallory", "Ada") as [Person, Person];
  for (let count = 0; count < 3; count++) {
    await mallory.setRole(await mallory.createPrivate(`Room ${count}`), ada, "member");
  }
  const room = await mallory.createPrivate("One more");
  const path = `/api/rooms/${room}/members/${ada.user.id}`;
  const { status, body } = await mallory.ask<{ error: { limit: string; retryAfter: number } }>(
    "PUT",
    path,
    { role: "member" },
  );
  assertEquals([status, body.error.limit], [429, "additions-per-hour"]);
  assert(body.error.retryAfter > 3_500_000 && body.error.retryAfter <= 3_600_000);
  const { rooms } = await ada.must<{ rooms: ListedRoom[] }>("GET", "/api/me/rooms");
  assertEquals(rooms.length, 3);
});

Deno.test("beginning conversations with everybody is refused past the limit; those begun go on", async () => {
  await using server = await limited("additions-per-hour=1");
  const [mallory, ada, ben, cleo, dora] = await people(
    server,
    ...["Mallory", "Ada", "Ben", "Cleo", "Dora"],
  ) as [Person, Person, Person, Person, Person];
  const begin = (...others: Person[]) =>
    mallory.ask<{ room: string }>("POST", "/api/conversations", {
      people: others.map(({ user }) => user.id),
    });
  assertEquals((await begin(ada)).status, 201);
  assertEquals((await begin(ada, ben)).status, 201);
  const refused = await begin(cleo);
  assertEquals([refused.status, refused.body.error?.code], [429, "rate_limited"]);
  assertMatch(refused.body.error!.message, /too many people.+ seconds\.$/);
  // With whom one talks already, and with oneself, one goes on.
  assertEquals((await begin(ada)).status, 200);
  assertEquals((await begin()).status, 201);
  await mallory.must("POST", "/api/messages", { to: [ada.user.id], message: "hello" });
  await using socket = await mallory.connect();
  socket.send({ type: "chat", id: "1", to: [dora.user.id], message: "hello" });
  assertEquals((await socket.nextOf("error")).limit, "additions-per-hour");
  // Everybody has a limit of their own, and whoever comes or changes by themselves is not counted.
  await ada.must("POST", "/api/conversations", { people: [cleo.user.id] });
  const room = await mallory.createPrivate("Board");
  const invite = await mallory.must<{ token: string }>("POST", `/api/rooms/${room}/invites`, {
    role: "member",
  });
  await dora.must("POST", `/api/invites/${invite.token}`);
  await mallory.setRole(room, dora, "moderator");
});

Deno.test("many accounts behind one address add no more people than the address may", async () => {
  await using server = await limited("address-additions-per-hour=1");
  const [ada, ben, cleo, dora] = await people(server, "Ada", "Ben", "Cleo", "Dora") as [
    Person,
    Person,
    Person,
    Person,
  ];
  const begin = (by: Person) =>
    by.ask<{ error: { limit: string } }>("POST", "/api/conversations", { people: [ada.user.id] });
  assertEquals([(await begin(ben)).status, (await begin(cleo)).status], [201, 201]);
  const { status, body } = await begin(dora);
  assertEquals([status, body.error.limit], [429, "address-additions-per-hour"]);
});
