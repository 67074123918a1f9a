/** Stopping in order: everybody is told, nothing is left behind. Leaks are found by the sanitizers. */

import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { CLOSE, mayReconnect } from "../../server/protocol.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { changedPart, changedStore } from "../support/changed_store.ts";
import { connect, connectPlain, signIn } from "../support/client.ts";
import { within } from "../support/deadline.ts";
import { serveInProcess } from "../support/in_process.ts";
import { clientFrame, OPCODE, RawSocket } from "../support/raw_socket.ts";
import { startServer } from "../support/server.ts";

Deno.test("a stopping server dismisses every kind of connection and leaves nothing behind", async () => {
  await using server = await serveInProcess();
  const client = await connect(server.url);
  const plain = await connectPlain(new URL("/chat?room=lobby", server.url));
  const stream = await fetch(new URL("/api/events?rooms=lobby", server.url));
  client.send([{ type: "join", room: "lobby" }, { type: "typing", room: "lobby" }]);
  await client.nextOf("joined");

  await server.stop();

  const bye = await client.nextOf("bye");
  assertGreaterOrEqual(bye.retryAfter ?? -1, 0);
  for (const closed of [await client.closed, await plain.closed]) {
    assertEquals(closed.code, CLOSE.goingAway.code);
    assert(mayReconnect(closed.code));
  }
  const text = await within(stream.text(), () => "The event stream did not end");
  assert(text.includes(`"bye"`), `The event stream did not say bye:\n${text}`);
});

Deno.test("a server asked to stop ends with code 0 although a client never answers", async () => {
  await using server = await startServer();
  // Says hello and then neither reads nor closes.
  using silent = await Deno.connect({ hostname: "localhost", port: server.port });
  await silent.write(new TextEncoder().encode(
    `GET /ws HTTP/1.1\r\nHost: localhost:${server.port}\r\nUpgrade: websocket\r\n` +
      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  ));
  const answer = new Uint8Array(1024);
  await silent.read(answer);
  assert(new TextDecoder().decode(answer).startsWith("HTTP/1.1 101"));

  const { code } = await server.stop();
  assertEquals(code, 0);
});

Deno.test("a message that was acknowledged is there after a stop and a start", async () => {
  await using server = await startServer();
  const { token } = await signIn(server.url, "Ann");
  const author = await connect(server.url, { token });
  author.send([
    { type: "join", room: "lobby" },
    { type: "chat", id: "one", room: "lobby", message: "kept" },
  ]);
  const { seq } = await author.nextOf("chat");
  assertEquals((await server.stop()).code, 0);
  await author.closed;

  await server.restart();
  await using reader = await connect(server.url, { token });
  reader.send({ type: "join", room: "lobby" });
  const { messages } = await reader.nextOf("joined");
  assertEquals(messages?.map(({ message, id }) => [message, id]), [["kept", "one"]]);
  assertEquals(messages?.[0]?.seq, seq);
});

Deno.test("what was being kept when the server began to stop is with everybody before the bye", async () => {
  const inner = createMemoryStore();
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const store = changedStore(inner, {
    append: async (draft) => {
      ask();
      await gate;
      return await inner.append(draft);
    },
  });
  await using server = await serveInProcess({}, { store });
  const author = await connect(server.url);
  const plain = await connectPlain(new URL("/ws?room=lobby", server.url));
  const elsewhere = await connect(server.url);
  author.send({ type: "join", room: "lobby" });
  await author.nextOf("joined", ({ online }) => online === 2);
  author.send({ type: "chat", id: "last", room: "lobby", message: "the last word" });
  elsewhere.send({ type: "chat", id: "other", room: "other", message: "from outside" });
  await asked;
  const stopped = server.stop();
  open();
  await stopped;
  for (const client of [author, elsewhere]) {
    await client.closed;
    const types = client.received.map(({ type }) => type).filter((type) => type !== "presence");
    assertEquals(types.slice(-2), ["chat", "bye"]);
  }
  await plain.closed;
  assert(plain.received.some((text) => String(text).endsWith(": the last word")));
});

Deno.test("a server stops in time while people go on posting without waiting for answers", async () => {
  await using server = await startServer();
  const flooding = Array.from({ length: 6 }, async (_, number) => {
    const { token } = await signIn(server.url, `Author ${number}`);
    const author = await connect(server.url, { token });
    let next = 0;
    const timer = setInterval(() => {
      for (let count = 0; count < 10; count++) {
        if (author.socket.readyState !== WebSocket.OPEN) return;
        author.send({ type: "chat", id: `m${next++}`, room: `room-${number}`, message: "more" });
      }
    }, 2);
    return { author, timer };
  });
  const authors = await Promise.all(flooding);
  await authors[0]!.author.nextOf("chat", ({ seq }) => seq > 100);

  assertEquals((await server.stop()).code, 0);
  for (const { author, timer } of authors) {
    // A flood that is cut may swallow the last frame, so some see only that the connection broke.
    const { code } = await author.closed;
    assert(mayReconnect(code), `Closed with ${code}`);
    clearInterval(timer);
  }
});

Deno.test("who has much on its way and reads it late gets the answers and the last words of a stopping server", async () => {
  await using server = await startServer({ data: ":memory:" });
  using author = await RawSocket.open(server.port);
  const frames = Array.from({ length: 5_000 }, (_, index) =>
    clientFrame(
      OPCODE.text,
      JSON.stringify({ type: "chat", id: `m${index}`, room: "lobby", message: "on its way" }),
    ));
  await author.write(new Uint8Array(await new Blob(frames).arrayBuffer()));
  // All of it is with the system, and the server has not read it yet.
  assertEquals((await server.stop()).code, 0);

  const types: string[] = [];
  let frame = await author.next();
  while (frame && frame.opcode !== OPCODE.close) {
    const events = JSON.parse(new TextDecoder().decode(frame.payload)) as { type: string }[];
    types.push(...events.map(({ type }) => type));
    frame = await author.next();
  }
  assertEquals(types.slice(0, 2), ["welcome", "chat"]);
  assertEquals(types.at(-1), "bye");
  assert(frame, "The connection ended without a close frame");
  assertEquals(new DataView(frame.payload.buffer).getUint16(0), CLOSE.goingAway.code);
});

Deno.test("a greeting that is late for the end of a server is not sent after its last words", async () => {
  const inner = createMemoryStore();
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const places = changedPart(inner.places, {
    list: async (userId, limit) => {
      ask();
      await gate;
      return await inner.places.list(userId, limit);
    },
  });
  await using server = await serveInProcess({}, { store: changedStore(inner, { places }) });
  const { token } = await signIn(server.url, "Ann");
  const ann = await connect(server.url, { token });
  await asked;
  const stopped = server.stop();
  await ann.nextOf("bye");
  open();
  await stopped;
  assertEquals((await ann.closed).code, CLOSE.goingAway.code);
  assertEquals(ann.received.map(({ type }) => type), ["bye"]);
});
