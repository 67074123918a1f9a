/** Who is speaking: names, sessions and tokens, against those who would be somebody else. */

import { assert, assertEquals, assertLess, assertMatch, assertRejects } from "@std/assert";
import { decodeJwt, SignJWT } from "jose";
import { parseLimits } from "../../server/limit_table.ts";
import { CLOSE, mayReconnect, type User } from "../../server/protocol.ts";
import { connect, connectPlain, signIn } from "../support/client.ts";
import { within } from "../support/deadline.ts";
import { EventSourceReader } from "../support/event_source.ts";
import { type ApiError, history, post } from "../support/http.ts";
import {
  at,
  HOST_SECRET,
  hostToken,
  KeyServer,
  type TokenOptions,
  unsignedToken,
} from "../support/host_application.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { runToEnd, startServer } from "../support/server.ts";
import { temporaryFolder } from "../support/temporary.ts";

const NO_RULES = { secret: undefined, keysUrl: undefined, audience: undefined, issuer: undefined };
const HOST_RULES = { ...NO_RULES, secret: HOST_SECRET };

/** The answer of `/api/session` to whoever brings a token. */
async function session(
  { url }: { url: string },
  { token, method = "GET", name }: { token?: string; method?: string; name?: string } = {},
): Promise<{ status: number; user: User | null; token?: string; error: ApiError }> {
  const response = await fetch(new URL("/api/session", url), {
    method,
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(name === undefined ? {} : { body: JSON.stringify({ name }) }),
  });
  const text = await response.text();
  return { status: response.status, ...(text ? JSON.parse(text) : {}) };
}

/** A socket with this token is refused before it is one, with the status 401, and so is all of HTTP. */
async function assertKeptOut(server: InProcessServer, token: string): Promise<void> {
  for (const path of [`/ws?token=${token}`, `/ws?token=${token}&room=lobby&name=Ada`]) {
    await assertRejects(() => RawSocket.open(server.port, { path }), Error, "HTTP/1.1 401");
  }
  const headers = { authorization: `Bearer ${token}` };
  for (const path of ["session", "rooms", "rooms/lobby/messages", "events?rooms=lobby"]) {
    const response = await fetch(new URL(`/api/${path}`, server.url), { headers });
    const { error } = await response.json();
    assertEquals([path, response.status, error.code], [path, 401, "unauthorized"]);
  }
  assertEquals((await post(server.url, { message: "hello", token })).status, 401);
  // A plain page cannot see a status, but a close code.
  await using plain = await connectPlain(new URL(`/?token=${token}`, server.url));
  assertEquals((await plain.closed).code, CLOSE.unauthorized.code);
  assertEquals(plain.received, []);
}

// ---------------------------------------------------------------------------------------------
// Names

Deno.test("taking another's name in other letters is refused, and a free one is named", async () => {
  await using server = await serveInProcess();
  await signIn(server.url, "Ada");
  for (const name of ["Ada", "ADA", " a d a ", "Аda", "𝒜da"]) {
    const { status, error } = await session(server, { method: "POST", name });
    assertEquals([name, status, error.code], [name, 409, "name_taken"]);
    const { suggestion } = error as ApiError & { suggestion: string };
    assert(error.message.includes(suggestion));
    assertEquals(suggestion.at(-1), "2");
  }
  const { user } = await signIn(server.url, "Ada 2");
  assertEquals(user.name, "Ada 2");
});

Deno.test("a guest without a session cannot speak under the name of somebody who has one", async () => {
  await using server = await serveInProcess();
  await signIn(server.url, "Ada");
  await using witness = await connect(server.url);
  witness.send({ type: "join", room: "lobby" });
  await witness.nextOf("joined");

  await assertRejects(
    () => RawSocket.open(server.port, { path: "/ws?name=ADA" }),
    Error,
    "HTTP/1.1 409",
  );
  await using plain = await connectPlain(new URL("/?name=Аda", server.url));
  const closed = await plain.closed;
  assertEquals(closed.code, CLOSE.refused.code);
  assertMatch(closed.reason, /taken.+is free/);

  const response = await fetch(new URL("/api/rooms/lobby/messages?name=ada", server.url), {
    method: "POST",
    body: JSON.stringify({ message: "it is me" }),
  });
  assertEquals([response.status, (await response.json()).error.code], [409, "name_taken"]);
  assertEquals(witness.received.filter(({ type }) => type === "chat"), []);
});

Deno.test("a JSON frame that says it is somebody who is signed in is shown as the guest's", async () => {
  await using server = await serveInProcess();
  await signIn(server.url, "Ada");
  await using witness = await connect(server.url);
  witness.send({ type: "join", room: "lobby" });
  await witness.nextOf("joined");
  await using guest = await connectPlain(new URL("/chat?name=Eve", server.url));
  for (const user of ["Ada", "Mallory", "ÀDA".normalize("NFD").replace("\u0300", ""), "Ada"]) {
    guest.send(JSON.stringify({ type: "chat", user, message: user }));
  }
  guest.send("the end");
  const shown: string[] = [];
  for (let count = 0; count < 5; count++) {
    const { user, message } = await witness.nextOf("chat");
    assertEquals(user.unverified, true);
    shown.push(`${message}: ${user.name}`);
  }
  assertEquals(shown, ["Ada: Eve", "Mallory: Mallory", "ADA: Eve", "Ada: Eve", "the end: Eve"]);
});

Deno.test("whoever changes the name keeps the id, and every connection goes on under the new name", async () => {
  await using server = await serveInProcess();
  const { token, user } = await signIn(server.url, "Ada");
  await using client = await connect(server.url, { token });
  await client.nextOf("welcome");

  const renamed = await session(server, { method: "POST", name: "Grace", token });
  assertEquals(renamed.user, { id: user.id, name: "Grace" });
  const { code } = await client.closed;
  assertEquals(code, CLOSE.renamed.code);
  assert(mayReconnect(code));
  // Tokens of before are of the same session, which has another name now.
  await using again = await connect(server.url, { token });
  assertEquals((await again.nextOf("welcome")).user, { id: user.id, name: "Grace" });
  const other = await signIn(server.url, "Ada");
  assert(other.user.id !== user.id);
  const taken = await session(server, { method: "POST", name: "Ada", token });
  assertEquals(taken.error.code, "name_taken");
  assertEquals((await session(server, { token })).user?.name, "Grace");
});

Deno.test("signing out ends every connection and token of the session, and frees the name", async () => {
  await using server = await serveInProcess();
  const { token, user } = await signIn(server.url, "Ada");
  await using client = await connect(server.url, { token });
  await using plain = await connectPlain(new URL(`/?token=${token}`, server.url));
  await using stream = await EventSourceReader.open(server.url, "lobby", {
    query: `token=${token}`,
  });
  await client.nextOf("welcome");
  await stream.until(({ type }) => type === "joined");

  assertEquals((await session(server, { token, method: "DELETE" })).status, 204);
  for (const { code } of [await client.closed, await plain.closed]) {
    assertEquals(code, CLOSE.signedOut.code);
    assert(!mayReconnect(code));
  }
  assertEquals(await stream.until(() => false), undefined);
  await assertKeptOut(server, token);
  const next = await signIn(server.url, "Ada");
  assert(next.user.id !== user.id);
});

Deno.test("a long-poll that waits when its person signs out ends at once, without the room's news", async () => {
  await using server = await serveInProcess();
  const { token } = await signIn(server.url, "Ada");
  const { cursor } = await history(server.url);
  const waiting = fetch(
    new URL(`/api/rooms/lobby/events?after=${cursor}&wait=50`, server.url),
    { headers: { authorization: `Bearer ${token}` } },
  );
  // The request is there once others that came later were answered.
  for (let later = 0; later < 3; later++) await session(server, { token });
  const started = performance.now();
  await session(server, { token, method: "DELETE" });
  await post(server.url, { message: "among us" });
  const response = await waiting;
  const { error, events } = await response.json();
  assertEquals([response.status, error.code, events], [401, "unauthorized", undefined]);
  assertLess(performance.now() - started, 10_000);
});

Deno.test("sockets that are on their way in when their person signs out do not live on", async () => {
  await using server = await serveInProcess();
  const { token } = await signIn(server.url, "Ada");
  const opening = Array.from(
    { length: 40 },
    () => RawSocket.open(server.port, { path: `/ws?token=${token}` }).catch(() => undefined),
  );
  // Some are in, some are not.
  await opening[5];
  await session(server, { token, method: "DELETE" });
  for (const socket of await Promise.all(opening)) {
    using known = socket;
    if (known) assertEquals((await known.closed())?.code, CLOSE.signedOut.code);
  }
});

/** Says something as our own page does, with the cookie of a session. */
async function sayWithCookie({ url, port }: InProcessServer, token: string) {
  return await fetch(new URL("/api/rooms/lobby/messages", url), {
    method: "POST",
    headers: { origin: url, cookie: `parlor_${port}=${token}` },
    body: '{"message":"hello"}',
  });
}

Deno.test("a message with the cookie of a session that has ended does not become a guest's", async () => {
  await using server = await serveInProcess();
  const { token, user } = await signIn(server.url, "Ada");
  const before = await sayWithCookie(server, token);
  assertEquals([before.status, (await before.json()).user], [201, user]);

  await session(server, { token, method: "DELETE" });
  const after = await sayWithCookie(server, token);
  const { error } = await after.json();
  assertEquals([after.status, error.code], [401, "unauthorized"]);
  assertMatch(error.message, /Sign in again/);
  // The browser forgets it, so that the next message is knowingly a guest's.
  assertMatch(after.headers.get("set-cookie") ?? "", /^parlor_\d+=;.*Max-Age=0/);
  assertEquals((await history(server.url)).messages.map(({ user }) => user), [user]);

  const headers = { cookie: `parlor_${server.port}=${token}` };
  const read = await fetch(new URL("/api/rooms/lobby/messages", server.url), { headers });
  assertEquals([read.status, (await read.json()).messages.length], [200, 1]);
});

Deno.test("a session and its name survive a restart", async () => {
  using folder = temporaryFolder();
  let token = "";
  for (const isFirst of [true, false]) {
    await using server = await serveInProcess({ data: folder.path });
    if (isFirst) token = (await signIn(server.url, "Ada")).token;
    assertEquals((await session(server, { token })).user?.name, "Ada");
    const taken = await session(server, { method: "POST", name: "ada" });
    assertEquals(taken.error.code, "name_taken");
  }
});

Deno.test("PARLOR_SECRET signs sessions for every server that has it", async () => {
  using folder = temporaryFolder();
  const secret = "a secret of forty characters or so, more";
  let token = "";
  for (const isFirst of [true, false]) {
    await using server = await serveInProcess({ data: folder.path, secret });
    if (isFirst) token = (await signIn(server.url, "Ada")).token;
    assertEquals((await session(server, { token })).user?.name, "Ada");
  }
  await using other = await serveInProcess({ data: folder.path, secret: secret.toUpperCase() });
  assertEquals((await session(other, { token })).status, 401);
  assert([...Deno.readDirSync(folder.path)].every(({ name }) => name !== "secret"));
});

// ---------------------------------------------------------------------------------------------
// Tokens of a host application

Deno.test("a user of the host application is in, over every transport, under the name of the token", async () => {
  await using server = await serveInProcess({ tokens: HOST_RULES });
  const token = await hostToken();
  const ada = { id: "h_ada", name: "Ada" };
  assertEquals((await session(server, { token })).user, ada);
  await using client = await connect(server.url, { token });
  assertEquals((await client.nextOf("welcome")).user, ada);
  client.send({ type: "join", room: "lobby" });
  await client.nextOf("joined");
  await using plain = await connectPlain(new URL(`/chat?token=${token}`, server.url));
  plain.send(JSON.stringify({ type: "chat", user: "Mallory", message: "one" }));
  assertEquals((await client.nextOf("chat")).user, ada);
  const { status } = await post(server.url, { message: "two", token });
  assertEquals(status, 201);
  assertEquals((await client.nextOf("chat")).user, ada);
  await using stream = await EventSourceReader.open(server.url, "lobby", {
    query: `token=${token}`,
  });
  const welcome = await stream.until(({ type }) => type === "welcome");
  assert(welcome?.type === "welcome");
  assertEquals(welcome.user, ada);
});

Deno.test("a token signed by somebody else, or by nobody, is refused before the upgrade", async (test) => {
  await using server = await serveInProcess({
    tokens: { ...HOST_RULES, audience: "parlor", issuer: "the host" },
  });
  const good = { aud: "parlor", iss: "the host" };
  const whole = await hostToken(good);
  const [head, body, signature] = whole.split(".") as [string, string, string];
  const otherBody = (await hostToken({ ...good, sub: "root" })).split(".")[1]!;
  const hostile: Record<string, string> = {
    "no algorithm": unsignedToken(good),
    "no algorithm, but a signature": unsignedToken(good) + signature,
    "another key": await hostToken(good, { secret: "another secret, long enough to be one" }),
    "another algorithm of the same kind": await hostToken(good, { algorithm: "HS512" }),
    "the body of another token": [head, otherBody, signature].join("."),
    "a signature that was cut": whole.slice(0, -4),
    "no signature": `${head}.${body}.`,
    "another audience": await hostToken({ ...good, aud: "bank" }),
    "no audience": await hostToken({ iss: "the host" }),
    "another issuer": await hostToken({ ...good, iss: "somebody" }),
    "a time that is over": await hostToken({ ...good, exp: at(-60_000) }),
    "a time that has not come": await hostToken({ ...good, nbf: at(3_600_000) }),
    "no user": await hostToken({ ...good, sub: undefined }),
    "a user id that breaks lines": await hostToken({ ...good, sub: "ada\n" }),
    "a name of controls": await hostToken({ ...good, name: "\u0000" }),
    "rooms that are no list": await hostToken({ ...good, rooms: "lobby" }),
    "rooms that are no rooms": await hostToken({ ...good, rooms: ["*-team"] }),
    "an unknown role": await hostToken({ ...good, role: "__proto__" }),
    "nothing like a token": "a.b.c",
    "a name for a token": "Ada",
  };
  assertEquals((await session(server, { token: whole })).user?.id, "h_ada");
  for (const [what, token] of Object.entries(hostile)) {
    await test.step(what, () => assertKeptOut(server, token));
  }
  assert(server.log.every((line) => !line.includes(whole) && !line.includes(HOST_SECRET)));
});

Deno.test("a host's token is no session, and a session's token is nobody's at the host, even with one secret for both", async () => {
  await using server = await serveInProcess({ secret: HOST_SECRET, tokens: HOST_RULES });
  const { token, user } = await signIn(server.url, "Grace");
  // As the host could sign it to become that guest.
  const swapped = await new SignJWT({ name: "Grace" })
    .setProtectedHeader({ alg: "HS256", typ: "parlor-session+jwt" })
    .setSubject(user.id).setExpirationTime("1h")
    .sign(new TextEncoder().encode(HOST_SECRET));
  await assertKeptOut(server, swapped);
  const named = await session(server, { token: await hostToken({ sub: user.id }) });
  assertEquals(named.user?.id, `h_${user.id}`);
  assertEquals((await session(server, { token })).user, user);
  const retyped = token.split(".");
  retyped[0] = (await hostToken()).split(".")[0]!;
  await assertKeptOut(server, retyped.join("."));
});

Deno.test("a guest cannot take the name of the application's user", async () => {
  await using server = await serveInProcess({ tokens: HOST_RULES });
  const token = await hostToken();
  await session(server, { token });
  assertEquals(
    (await session(server, { method: "POST", name: "АDА" })).error.code,
    "name_taken",
  );
  // The application answers for its own: two of one name are two of its users.
  const { user } = await session(server, { token: await hostToken({ sub: "another-ada" }) });
  assertEquals(user, { id: "h_another-ada", name: "Ada" });
  // And it gives the names, so they are not changed here.
  const renamed = await session(server, { method: "POST", name: "Grace", token });
  assertEquals([renamed.status, renamed.error.code], [403, "forbidden"]);
});

Deno.test("tokens signed with published keys are good, and unknown keys are not asked for again and again", async () => {
  await using keys = new KeyServer();
  const signers: TokenOptions[] = [];
  for (const algorithm of ["RS256", "ES256", "EdDSA"]) {
    signers.push(await keys.publish(algorithm, algorithm));
  }
  await using server = await serveInProcess({
    tokens: { ...NO_RULES, keysUrl: keys.url, audience: "parlor" },
  });
  for (const signer of signers) {
    const token = await hostToken({ aud: "parlor" }, signer);
    assertEquals((await session(server, { token })).user?.id, "h_ada", signer.algorithm);
  }
  assertEquals(keys.fetched, 1);
  // The public key as if it was a shared secret, and the server's own secret, open nothing.
  await assertKeptOut(server, await hostToken({ aud: "parlor" }, { kid: "RS256" }));
  await assertKeptOut(server, unsignedToken({ aud: "parlor" }));
  // Tokens of unknown keys do not make the server fetch again and again.
  await using elsewhere = new KeyServer();
  const stranger = await elsewhere.publish("ES256", "unknown");
  for (let count = 0; count < 5; count++) {
    assertEquals(
      (await session(server, { token: await hostToken({ aud: "parlor" }, stranger) })).status,
      401,
    );
  }
  assertEquals(keys.fetched, 1);
});

Deno.test("where the keys cannot be fetched, the log says so once, and nobody is told that the token is wrong", async () => {
  await using keys = new KeyServer();
  const signer = await keys.publish("ES256", "one");
  await keys.stop();
  await using server = await serveInProcess({ tokens: { ...NO_RULES, keysUrl: keys.url } });
  const token = await hostToken({}, signer);
  for (let count = 0; count < 3; count++) {
    const { status, error } = await session(server, { token });
    assertEquals([status, error.code], [503, "unavailable"]);
    assertMatch(error.message, /try again/);
    assert(error.retryAfter! > 0);
  }
  const about = () => server.log.filter((line) => line.includes("cannot be fetched"));
  assertEquals(about().length, 1);
  assertMatch(about()[0]!, /--jwks-url/);

  keys.start();
  const comeBack = async () => {
    while (true) {
      const { status, user } = await session(server, { token });
      if (status !== 503) return user;
    }
  };
  const user = await within(comeBack(), () => "The keys are there again, but not fetched");
  assertEquals(user?.id, "h_ada");
  assertEquals(about().length, 1);
  assert(server.log.some((line) => line.includes("can be fetched again")));
});

// ---------------------------------------------------------------------------------------------
// Tokens that expire while connected

Deno.test("a token that expires ends the connection, after a warning", async () => {
  await using server = await serveInProcess({ tokens: HOST_RULES });
  const exp = Math.ceil(at(2_000));
  const token = await hostToken({ exp });
  await using client = await connect(server.url, { token });
  await using plain = await connectPlain(new URL(`/?token=${token}`, server.url));
  await using stream = await EventSourceReader.open(server.url, "lobby", {
    query: `token=${token}`,
  });
  const poll = fetch(
    new URL(
      `/api/rooms/lobby/events?wait=50&after=${await headOf(server)}&token=${token}`,
      server.url,
    ),
  );
  assertEquals((await client.nextOf("expiring")).expires, exp * 1_000);
  assert(Date.now() < exp * 1_000);
  for (const { code } of [await client.closed, await plain.closed]) {
    assertEquals(code, CLOSE.expired.code);
    assert(!mayReconnect(code));
  }
  assert(Date.now() >= exp * 1_000);
  const last = await stream.until(({ type }) => type === "error");
  assert(last?.type === "error" && last.code === "unauthorized");
  assert(stream.received.some(({ type }) => type === "expiring"));
  assertEquals(await stream.next(), undefined);
  assertEquals((await (await poll).json()).events, []);
});

/** The cursor of the lobby. */
async function headOf({ url }: InProcessServer): Promise<string> {
  return (await (await fetch(new URL("/api/rooms/lobby/messages", url))).json()).cursor;
}

Deno.test("a newer token on the same socket keeps the rooms, and the connection beyond the old one's end", async () => {
  await using server = await serveInProcess({ tokens: HOST_RULES });
  const exp = Math.ceil(at(1_000));
  await using client = await connect(server.url, { token: await hostToken({ exp }) });
  client.send({ type: "join", room: "lobby" });
  await client.nextOf("joined");
  await client.nextOf("expiring");
  const later = Math.ceil(at(600_000));
  client.send({ type: "token", token: await hostToken({ exp: later, name: "Ada L." }) });
  const renewed = await client.nextOf("renewed");
  assertEquals(renewed.user, { id: "h_ada", name: "Ada L." });
  assertEquals(renewed.expires, later * 1_000);
  while (Date.now() < exp * 1_000 + 50) {
    // Said by others until the old token is over for certain.
    await post(server.url, { message: "still here?" });
    await client.nextOf("chat");
  }
  client.send({ type: "chat", id: "one", room: "lobby", message: "yes" });
  assertEquals((await client.nextOf("chat", ({ id }) => id === "one")).user.name, "Ada L.");
});

Deno.test("another's token, or a bad one, renews nothing", async () => {
  await using server = await serveInProcess({ tokens: HOST_RULES });
  await using client = await connect(server.url, { token: await hostToken() });
  const { token: guests } = await signIn(server.url, "Grace");
  const tokens: [string, string][] = [
    [await hostToken({ sub: "root" }), "forbidden"],
    [guests, "forbidden"],
    [unsignedToken(), "unauthorized"],
    [await hostToken({ exp: at(-60_000) }), "unauthorized"],
    ["", "unauthorized"],
  ];
  for (const [token, code] of tokens) {
    client.send({ type: "token", token });
    assertEquals((await client.nextOf("error")).code, code);
  }
  client.send({ type: "chat", id: "one", room: "lobby", message: "hello" });
  assertEquals((await client.nextOf("chat")).user.id, "h_ada");
});

// ---------------------------------------------------------------------------------------------
// Brute force

Deno.test("trying out tokens comes to an end, and whoever has a good one still gets in", async () => {
  await using server = await serveInProcess({
    tokens: HOST_RULES,
    limits: parseLimits(["sign-ins-per-minute=2"]),
  });
  const statuses: number[] = [];
  for (let count = 0; count < 10; count++) {
    const token = await hostToken({}, { secret: `the secret may be number ${count} of many more` });
    statuses.push((await session(server, { token })).status);
  }
  assertEquals(statuses, [...Array(6).fill(401), ...Array(4).fill(429)]);
  assertEquals((await session(server, { token: await hostToken() })).status, 200);
});

// ---------------------------------------------------------------------------------------------
// parlor token

Deno.test("parlor token prints a token that the server of the data folder takes", async () => {
  await using server = await startServer();
  const made = await runToEnd(
    ["token", "--name", "Ada Lovelace", "--room", "lobby", "--expires", "1h"],
    { PARLOR_DATA: server.data },
  );
  assertEquals([made.code, made.stderr], [0, ""]);
  const token = made.stdout.trim();
  const claims = decodeJwt(token);
  assertEquals([claims.sub, claims.name, claims.rooms], ["ada-lovelace", "Ada Lovelace", [
    "lobby",
  ]]);
  assertEquals(claims.exp! - claims.iat!, 3_600);
  assertEquals((await session(server, { token })).user?.name, "Ada Lovelace");
  assertEquals((await post(server.url, { message: "hello", token })).status, 201);
  assertEquals((await post(server.url, { message: "hello", token, room: "board" })).status, 403);
});

Deno.test("parlor token says what is missing", async (test) => {
  using folder = temporaryFolder();
  const data = ["--data", folder.path];
  const keys = ["--jwks-url", "https://host.example/keys"];
  const cases: [string, string[], number, RegExp][] = [
    ["a name", data, 2, /--name/],
    ["a secret", ["--name", "ada", ...data], 1, /Start the server there once.+PARLOR_JWT_SECRET/],
    ["a secret of memory", ["--name", "ada", "--data", ":memory:"], 1, /no secret/],
    ["the private key", ["--name", "ada", ...data, ...keys], 1, /--jwks-url/],
    ["a room that can be", ["--name", "ada", "--room", "Big Room", ...data], 2, /“Big Room”/],
    ["a role that is one", ["--name", "ada", "--role", "king", ...data], 2, /“king”/],
    ["a time", ["--name", "ada", "--expires", "soon", ...data], 2, /“soon”/],
    ["an id", ["--name", "Žofie", ...data], 2, /--sub/],
    ["a longer secret", ["--name", "ada", "--jwt-secret", "short", ...data], 2, /32 characters/],
  ];
  for (const [what, args, code, sentence] of cases) {
    await test.step(what, async () => {
      const ended = await runToEnd(["token", ...args]);
      assertEquals([ended.code, ended.stdout], [code, ""]);
      assertMatch(ended.stderr, sentence);
      assert(!ended.stderr.includes("short"));
    });
  }
  assertEquals([...Deno.readDirSync(folder.path)], []);
});
