/** Too much of everything: what stops it, what it is told, and that others do not notice. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { connect as netConnect, type Socket } from "node:net";
import { parseLimits } from "../../server/limit_table.ts";
import { parseProxies } from "../../server/network.ts";
import { CLOSE, type Command, mayReconnect, type ServerEvent } from "../../server/protocol.ts";
import { connect, connectPlain, signIn } from "../support/client.ts";
import { within } from "../support/deadline.ts";
import { EventSourceReader } from "../support/event_source.ts";
import { post } from "../support/http.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";
import { RawSocket, upgradeRequest } from "../support/raw_socket.ts";
import { startServer } from "../support/server.ts";

function limited(...entries: string[]): Promise<InProcessServer> {
  return serveInProcess({ limits: parseLimits(["all=0", ...entries]) });
}

Deno.test("who floods a room is stopped and told for how long, and others talk on", async () => {
  await using server = await limited("messages-per-second=2");
  await using mallory = await connect(server.url, {
    token: (await signIn(server.url, "Mallory")).token,
  });
  await using ada = await connect(server.url, { token: (await signIn(server.url, "Ada")).token });
  ada.send({ type: "join", room: "lobby" });
  await ada.nextOf("joined");
  for (let count = 0; count < 100; count++) {
    mallory.send({ type: "chat", id: `m-${count}`, room: "lobby", message: "flood" });
  }
  const { code, limit, retryAfter, message, id } = await mallory.nextOf("error");
  assertEquals([code, limit, id], ["rate_limited", "messages-per-second", "m-20"]);
  assert(retryAfter! > 0 && retryAfter! <= 500, String(retryAfter));
  assertMatch(message, /too fast.+1 second/);
  ada.send({ type: "chat", id: "a-1", room: "lobby", message: "calm" });
  await ada.nextOf("chat", (event) => event.message === "calm");
  assert(ada.received.filter((event) => event.type === "chat").length <= 25);
  // The connection lives, and after the wait the same message is taken.
  await new Promise((resolve) => setTimeout(resolve, retryAfter));
  mallory.send({ type: "chat", id: "m-20", room: "lobby", message: "flood" });
  await mallory.nextOf("chat", (event) => event.id === "m-20");
});

Deno.test("a second connection of the same person shares the limit, and so does HTTP", async () => {
  await using server = await limited("messages-per-second=1");
  const { token } = await signIn(server.url, "Mallory");
  await using client = await connect(server.url, { token });
  await using plain = await connectPlain(new URL(`/?token=${token}`, server.url));
  for (let count = 0; count < 5; count++) {
    client.send({ type: "chat", id: `m-${count}`, room: "lobby", message: "flood" });
    await client.nextOf("chat", ({ id }) => id === `m-${count}`);
    assertEquals((await post(server.url, { message: "flood", token })).status, 201);
  }
  const response = await fetch(new URL("/api/rooms/lobby/messages", server.url), {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ message: "flood" }),
  });
  const { error } = await response.json();
  assertEquals([response.status, error.code, error.limit], [
    429,
    "rate_limited",
    "messages-per-second",
  ]);
  assertEquals(response.headers.get("retry-after"), "1");
  plain.send("flood");
  const { code, reason } = await plain.closed;
  assertEquals(code, CLOSE.rateLimited.code);
  assert(mayReconnect(code));
  assertMatch(reason, /too fast/);
});

function isTooMany(event: ServerEvent): boolean {
  return event.type === "error" && event.limit === "refusals-per-second";
}

Deno.test("who goes on in spite of refusals is cut, and others from there go on", async () => {
  await using server = await limited("refusals-per-second=1", "messages-per-second=1");
  await using ada = await connect(server.url);
  ada.send({ type: "join", room: "lobby" });
  await ada.nextOf("joined");
  const nonsense = ["{", '{"type":"dance"}', '{"type":"join","room":"?"}', '{"type":"chat"}'];
  await using mallory = await connect(server.url);
  await mallory.nextOf("welcome");
  // One at a time: who does not wait for answers may see no more of the end than a broken connection.
  for (let count = 0; !mallory.received.some(isTooMany); count++) {
    mallory.sendRaw(nonsense[count % nonsense.length]!);
    await mallory.nextOf("error");
  }
  const { code, reason } = await mallory.closed;
  assertEquals([code, reason], [CLOSE.rateLimited.code, CLOSE.rateLimited.reason]);
  const refusals = mallory.received.filter((event) => event.type === "error");
  const last = refusals.pop()!;
  // Ten at once, and perhaps one more for every second that it took.
  assert(refusals.length >= 10 && refusals.length < 20, `${refusals.length}`);
  assert(refusals.every(({ code }) => code !== "rate_limited"));
  assertEquals([last.code, last.limit], ["rate_limited", "refusals-per-second"]);
  assert(last.retryAfter! > 0);

  ada.send({ type: "chat", id: "a-1", room: "lobby", message: "calm" });
  assertEquals((await ada.nextOf("chat")).message, "calm");
});

/** Connects from an address of this machine and sends the bytes. */
function socketFrom(port: number, localAddress: string, bytes: string): Socket {
  const socket = netConnect({ port, host: "127.0.0.1", localAddress });
  // How it ends is not what is looked at.
  socket.on("error", () => {});
  socket.write(bytes);
  return socket;
}

/** The first line that the server answers. Of what comes after it nothing is read. */
async function firstLine(socket: Socket): Promise<string> {
  const answer = new Promise<string>((resolve) =>
    socket.once("data", (bytes: Uint8Array) => {
      socket.pause();
      resolve(new TextDecoder().decode(bytes));
    })
  );
  const text = await within(answer, () => "The server did not answer");
  return text.split("\r\n")[0]!;
}

Deno.test("handshakes under way, and sockets that never read, take the places of their own address only", async () => {
  const PLACES = 10;
  await using server = await serveInProcess({
    // An address of IPv4, as only that network has two of this machine.
    host: "127.0.0.1",
    limits: parseLimits(["all=0", `connections-per-address=${PLACES}`]),
  });
  const whole = upgradeRequest(server.port);
  const half = whole.slice(0, -10);
  using stack = new DisposableStack();
  const attack = (bytes: string) => {
    const socket = socketFrom(server.port, "127.0.0.1", bytes);
    stack.defer(() => socket.destroy());
    return socket;
  };
  for (let count = 0; count < 5 * PLACES; count++) attack(half);
  // None of these has opened yet when the last of them comes.
  const answers = await Promise.all(
    Array.from({ length: 3 * PLACES }, () => firstLine(attack(whole))),
  );
  const count = (line: string) => answers.filter((answer) => answer === line).length;
  assertEquals(count("HTTP/1.1 101 Switching Protocols"), PLACES);
  assertEquals(count("HTTP/1.1 429 Too Many Requests"), 2 * PLACES);

  const other = socketFrom(server.port, "127.0.0.2", whole);
  stack.defer(() => other.destroy());
  assertEquals(await firstLine(other), "HTTP/1.1 101 Switching Protocols");
});

const SIGNALS: [string, Command][] = [
  ["read positions", { type: "read", room: "lobby", upTo: 0 }],
  ["lists of whom one watches", { type: "watch", people: ["u_ada"] }],
  ["moments of being away", { type: "away", away: true }],
];

for (const [name, command] of SIGNALS) {
  Deno.test(`who floods the server with ${name} is told for how long to wait, on all connections`, async () => {
    await using server = await limited("signals-per-second=1");
    const { token } = await signIn(server.url, "Mallory");
    await using client = await connect(server.url, { token });
    await using second = await connect(server.url, { token });
    for (let count = 0; count < 11; count++) client.send(command);
    const { code, limit, retryAfter } = await client.nextOf("error");
    assertEquals([code, limit], ["rate_limited", "signals-per-second"]);
    assert(retryAfter! > 0 && retryAfter! <= 1_000, String(retryAfter));
    second.send({ type: "read", room: "lobby", upTo: 0 });
    assertEquals((await second.nextOf("error")).limit, "signals-per-second");
    for (
      const [method, path, body] of [
        ["GET", "/api/people?ids=u_ada", undefined],
        ["GET", "/api/me/rooms", undefined],
        ["GET", "/api/me/rooms?after=", undefined],
        ["PATCH", "/api/rooms/lobby/mine", { muted: true }],
        ["POST", "/api/rooms/lobby/read", { upTo: 0 }],
      ] as const
    ) {
      const response = await fetch(new URL(path, server.url), {
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(body && { body: JSON.stringify(body) }),
      });
      assertEquals((await response.json()).error.limit, "signals-per-second", path);
      assertEquals(response.headers.get("retry-after"), "1");
    }
    client.send({ type: "chat", id: "calm", room: "lobby", message: "still talking" });
    await client.nextOf("chat");
  });
}

Deno.test("searches that find nothing, without end, are refused by person and by address, and HTTP says until when", async () => {
  await using server = await limited("searches-per-second=1", "address-searches-per-second=3");
  const tokenOf = async (name: string) => (await signIn(server.url, name)).token;
  const [mallory, ada] = [await tokenOf("Mallory"), await tokenOf("Ada")];
  const search = async (path: string, token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(new URL(path, server.url), { headers });
    const { error } = await response.json();
    return [response.status, error?.limit, response.headers.get("retry-after")];
  };
  const good = [200, undefined, null];
  for (let count = 0; count < 5; count++) {
    assertEquals(await search("/api/rooms?filter=nothing", mallory), good);
    assertEquals(await search("/api/people?search=nobody", mallory), good);
  }
  const byPerson = [429, "searches-per-second", "1"];
  assertEquals(await search("/api/rooms?filter=nothing", mallory), byPerson);
  assertEquals(await search("/api/people?search=nobody", mallory), byPerson);
  assertEquals(await search("/api/rooms/lobby/members?search=nobody", mallory), byPerson);
  // Others go on, until all from there together are too many; who is not signed in counts there.
  assertEquals(await search("/api/people?search=a", ada), good);
  for (let count = 0; count < 4; count++) {
    assertEquals(await search("/api/rooms?filter=nothing"), good);
  }
  assertEquals(await search("/api/rooms"), [429, "address-searches-per-second", "1"]);
  assertEquals((await post(server.url, { message: "still talking", token: ada })).status, 201);
});

Deno.test("frames of which nothing is kept are counted too", async () => {
  await using server = await limited("messages-per-second=1");
  await using witness = await connectPlain(new URL("/", server.url));
  await using mallory = await connectPlain(new URL("/", server.url));
  for (let count = 0; count < 50; count++) mallory.send("");
  // Whoever goes on sending may see no more than a broken connection; the log says why it ended.
  await mallory.closed;
  const { code } = CLOSE.rateLimited;
  await server.logged((lines) => lines.some((line) => line.includes(`code=${code}`)));
  assert(witness.received.length <= 11, String(witness.received.length));
});

Deno.test("posts of guests who are new each time are limited by where they come from", async () => {
  await using server = await limited("messages-per-second=1", "address-messages-per-second=2");
  const statuses: number[] = [];
  for (let count = 0; count < 25; count++) {
    statuses.push((await post(server.url, { message: `flood ${count}` })).status);
  }
  assertEquals(statuses.slice(0, 20), Array(20).fill(201));
  assert(statuses.slice(20).includes(429));
});

Deno.test("typing and entering rooms without end is refused, and the connection lives", async () => {
  await using server = await limited("typing-per-second=1", "joins-per-second=1");
  await using client = await connect(server.url);
  for (let count = 0; count < 5; count++) client.send({ type: "typing", room: "lobby" });
  assertEquals((await client.nextOf("error")).limit, "typing-per-second");
  for (let count = 0; count < 21; count++) client.send({ type: "join", room: `room-${count}` });
  const refused = await client.nextOf("error");
  assertEquals([refused.limit, refused.room], ["joins-per-second", "room-20"]);
  client.send({ type: "chat", id: "one", room: "room-0", message: "hello" });
  await client.nextOf("chat");
});

Deno.test("rooms are limited by connection and by person", async () => {
  await using server = await limited("rooms-per-connection=3", "rooms-per-person=5");
  const { token } = await signIn(server.url, "Ada");
  await using one = await connect(server.url, { token });
  await using two = await connect(server.url, { token });
  for (const room of ["a", "b", "c", "d"]) one.send({ type: "join", room });
  const tooMany = await one.nextOf("error");
  assertEquals([tooMany.code, tooMany.room], ["too_many_rooms", "d"]);
  for (const room of ["a", "b", "c"]) two.send({ type: "join", room });
  const { limit, room } = await two.nextOf("error");
  assertEquals([limit, room], ["rooms-per-person", "c"]);
  await one.close();
  // What a connection was in is free when it has gone; the end is told to the server by then.
  const entered = async () => {
    for (let count = 0;; count++) {
      two.send({ type: "join", room: "c" });
      const answer = await two.next(({ type }) => type === "joined" || type === "error");
      if (answer.type === "joined") return;
    }
  };
  await within(entered(), () => "The place did not become free");
});

Deno.test("connections from one address, and of one person, come to an end before the upgrade", async () => {
  await using server = await limited("connections-per-address=4", "connections-per-person=2");
  const { token } = await signIn(server.url, "Ada");
  const first = await connect(server.url, { token });
  await using _second = await EventSourceReader.open(server.url, "lobby", {
    query: `token=${token}`,
  });
  await assertRejects(
    () => RawSocket.open(server.port, { path: `/ws?token=${token}` }),
    Error,
    "HTTP/1.1 429",
  );
  const stream = await fetch(new URL(`/api/events?rooms=lobby&token=${token}`, server.url));
  assertEquals((await stream.json()).error.limit, "connections-per-person");
  assertEquals(stream.headers.get("retry-after"), "10");

  await using _third = await connectPlain(new URL("/", server.url));
  await using _fourth = await connectPlain(new URL("/echo", server.url));
  for (const path of ["/ws", "/", "/echo", "/?room=No%20Room"]) {
    const protocol = path === "/ws" ? "parlor.v1" : null;
    await assertRejects(
      () => RawSocket.open(server.port, { path, protocol }),
      Error,
      "HTTP/1.1 429",
    );
  }
  const poll = await fetch(new URL("/api/rooms/lobby/events?wait=1", server.url));
  assertEquals((await poll.json()).error.limit, "connections-per-address");
  // One that goes makes room for one.
  await first.close();
  await server.logged((lines) => lines.some((line) => line.includes("disconnected")));
  await using again = await connect(server.url, { token });
  await again.nextOf("welcome");
});

Deno.test("signing in again and again is refused with a time to come back", async () => {
  await using server = await limited("sign-ins-per-minute=1");
  for (const name of ["Ada", "Grace", "Alan"]) await signIn(server.url, name);
  const response = await fetch(new URL("/api/session", server.url), {
    method: "POST",
    body: JSON.stringify({ name: "Barbara" }),
  });
  assertEquals([response.status, response.headers.get("retry-after")], [429, "60"]);
  assertEquals((await response.json()).error.limit, "sign-ins-per-minute");
});

Deno.test("requests without end are refused, sockets among them", async () => {
  await using server = await limited("requests-per-second=1");
  const statuses: number[] = [];
  for (let count = 0; count < 12; count++) {
    const response = await fetch(new URL("/api/rooms", server.url));
    await response.body?.cancel();
    statuses.push(response.status);
  }
  assertEquals(statuses.slice(0, 10), Array(10).fill(200));
  assertEquals(statuses[10], 429);
  await assertRejects(() => RawSocket.open(server.port), Error, "HTTP/1.1 429");
  // Whoever watches the server is not among those who overload it.
  const health = await fetch(new URL("/healthz", server.url));
  assertEquals(health.status, 200);
  await health.body?.cancel();
});

Deno.test("an X-Forwarded-For that somebody made up opens nothing, that of a trusted proxy counts", async () => {
  const limits = parseLimits(["all=0", "address-messages-per-second=1"]);
  const send = async (server: InProcessServer, address: string) =>
    (await post(server.url, { message: "hello", headers: { "x-forwarded-for": address } })).status;

  await using direct = await serveInProcess({ limits });
  const statuses: number[] = [];
  for (let count = 0; count < 12; count++) statuses.push(await send(direct, `192.0.2.${count}`));
  assert(statuses.slice(10).includes(429));

  await using proxied = await serveInProcess({
    limits,
    proxies: parseProxies(["127.0.0.0/8", "::1"]),
  });
  for (let count = 0; count < 12; count++) {
    assertEquals(await send(proxied, `192.0.2.${count}`), 201);
  }
  const same: number[] = [];
  for (let count = 0; count < 12; count++) {
    same.push(await send(proxied, `203.0.113.${count}, 198.51.100.7`));
  }
  assert(same.slice(10).includes(429));
});

Deno.test("sizes are set with the other limits, and the welcome tells them", async () => {
  await using server = await limited("message-bytes=10", "frame-bytes=200");
  await using client = await connect(server.url);
  const { limits } = await client.nextOf("welcome");
  assertEquals([limits.messageBytes, limits.frameBytes], [10, 200]);
  client.send({ type: "chat", id: "one", room: "lobby", message: "eleven chars" });
  assertEquals((await client.nextOf("error")).code, "message_too_long");
  assertEquals((await post(server.url, { message: "x".repeat(200) })).status, 413);
  client.sendRaw("x".repeat(201));
  assertEquals((await client.closed).code, CLOSE.tooLong.code);
});

Deno.test("limits are set with a flag and in the environment, and the flag wins", async () => {
  await using server = await startServer({
    env: { PARLOR_LIMITS: "messages-per-second=1, message-bytes=5" },
  });
  assertEquals((await post(server.url, { message: "six..." })).status, 413);
  await using flagged = await startServer({
    env: { PARLOR_LIMITS: "message-bytes=5" },
    args: ["--limit", "message-bytes=6", "--limit", "typing-per-second=0"],
  });
  assertEquals((await post(flagged.url, { message: "six..." })).status, 201);
});

Deno.test("a request of more commands than may wait is refused, and does not hang", async () => {
  await using server = await limited("commands-waiting=5");
  const frame = Array.from({ length: 10 }, () => ({ type: "leave", room: "lobby" }));
  const response = await within(
    fetch(new URL("/api/commands", server.url), { method: "POST", body: JSON.stringify(frame) }),
    () => "There was no answer.",
  );
  const events = await response.json();
  assertEquals(events.map(({ code }: { code?: string }) => code), ["too_many_commands"]);
});
