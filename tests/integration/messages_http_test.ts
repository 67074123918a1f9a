/** Working with messages over HTTP as a program does: addresses, statuses, keys and headers. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { type LogEvent, type Message, type User } from "../../server/protocol.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { connect } from "../support/client.ts";
import { draft, person, reaction } from "../support/drafts.ts";
import { history } from "../support/http.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";
import { done, people, type SignedIn, WAYS } from "../support/message_ways.ts";

interface Call {
  who?: SignedIn;
  body?: unknown;
  key?: string;
  headers?: Record<string, string>;
}

/** Makes a request; resolves to the status, the answer, and the headers. */
async function call(
  { url }: { url: string },
  request: string,
  { who, body, key, headers = {} }: Call = {},
): Promise<{ status: number; answer: LogEvent & { error: { code: string } }; headers: Headers }> {
  const [method, path] = request.split(" ") as [string, string];
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      ...who && { authorization: `Bearer ${who.token}` },
      ...key === undefined ? {} : { "idempotency-key": key },
      ...headers,
    },
    ...body === undefined ? {} : { body: JSON.stringify(body) },
  });
  const text = await response.text();
  const answer = text === "" ? undefined : JSON.parse(text);
  return { status: response.status, answer, headers: response.headers };
}

async function begin(): Promise<{ server: InProcessServer; ann: SignedIn }> {
  const server = await serveInProcess();
  const [ann] = await people(server.url, "Ann") as [SignedIn];
  await done(ann, { type: "chat", id: "one", room: "lobby", message: "one" });
  return { server, ann };
}

const MESSAGE = "/api/rooms/lobby/messages/1";
const REACTION = `${MESSAGE}/reactions/${encodeURIComponent("👍")}`;

Deno.test("each request is the same again with the same key, and another one without", async () => {
  const { server, ann } = await begin();
  await using _server = server;
  for (
    const [request, body] of [
      ["POST /api/rooms/lobby/messages", { message: "yes", replyTo: 1 }],
      [`PATCH ${MESSAGE}`, { message: "first" }],
      [`PUT ${REACTION}`, undefined],
      [`DELETE ${REACTION}`, undefined],
      [`PUT ${MESSAGE}/pin`, undefined],
      [`DELETE ${MESSAGE}/pin`, undefined],
    ] as const
  ) {
    const key = `key-${request.split(" ")[0]}-${request.length}`;
    const first = await call(server, request, { who: ann, body, key });
    assertEquals(first.status, request.startsWith("POST") ? 201 : 200, request);
    assertEquals([first.answer.id, first.answer.user], [key, ann.user]);
    const again = await call(server, request, { who: ann, body, key });
    assertEquals([again.status, again.answer], [200, first.answer]);
    const other = await call(server, request, { who: ann, body });
    assertEquals(other.answer.seq, first.answer.seq + 1);
  }
  // Beside the text, the key may stand in the body.
  const body = { message: "again", id: "in-the-body" };
  const edited = await call(server, `PATCH ${MESSAGE}`, { who: ann, body, key: "unused" });
  assertEquals(edited.answer.id, "in-the-body");
  const bad = await call(server, `PUT ${REACTION}`, { who: ann, key: "x".repeat(65) });
  assertEquals([bad.status, bad.answer.error.code], [400, "bad_id"]);
});

Deno.test("every emoji can be in an address: flags, families, keycaps, those without their selector", async () => {
  const { server, ann } = await begin();
  await using _server = server;
  const emoji = ["🏴󠁧󠁢󠁳󠁣󠁴󠁿", "👩‍👩‍👧‍👦", "#️⃣", "❤️", "🇪🇺"];
  for (const one of emoji) {
    const path = `${MESSAGE}/reactions/${encodeURIComponent(one)}`;
    assertEquals((await call(server, `PUT ${path}`, { who: ann })).status, 200, one);
  }
  await call(server, `PUT ${MESSAGE}/reactions/${encodeURIComponent("❤")}`, { who: ann });
  const [message] = (await history(server.url)).messages;
  assertEquals(message!.reactions?.map(({ emoji, count }) => [emoji, count]), [
    ...emoji.map((one) => [one, 1]),
  ]);
  for (const broken of ["%F0%9F", "%", "%00"]) {
    const { status } = await call(server, `PUT ${MESSAGE}/reactions/${broken}`, { who: ann });
    assertEquals(status, 400, broken);
  }
});

Deno.test("of many who react a page tells how many, and their address who, in their order", async () => {
  const store = createMemoryStore();
  const crowd = Array.from(
    { length: 60 },
    (_, index) => person(`p${index}`),
  );
  await store.append(draft());
  for (const user of crowd) await store.append(reaction(1, { user }));
  await using server = await serveInProcess({}, { store });
  const [message] = (await history(server.url)).messages;
  assertEquals(message!.reactions, [{ emoji: "👍", count: crowd.length }]);
  await store.append(reaction(1, { user: crowd[59]!, emoji: "🌱" }));
  const all = await call(server, `GET ${MESSAGE}/reactions`);
  assertEquals(all.answer as unknown, {
    room: "lobby",
    seq: 1,
    reactions: [
      { emoji: "👍", count: crowd.length, people: crowd.slice(0, 50) },
      { emoji: "🌱", count: 1, people: [crowd[59]] },
    ],
  });
  const { answer } = await call(server, `GET ${REACTION}`);
  assertEquals(answer as unknown, { room: "lobby", seq: 1, emoji: "👍", people: crowd });
  const none = `${MESSAGE}/reactions/${encodeURIComponent("🎉")}`;
  assertEquals((await call(server, `GET ${none}`)).answer as unknown, {
    room: "lobby",
    seq: 1,
    emoji: "🎉",
    people: [],
  });
  for (const address of [REACTION, `${MESSAGE}/reactions`]) {
    const missing = address.replace("/1/", "/2/");
    assertEquals((await call(server, `GET ${missing}`)).answer.error.code, "not_found");
  }
});

Deno.test("pins are listed as they stand, the last pinned first", async () => {
  const { server, ann } = await begin();
  await using _server = server;
  for (const message of ["two", "three"]) {
    await done(ann, { type: "chat", id: message, room: "lobby", message });
  }
  for (const seq of [3, 1, 2]) {
    await call(server, `PUT /api/rooms/lobby/messages/${seq}/pin`, { who: ann });
  }
  await call(server, "DELETE /api/rooms/lobby/messages/1/pin", { who: ann });
  await call(server, "PATCH /api/rooms/lobby/messages/3", { who: ann, body: { message: "3" } });
  const response = await fetch(`${server.url}/api/rooms/lobby/pins`);
  const { messages, cursor } = await response.json();
  assertEquals(messages.map(({ message }: Message) => message), ["two", "3"]);
  assertEquals(cursor, (await history(server.url)).cursor);
});

Deno.test("a message to people begins their conversation, in which everything is as in a room", async () => {
  const store = createMemoryStore();
  await using server = await serveInProcess({}, { store });
  const [ann, ben, cleo] = await people(server.url, "Ann", "Ben", "Cleo") as [
    SignedIn,
    SignedIn,
    SignedIn,
  ];
  await store.people.note([ann.user, ben.user, cleo.user], Date.now());
  const rooms = new Set<string>();
  for (const way of WAYS.values()) {
    const id = crypto.randomUUID();
    const command = { type: "chat" as const, id, to: [ben.user.id], message: "psst @ben" };
    const { event } = await way(ann, command);
    assertEquals(event!.type === "chat" && event!.mentions, [{ id: ben.user.id, name: "ben" }]);
    assertEquals((await way(ann, command)).event, event, "a retry is the same message");
    rooms.add(event!.room);
  }
  assertEquals(rooms.size, 1);
  const [room] = [...rooms] as [string];
  const back = await done(ben, { type: "chat", id: "back", to: [ann.user.id], message: "yes" });
  assertEquals(back.room, room);
  const change = {
    type: "react",
    id: "on",
    room,
    target: 2,
    emoji: "👍",
    on: true,
  } as const;
  await done(ben, change);
  for (const way of WAYS.values()) {
    assertEquals((await way(cleo, { ...change, id: "off" })).code, "not_found");
  }
});

Deno.test("a message to nobody, to strangers, or by a guest without a session is refused", async () => {
  const { server, ann } = await begin();
  await using _server = server;
  const to = async (body: unknown, who?: SignedIn) => {
    const { answer } = await call(server, "POST /api/messages", { ...who && { who }, body });
    return answer.error.code;
  };
  assertEquals(await to({ message: "hm" }, ann), "bad_command");
  assertEquals(await to({ message: "hm", to: [7] }, ann), "bad_command");
  assertEquals(await to({ message: "hm", to: ["u_nobody"] }, ann), "not_found");
  assertEquals(await to({ message: "hm", to: ["u_nobody"] }), "unauthorized");
});

Deno.test("other methods are told which ones there are", async () => {
  const { server, ann } = await begin();
  await using _server = server;
  for (
    const [request, allowed] of [
      [`GET ${MESSAGE}`, "PATCH, DELETE"],
      [`POST ${REACTION}`, "GET, PUT, DELETE"],
      [`PUT ${MESSAGE}/reactions`, "GET"],
      [`GET ${MESSAGE}/pin`, "PUT, DELETE"],
      ["POST /api/rooms/lobby/pins", "GET"],
      ["GET /api/messages", "POST"],
      ["PUT /api/rooms/lobby/messages", "GET, POST"],
    ] as const
  ) {
    const { status, headers } = await call(server, request, { who: ann });
    assertEquals([status, headers.get("allow")], [405, allowed], request);
  }
});

Deno.test("pages of permitted sites may use every method, those of others none", async () => {
  await using server = await serveInProcess({
    host: "0.0.0.0",
    publicUrl: "https://chat.example",
    allowOrigins: ["https://app.example"],
  });
  const ask = (request: string, origin: string, headers: Record<string, string> = {}) =>
    call(server, request, { headers: { origin, ...headers } });
  for (const method of ["PUT", "PATCH", "DELETE"]) {
    const wanted = { "access-control-request-method": method };
    const { headers } = await ask(`OPTIONS ${MESSAGE}`, "https://app.example", wanted);
    assertEquals(headers.get("access-control-allow-origin"), "https://app.example");
    assert(headers.get("access-control-allow-methods")!.split(",").includes(method));
    const { status } = await ask(`${method} ${MESSAGE}/pin`, "https://evil.example");
    assertEquals(status, 403, method);
  }
});

Deno.test("attack: however many react under long names, the page of a join stays small and whole", async () => {
  const store = createMemoryStore();
  const crowd: User[] = Array.from({ length: 30 }, (_, index) => ({
    id: `h_${index}`.padEnd(200, "x"),
    name: `p${index}`.padEnd(60, "y"),
  }));
  const emoji = Array.from({ length: 8 }, (_, index) => String.fromCodePoint(0x1f600 + index));
  for (let seq = 1; seq <= 50; seq++) await store.append(draft());
  for (let target = 1; target <= 50; target++) {
    for (const one of emoji) {
      for (const user of crowd) await store.append(reaction(target, { user, emoji: one }));
    }
  }
  await using server = await serveInProcess({}, { store });
  await using client = await connect(server.url);
  client.send({ type: "join", room: "lobby" });
  const { messages, older } = await client.nextOf("joined");
  assertLess(JSON.stringify(messages).length, 30_000);
  assertEquals([messages!.length, older], [50, false]);
});

Deno.test("attack: long messages make the page of a join shorter, not huge", async () => {
  const store = createMemoryStore();
  for (let seq = 1; seq <= 50; seq++) await store.append(draft({ message: "x".repeat(16_000) }));
  await using server = await serveInProcess({}, { store });
  await using client = await connect(server.url);
  client.send({ type: "join", room: "lobby" });
  const { messages, older } = await client.nextOf("joined");
  assertLess(JSON.stringify(messages).length, 800_000);
  assertEquals([messages!.at(-1)!.seq, older], [50, true]);
  // What is missing comes by asking for what is older.
  const { cursor } = await history(server.url, "lobby", "limit=1");
  const before = `${cursor.split(":")[0]}:${messages![0]!.seq}`;
  const page = await history(server.url, "lobby", `limit=1&before=${before}`);
  assertEquals(page.messages.map(({ seq }) => seq), [messages![0]!.seq - 1]);
});
