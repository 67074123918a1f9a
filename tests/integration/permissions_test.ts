/** Getting into rooms where one does not belong, by every way in. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { type ChatEvent, CLOSE, type ErrorCode, type ServerEvent } from "../../server/protocol.ts";
import { connect, connectPlain, signIn } from "../support/client.ts";
import { EventSourceReader } from "../support/event_source.ts";
import { post } from "../support/http.ts";
import { HOST_SECRET, hostToken } from "../support/host_application.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";
import { RawSocket } from "../support/raw_socket.ts";

const TOKENS = {
  secret: HOST_SECRET,
  keysUrl: undefined,
  audience: undefined,
  issuer: undefined,
};

/** A server on which something was said in each of the rooms, and the token of who said it. */
async function serveWith(
  rooms: readonly string[],
  mode: "open" | "token" = "open",
): Promise<InProcessServer & { insider: string }> {
  const server = await serveInProcess({ tokens: TOKENS, mode });
  const insider = await hostToken({ sub: "insider", name: "Insider", rooms });
  for (const room of rooms) {
    assertEquals(
      (await post(server.url, { room, message: `of ${room}`, token: insider })).status,
      201,
    );
  }
  return Object.assign(server, { insider });
}

/** Asks for an address with a token; the status, and the code of the refusal. */
async function ask(
  server: InProcessServer,
  path: string,
  token?: string,
): Promise<[number, ErrorCode | undefined]> {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const response = await fetch(new URL(path, server.url), { headers });
  const text = await response.text();
  assert(!text.includes("of team-b") && !text.includes("of ~board"), text);
  return [response.status, response.ok ? undefined : JSON.parse(text).error.code];
}

for (
  const [room, status, code] of [["team-b", 403, "forbidden"], [
    "~board",
    404,
    "not_found",
  ]] as const
) {
  Deno.test(`reading, entering and writing ${room} without being allowed to is refused as ${code}, by every way in`, async (test) => {
    await using server = await serveWith(["team-a", room]);
    const token = await hostToken({ rooms: ["team-a"] });

    for (
      const path of [
        `/api/rooms/${room}/messages`,
        `/api/rooms/${room}/people`,
        `/api/rooms/${room}/events`,
        `/api/rooms/${room}/events?wait=50`,
        `/api/events?rooms=${room}`,
        `/api/events?rooms=team-a,${room}`,
      ]
    ) {
      await test.step(path, async () => {
        assertEquals(await ask(server, path, token), [status, code]);
      });
    }
    await test.step("a post", async () => {
      const answer = await post(server.url, { room, message: "let me in", token });
      assertEquals([answer.status, answer.error.code], [status, code]);
    });
    await test.step("a plain socket", async () => {
      const address = new URL(`/?room=${room}&token=${token}`, server.url);
      await using plain = await connectPlain(address);
      plain.socket.send("let me in");
      assertEquals(
        (await plain.closed).code,
        code === "not_found" ? CLOSE.notFound.code : CLOSE.refused.code,
      );
      assertEquals(plain.received, []);
    });
    await test.step("a socket", async () => {
      await using client = await connect(server.url, { token });
      client.send({ type: "join", room });
      assertEquals((await client.nextOf("error")).code, code);
      client.send({ type: "join", room, since: `${server.url.slice(-3)}:0` });
      assertEquals((await client.nextOf("error")).code, code);
      client.send({ type: "chat", id: "one", room, message: "let me in" });
      assertEquals((await client.nextOf("error")).code, code);
      client.send({ type: "typing", room });
      assertEquals((await client.nextOf("error")).code, code);
      client.send({ type: "join", room: "team-a" });
      await client.nextOf("joined");
      assert(
        client.received.every((event) =>
          !("room" in event) || event.room !== room || event.type === "error"
        ),
      );
    });
    await test.step("nothing of it was kept", async () => {
      const headers = { authorization: `Bearer ${server.insider}` };
      const page = await fetch(new URL(`/api/rooms/${room}/messages`, server.url), { headers });
      const { messages } = await page.json();
      assertEquals(messages.map(({ message }: ChatEvent) => message), [`of ${room}`]);
    });
  });
}

Deno.test("a private room that one may not enter cannot be told from one that never was", async () => {
  await using server = await serveWith(["~board"]);
  const token = await hostToken();
  const bodies = await Promise.all(["~board", "~nothing"].map(async (room) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(new URL(`/api/rooms/${room}/messages`, server.url), { headers });
    return [response.status, await response.text()];
  }));
  assertEquals(bodies[0], bodies[1]);
  assertEquals(bodies[0]![0], 404);
});

Deno.test("the list of rooms has only those that one may read", async () => {
  await using server = await serveWith(["team-a", "team-b", "lobby"]);
  const list = async (token?: string) => {
    const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
    const { rooms } = await (await fetch(new URL("/api/rooms", server.url), { headers })).json();
    return rooms.map(({ room }: { room: string }) => room).sort();
  };
  assertEquals(await list(await hostToken({ rooms: ["team-*"] })), ["team-a", "team-b"]);
  assertEquals(await list(await hostToken({ rooms: ["team-b", "~board"] })), ["team-b"]);
  assertEquals(await list(await hostToken({ rooms: [] })), []);
  assertEquals(await list(), ["lobby", "team-a", "team-b"]);
});

Deno.test("a reader reads live and says nothing, by every way to say something", async () => {
  await using server = await serveWith(["team-a"]);
  const token = await hostToken({ rooms: ["team-a"], role: "reader" });
  await using reader = await connect(server.url, { token });
  reader.send({ type: "join", room: "team-a" });
  assertEquals((await reader.nextOf("joined")).messages?.length, 1);
  reader.send({ type: "chat", id: "one", room: "team-a", message: "hello" });
  assertEquals((await reader.nextOf("error")).code, "forbidden");
  reader.send({ type: "typing", room: "team-a" });
  assertEquals((await reader.nextOf("error", ({ id }) => id === undefined)).code, "forbidden");
  const answer = await post(server.url, { room: "team-a", message: "hello", token });
  assertEquals([answer.status, answer.error.code], [403, "forbidden"]);
  for (const frame of ["hello", "", new Uint8Array([1]), new Uint8Array()]) {
    await using plain = await connectPlain(new URL(`/?room=team-a&token=${token}`, server.url));
    plain.send(frame);
    assertEquals((await plain.closed).code, CLOSE.refused.code);
  }
  await post(server.url, { room: "team-a", message: "news", token: server.insider });
  assertEquals((await reader.nextOf("chat")).message, "news");
});

Deno.test("nobody posts or types under another's name or id", async () => {
  await using server = await serveWith(["lobby"]);
  const token = await hostToken();
  await using witness = await connect(server.url);
  witness.send({ type: "join", room: "lobby" });
  await witness.nextOf("joined");
  await using mallory = await connect(server.url, { token });
  const user = { id: "h_insider", name: "Insider" };
  mallory.sendRaw(JSON.stringify({ type: "typing", room: "lobby", user, from: user }));
  assertEquals((await witness.nextOf("typing")).user, { id: "h_ada", name: "Ada" });
  mallory.sendRaw(JSON.stringify({
    type: "chat",
    id: "one",
    room: "lobby",
    message: "it is me",
    user,
    userId: user.id,
    sub: "insider",
    seq: 1,
    timestamp: 1,
  }));
  assertEquals((await witness.nextOf("chat")).user, { id: "h_ada", name: "Ada" });
  const response = await fetch(new URL("/api/rooms/lobby/messages?name=Insider", server.url), {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ message: "it is me", user, name: "Insider" }),
  });
  assertEquals((await response.json()).user, { id: "h_ada", name: "Ada" });
});

Deno.test("a token that allows less cuts what is live at once, and says which rooms", async () => {
  await using server = await serveWith(["team-a", "~board"]);
  const rooms = ["team-a", "~board"];
  await using client = await connect(server.url, { token: await hostToken({ rooms }) });
  client.send(rooms.map((room) => ({ type: "join", room })));
  await client.nextOf("joined", ({ room }) => room === "~board");

  client.send({ type: "token", token: await hostToken({ rooms: ["team-a"] }) });
  await client.nextOf("renewed");
  const { code, room } = await client.nextOf("error");
  assertEquals([code, room], ["not_found", "~board"]);
  await post(server.url, { room: "~board", message: "unheard", token: server.insider });
  await post(server.url, { room: "team-a", message: "heard", token: server.insider });
  assertEquals((await client.nextOf("chat")).message, "heard");
  client.send({ type: "chat", id: "one", room: "~board", message: "hello" });
  assertEquals((await client.nextOf("error", ({ id }) => id === "one")).code, "not_found");
  assert(!client.received.some((event) => event.type === "chat" && event.room === "~board"));
  // Whoever is in the room sees that they have left.
  const headers = { authorization: `Bearer ${server.insider}` };
  const people = await fetch(new URL("/api/rooms/~board/people", server.url), { headers });
  assertEquals((await people.json()).online, 0);

  client.send({ type: "token", token: await hostToken({ rooms: ["team-a"], role: "reader" }) });
  await client.nextOf("renewed");
  client.send({ type: "chat", id: "two", room: "team-a", message: "hello" });
  assertEquals((await client.nextOf("error", ({ id }) => id === "two")).code, "forbidden");
});

Deno.test("messages sent right behind a token that allows less are refused", async () => {
  await using server = await serveWith(["team-a"]);
  await using client = await connect(server.url, { token: await hostToken() });
  client.send({ type: "join", room: "team-a" });
  client.send({ type: "token", token: await hostToken({ rooms: [] }) });
  for (let count = 0; count < 10; count++) {
    client.send({ type: "chat", id: `late-${count}`, room: "team-a", message: "late" });
    client.send({ type: "join", room: "team-a" });
  }
  for (let count = 0; count < 10; count++) {
    await client.nextOf("error", ({ id }) => id === `late-${count}`);
  }
  assertEquals(client.received.filter((event: ServerEvent) => event.type === "chat"), []);
  assertEquals(client.received.filter((event) => event.type === "joined").length, 1);
});

// ---------------------------------------------------------------------------------------------
// Only with a token

Deno.test("in mode “token” nobody without one gets a socket, a message, a room, or anything else", async (test) => {
  await using server = await serveWith(["lobby"], "token");
  for (
    const path of [
      "/api/rooms",
      "/api/rooms/lobby/messages",
      "/api/rooms/lobby/people",
      "/api/rooms/lobby/events",
      "/api/events?rooms=lobby",
    ]
  ) {
    await test.step(path, async () => {
      assertEquals(await ask(server, path), [401, "unauthorized"]);
      assertEquals(await ask(server, `${path}${path.includes("?") ? "&" : "?"}name=Ada`), [
        401,
        "unauthorized",
      ]);
      // The stream has no end to wait for; it is opened below.
      if (path.startsWith("/api/events")) return;
      assertEquals(await ask(server, path, server.insider), [200, undefined]);
    });
  }
  for (
    const path of ["/ws", "/", "/chat", "/socket", "/echo", "/?name=Ada&room=lobby", "/?token=x"]
  ) {
    await test.step(`a socket at ${path}`, async () => {
      for (const protocol of ["parlor.v1", null]) {
        await assertRejects(
          () => RawSocket.open(server.port, { path, protocol }),
          Error,
          "HTTP/1.1 401",
        );
      }
    });
  }
  await test.step("posting and signing in as a guest", async () => {
    assertEquals((await post(server.url, { message: "hello" })).status, 401);
    await assertRejects(() => signIn(server.url, "Ada"), Error, "application");
  });
  await test.step("a session of when guests were welcome", async () => {
    const secret = "the session secret of both servers";
    await using before = await serveInProcess({ secret });
    const { token } = await signIn(before.url, "Ada");
    await using after = await serveInProcess({ secret, mode: "token" });
    assertEquals(await ask(after, "/api/rooms", token), [401, "unauthorized"]);
  });
  await test.step("the page comes, and is told what it needs", async () => {
    const page = await fetch(new URL("/", server.url));
    assertEquals(page.status, 200);
    await page.body?.cancel();
    const session = await (await fetch(new URL("/api/session", server.url))).json();
    assertEquals([session.user, session.mode], [null, "token"]);
  });
  await test.step("with a token, everything works", async () => {
    await using client = await connect(server.url, { token: server.insider });
    client.send({ type: "join", room: "lobby" });
    assertEquals((await client.nextOf("joined")).messages?.length, 1);
    await using stream = await EventSourceReader.open(server.url, "lobby", {
      query: `token=${server.insider}`,
    });
    await stream.until(({ type }) => type === "joined");
    await using plain = await connectPlain(new URL(`/?token=${server.insider}`, server.url));
    plain.send("plain");
    assertEquals((await client.nextOf("chat")).message, "plain");
    await stream.until((event) => event.type === "chat" && event.message === "plain");
  });
});
