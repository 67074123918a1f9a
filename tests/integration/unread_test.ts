/** What is unread, and what somebody keeps of their rooms: the same on all devices, live and for long. */

import { assertEquals, assertGreater } from "@std/assert";
import type { ListedRoom } from "../../server/protocol.ts";
import { Person } from "../support/api.ts";
import { serveInProcess } from "../support/in_process.ts";
import { connect } from "../support/client.ts";
import { startServer } from "../support/server.ts";

/** How a room stands on somebody's list. */
async function mine(person: Person, room: string): Promise<ListedRoom | undefined> {
  const { rooms } = await person.must<{ rooms: ListedRoom[] }>("GET", "/api/me/rooms");
  return rooms.find((one) => one.room === room);
}

async function say(person: Person, room: string, ...messages: string[]): Promise<void> {
  for (const message of messages) {
    await person.must("POST", `/api/rooms/${room}/messages`, { message });
  }
}

Deno.test("a read position moves live on every device of that person, and on no one else's", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  const room = await ada.createPrivate("Board");
  await ada.setRole(room, ben, "member");
  await say(ada, room, "one", "two", "three");
  assertEquals((await mine(ben, room))?.unread, 3);
  assertEquals((await mine(ada, room))?.unread, 0, "one's own messages are read");

  await using phone = await ben.connect();
  await using desk = await ben.connect();
  await using other = await ada.connect();
  phone.send({ type: "read", room, upTo: 4 });
  for (const device of [phone, desk]) {
    assertEquals(await device.nextOf("read"), {
      type: "read",
      room,
      upTo: 4,
      unread: 1,
      mentions: 0,
    });
  }
  const answer = await ben.must("POST", `/api/rooms/${room}/read`, { upTo: 5 });
  assertEquals(answer, { room, upTo: 5, unread: 0, mentions: 0 });
  for (const device of [phone, desk]) assertEquals((await device.nextOf("read")).upTo, 5);
  other.send({ type: "read", room, upTo: 1 });
  await other.nextOf("read");
  assertEquals(other.received.filter(({ type }) => type === "read").length, 1);
});

Deno.test("a room in which nobody has spoken is on the list of all devices, until it is taken off", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  await using phone = await ada.connect();
  await ada.must("PATCH", "/api/rooms/garden/mine", { listed: true });
  const { room, kind, cursor } = await phone.nextOf("listed");
  const { rooms: [listed] } = await ada.must<{ rooms: ListedRoom[] }>("GET", "/api/me/rooms");
  assertEquals(listed, { room, kind, cursor, timestamp: 0, read: 0, unread: 0, mentions: 0 });
  assertEquals([room, kind, cursor.endsWith(":0")], ["garden", "public", true]);
  await using desk = await connect(server.url, { token: ada.token });
  assertEquals((await desk.nextOf("welcome")).rooms, [listed!]);

  const ben = await Person.signIn(server.url, "Ben");
  assertEquals(await mine(ben, "garden"), undefined);
  await say(ben, "garden", "Anybody here?");
  assertEquals((await mine(ada, "garden"))?.unread, 1);
  await ada.must("PATCH", "/api/rooms/garden/mine", { listed: false });
  assertEquals(await mine(ada, "garden"), undefined);
});

Deno.test("nobody gets a private room onto their list by asking for one that is not there", async () => {
  await using server = await serveInProcess();
  const eve = await Person.signIn(server.url, "Eve");
  const room = `~${"a".repeat(22)}`;
  const { status, body } = await eve.ask("PATCH", `/api/rooms/${room}/mine`, { listed: true });
  assertEquals([status, body.error?.code], [404, "not_found"]);
  assertEquals(await eve.must("GET", "/api/me/rooms"), { rooms: [] });
});

Deno.test("a read position never goes back, except to mark as unread", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  const room = await ada.createPrivate("Board");
  await ada.setRole(room, ben, "member");
  await say(ada, room, "one", "two", "three");
  await using socket = await ben.connect();
  const read = async (upTo: number, unread?: true) => {
    socket.send({ type: "read", room, upTo, ...(unread && { unread }) });
    const event = await socket.nextOf("read");
    return [event.upTo, event.unread];
  };
  assertEquals(await read(5), [5, 0]);
  assertEquals(await read(3), [5, 0]);
  assertEquals(await read(3, true), [3, 2]);
  assertEquals(await read(1_000_000), [5, 0], "past the end is the end");
  for (const body of [{}, { upTo: "5" }, { upTo: 1.5 }, { upTo: 1, unread: "yes" }]) {
    assertEquals((await ben.ask("POST", `/api/rooms/${room}/read`, body)).status, 400);
  }
});

Deno.test("what is said while somebody enters a room, before it is on their list, is unread", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  for (const text of ["one", "two"]) await say(ada, "tea", text);
  const seen = { listed: true, read: 1 };
  const listed = await ben.must<ListedRoom>("PATCH", "/api/rooms/tea/mine", seen);
  assertEquals([listed.read, listed.unread], [1, 1]);
  for (const read of [-1, 1.5, "1"]) {
    const { status } = await ben.ask("PATCH", "/api/rooms/tea/mine", { listed: true, read });
    assertEquals(status, 400);
  }
});

Deno.test("a muted room stays muted, and a room is off the list and on it again", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  await say(ada, "tea", "one");
  await using device = await ben.connect();
  assertEquals(await mine(ben, "tea"), undefined);
  const listed = await ben.must<ListedRoom>("PATCH", "/api/rooms/tea/mine", { listed: true });
  assertEquals([listed.room, listed.unread], ["tea", 0], "what was there before is not news");
  assertEquals((await device.nextOf("listed")).room, "tea");

  const muted = await ben.must<ListedRoom>("PATCH", "/api/rooms/tea/mine", { muted: true });
  assertEquals(muted.muted, true);
  assertEquals((await device.nextOf("listed")).muted, true);
  await say(ada, "tea", "two");
  const still = await mine(ben, "tea");
  assertEquals([still?.muted, still?.unread], [true, 1]);

  await ben.must("PATCH", "/api/rooms/tea/mine", { listed: false });
  assertEquals(await device.nextOf("unlisted"), { type: "unlisted", room: "tea" });
  await say(ada, "tea", "three");
  assertEquals(await mine(ben, "tea"), undefined, "only conversations come back by themselves");
  await ben.must("PATCH", "/api/rooms/tea/mine", { listed: true, muted: false });
  const back = await mine(ben, "tea");
  assertEquals([back?.muted, back?.unread], [undefined, 2]);
});

Deno.test("an empty public room can be put on the list before anything is said in it", async () => {
  await using server = await serveInProcess();
  const ben = await Person.signIn(server.url, "Ben");
  const { room, cursor, unread } = await ben.must<ListedRoom>(
    "PATCH",
    "/api/rooms/new-room/mine",
    { listed: true },
  );
  assertEquals([room, cursor.split(":")[1], unread], ["new-room", "0", 0]);
  for (const body of [{}, { listed: "yes" }, { muted: 1 }]) {
    assertEquals((await ben.ask("PATCH", "/api/rooms/new-room/mine", body)).status, 400);
  }
});

Deno.test("after a restart of the server everything of one's own list is as it was", async () => {
  await using server = await startServer();
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  const room = await ada.createPrivate("Board");
  await ada.setRole(room, ben, "moderator");
  const conversation = await ada.must<ListedRoom>("POST", "/api/conversations", {
    people: [ben.user.id],
  });
  await say(ada, room, "one", "two", "three");
  await say(ada, conversation.room, "hello");
  await ben.must("POST", `/api/rooms/${room}/read`, { upTo: 4 });
  await ben.must("PATCH", `/api/rooms/${conversation.room}/mine`, { muted: true });
  const invite = await ada.must<{ token: string }>("POST", `/api/rooms/${room}/invites`);
  const before = await ben.must<{ rooms: ListedRoom[] }>("GET", "/api/me/rooms");
  await server.stop();
  await server.restart();

  assertEquals(await ben.must("GET", "/api/me/rooms"), before);
  assertEquals(before.rooms.map(({ role, unread, muted }) => [role, unread, muted]), [
    ["member", 1, true],
    ["moderator", 1, undefined],
  ]);
  const found = await ada.must<{ people: { name: string; seen: number }[] }>(
    "GET",
    "/api/people?search=ben",
  );
  assertEquals(found.people.map(({ name }) => name), ["Ben"]);
  assertGreater(found.people[0]!.seen, Date.now() - 60_000);
  const cem = await Person.signIn(server.url, "Cem");
  assertEquals((await cem.ask("POST", `/api/invites/${invite.token}`)).status, 200);
  assertEquals((await ben.must<ListedRoom>("GET", `/api/rooms/${room}`)).title, "Board");
});
