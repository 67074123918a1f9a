/** Conversations between people: begun by a message, the same for all, and waiting for who is away. */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { ListedRoom } from "../../server/protocol.ts";
import { ask, Person } from "../support/api.ts";
import { hostToken } from "../support/host_application.ts";
import { HOST_SECRET } from "../support/host_application.ts";
import { serveInProcess } from "../support/in_process.ts";

async function people(url: string, ...names: string[]): Promise<Person[]> {
  return await Promise.all(names.map((name) => Person.signIn(url, name)));
}

/** Begins the conversation of somebody with others. */
async function begin(who: Person, ...others: Person[]): Promise<ListedRoom> {
  return await who.must<ListedRoom>("POST", "/api/conversations", {
    people: others.map(({ user }) => user.id),
  });
}

Deno.test("a private message to somebody offline waits for them: the welcome says so, a join brings it", async () => {
  await using server = await serveInProcess();
  const [ada, ben] = await people(server.url, "Ada", "Ben") as [Person, Person];
  await using sender = await ada.connect();
  sender.send({ type: "chat", id: "hello", to: [ben.user.id], message: "for when you are back" });
  const said = await sender.nextOf("chat");
  assertEquals([said.id, said.message], ["hello", "for when you are back"]);

  await using receiver = await ben.connect();
  const welcome = receiver.received.find((event) => event.type === "welcome");
  const [listed] = welcome?.rooms ?? [];
  assertEquals([listed?.room, listed?.kind, listed?.unread], [said.room, "direct", 1]);
  assertEquals(listed?.people?.map(({ name }) => name).toSorted(), ["Ada", "Ben"]);
  receiver.send({ type: "join", room: said.room });
  const joined = await receiver.nextOf("joined");
  assertEquals(joined.messages?.map(({ message }) => message), ["for when you are back"]);
});

Deno.test("a private message reaches every device of both, and nobody else", async () => {
  await using server = await serveInProcess();
  const [ada, ben, eve] = await people(server.url, "Ada", "Ben", "Eve") as [Person, Person, Person];
  await using phone = await ben.connect();
  await using desk = await ben.connect();
  await using own = await ada.connect();
  await using sender = await ada.connect();
  await using other = await eve.join("lobby");
  sender.send({ type: "chat", id: "hello", to: ben.user.id as unknown as string[], message: "hi" });
  const { room } = await sender.nextOf("chat");
  for (const device of [phone, desk, own]) {
    const listed = await device.nextOf("listed");
    assertEquals([listed.room, listed.kind], [room, "direct"]);
    device.send({ type: "join", room });
    assertEquals((await device.nextOf("joined")).messages?.map(({ message }) => message), ["hi"]);
  }
  sender.send({ type: "chat", id: "again", to: [ben.user.id], message: "still there?" });
  for (const device of [phone, desk, own]) {
    assertEquals((await device.nextOf("chat")).message, "still there?");
  }
  await ada.must("POST", "/api/rooms/lobby/messages", { message: "over" });
  await other.nextOf("chat");
  assert(!JSON.stringify(other.received).includes(room));
});

Deno.test("the same people have the same conversation, from whichever side and in whatever order", async () => {
  await using server = await serveInProcess();
  const [ada, ben, cem] = await people(server.url, "Ada", "Ben", "Cem") as [Person, Person, Person];
  const ofTwo = await begin(ada, ben);
  assertEquals((await begin(ben, ada)).room, ofTwo.room);
  assertEquals((await begin(ada, ben, ada, ben)).room, ofTwo.room);
  const ofThree = await begin(ada, ben, cem);
  assertEquals((await begin(cem, ben, ada)).room, ofThree.room);
  const ofOne = await begin(ada);
  assertEquals((await begin(ada, ada)).room, ofOne.room);
  assertEquals(new Set([ofOne, ofTwo, ofThree].map(({ room }) => room)).size, 3);
  assertEquals(ofOne.people?.map(({ name }) => name), ["Ada"]);
  assertNotEquals((await begin(ben)).room, ofOne.room);
});

Deno.test("two people who write to each other at the same moment are in one conversation", async () => {
  await using server = await serveInProcess();
  const [ada, ben] = await people(server.url, "Ada", "Ben") as [Person, Person];
  await using one = await ada.connect();
  await using other = await ben.connect();
  for (let count = 0; count < 10; count++) {
    one.send({ type: "chat", id: `a-${count}`, to: [ben.user.id], message: `a ${count}` });
    other.send({ type: "chat", id: `b-${count}`, to: [ada.user.id], message: `b ${count}` });
  }
  const rooms = new Set<string>();
  for (let count = 0; count < 10; count++) {
    rooms.add((await one.nextOf("chat", ({ id }) => id === `a-${count}`)).room);
    rooms.add((await other.nextOf("chat", ({ id }) => id === `b-${count}`)).room);
  }
  assertEquals(rooms.size, 1);
  const [room] = rooms;
  const { messages } = await ada.must<{ messages: { id: string }[] }>(
    "GET",
    `/api/rooms/${room}/messages`,
  );
  const ids = messages.map(({ id }) => id);
  assertEquals(ids.length, 20);
  for (const side of ["a", "b"]) {
    assertEquals(
      ids.filter((id) => id.startsWith(side)),
      Array.from({ length: 10 }, (_, count) => `${side}-${count}`),
    );
  }
});

Deno.test("the retry of a private message is the same message", async () => {
  await using server = await serveInProcess();
  const [ada, ben] = await people(server.url, "Ada", "Ben") as [Person, Person];
  await using first = await ada.connect();
  await using second = await ada.connect();
  const seqs = [];
  for (const device of [first, second, first]) {
    device.send({ type: "chat", id: "once", to: [ben.user.id], message: "hi" });
    const { seq, room } = await device.nextOf("chat");
    seqs.push(`${room} ${seq}`);
  }
  assertEquals(new Set(seqs).size, 1);
});

Deno.test("a conversation taken off the list is back with the next message", async () => {
  await using server = await serveInProcess();
  const [ada, ben] = await people(server.url, "Ada", "Ben") as [Person, Person];
  const { room } = await begin(ada, ben);
  await using device = await ben.connect();
  await ben.must("PATCH", `/api/rooms/${room}/mine`, { listed: false });
  assertEquals(await device.nextOf("unlisted"), { type: "unlisted", room });
  const mine = () => ben.must<{ rooms: ListedRoom[] }>("GET", "/api/me/rooms");
  assertEquals((await mine()).rooms, []);
  await ada.must("POST", `/api/rooms/${room}/messages`, { message: "are you there?" });
  const listed = await device.nextOf("listed");
  assertEquals([listed.room, listed.unread], [room, 1]);
  assertEquals((await mine()).rooms.map((one) => one.room), [room]);
});

Deno.test("the people of a conversation stay the same, and it has no settings", async () => {
  await using server = await serveInProcess();
  const [ada, ben, cem] = await people(server.url, "Ada", "Ben", "Cem") as [Person, Person, Person];
  const { room } = await begin(ada, ben);
  for (
    const [method, path, body] of [
      ["PUT", `members/${cem.user.id}`, { role: "member" }],
      ["PUT", `members/${ben.user.id}`, { role: "reader" }],
      ["PUT", "members/me", { role: "reader" }],
      ["DELETE", `members/${ben.user.id}`, undefined],
      ["DELETE", "members/me", undefined],
      ["POST", "invites", {}],
    ] as const
  ) {
    const { status } = await ada.ask(method, `/api/rooms/${room}/${path}`, body);
    assertEquals(status, 403, `${method} ${path}`);
  }
  const renamed = await ada.ask("PATCH", `/api/rooms/${room}`, { title: "Us" });
  assertEquals(renamed.status, 403);
});

Deno.test("a conversation with nobody known, with too many, or by a guest is refused", async () => {
  await using server = await serveInProcess();
  const [ada] = await people(server.url, "Ada") as [Person];
  const ask2 = (people: unknown) => ada.ask("POST", "/api/conversations", { people });
  assertEquals((await ask2(["u_nobody"])).status, 404);
  for (
    const wrong of [
      "u_nobody",
      [1],
      undefined,
      Array.from({ length: 11 }, (_, n) => `u_${n}`),
    ]
  ) {
    assertEquals((await ask2(wrong)).status, 400, String(wrong));
  }
  const many = await people(server.url, ...Array.from({ length: 10 }, (_, n) => `Person ${n}`));
  const ids = many.map(({ user }) => user.id);
  assertEquals((await ask2(ids)).body.error?.code, "bad_command", "ten and oneself are eleven");
  assertEquals((await ask2(ids.slice(1))).status, 201);
  const guest = await ask(server.url, "POST", "/api/conversations", { people: ids.slice(1, 2) });
  assertEquals([guest.status, guest.body.error?.code], [401, "unauthorized"]);
});

Deno.test("whoever may speak in some rooms only begins no conversation, but answers in one", async () => {
  const tokens = {
    secret: HOST_SECRET,
    keysUrl: undefined,
    audience: undefined,
    issuer: undefined,
  };
  await using server = await serveInProcess({ tokens });
  const ada = await Person.signIn(server.url, "Ada");
  const token = await hostToken({ sub: "pupil", name: "Pupil", rooms: ["class-1"] });
  const session = await ask<{ user: { id: string; name: string } }>(
    server.url,
    "GET",
    "/api/session",
    undefined,
    { authorization: `Bearer ${token}` },
  );
  const pupil = Person.of(server.url, token, session.body.user);
  for (
    const [method, path, body] of [
      ["POST", "/api/conversations", { people: [ada.user.id] }],
      ["POST", "/api/rooms", { room: "class-1" }],
      ["GET", "/api/people?search=a", undefined],
      ["GET", `/api/people?ids=${ada.user.id}`, undefined],
    ] as const
  ) {
    const answer = await pupil.ask(method, path, body);
    assertEquals([answer.status, answer.body.error?.code], [403, "forbidden"], path);
  }
  await using socket = await pupil.connect();
  socket.send({ type: "watch", people: [ada.user.id] });
  assertEquals((await socket.nextOf("error")).code, "forbidden");
  socket.send({ type: "chat", id: "1", to: [ada.user.id], message: "hello" });
  assertEquals((await socket.nextOf("error")).code, "forbidden");

  const { room } = await begin(ada, pupil);
  assertEquals((await socket.nextOf("listed")).room, room);
  socket.send({ type: "chat", id: "2", room, message: "thank you" });
  assertEquals((await socket.nextOf("chat")).message, "thank you");
});
