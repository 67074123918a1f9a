/** Whatever a client sends: it is told what is wrong, others notice nothing, and the server lives on. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CLOSE, type ErrorCode, LIMITS, SUBPROTOCOL } from "../../server/protocol.ts";
import { type Client, connect, connectPlain } from "../support/client.ts";
import { history, post } from "../support/http.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";
import {
  clientFrame,
  OPCODE,
  rawRequest,
  RawSocket,
  upgradeRequest,
} from "../support/raw_socket.ts";
import { createWaitingStore } from "../support/waiting_store.ts";

/** Somebody in the lobby who must notice nothing. */
async function bystander(server: InProcessServer): Promise<Client> {
  const client = await connect(server.url);
  client.send({ type: "join", room: "lobby" });
  await client.nextOf("joined");
  return client;
}

/** Fails where a bystander has seen anything but people come and go, or where nobody can speak. */
async function noticedNothing(server: InProcessServer, client: Client): Promise<void> {
  const { event } = await post(server.url, { message: "All is well" });
  await client.nextOf("chat", ({ id }) => id === event.id);
  const noticed = client.received.filter(({ type }) => type === "chat" || type === "error");
  assertEquals(noticed, [event]);
  assert(!server.log.some((line) => / (error|warn) /.test(line)), server.log.join("\n"));
}

/** So that the server ends the connection after its answer. */
const CLOSING = { "Connection": "close, Upgrade" };

const long = "x".repeat(65);

const REFUSED: [what: string, frame: string, code: ErrorCode][] = [
  ["text that is not JSON", "hello", "bad_frame"],
  ["an empty frame", "", "bad_frame"],
  ["half of an object", '{"type":"chat"', "bad_frame"],
  ["a hundred thousand brackets", "[".repeat(100_000), "bad_frame"],
  ["null", "null", "bad_command"],
  ["a number", "42", "bad_command"],
  ["a text", '"join"', "bad_command"],
  ["an array in an array", "[[]]", "bad_command"],
  ["an object without a type", "{}", "unknown_command"],
  ["a type that is no text", '{"type":{"toString":1}}', "unknown_command"],
  ["an unknown command", '{"type":"shutdown"}', "unknown_command"],
  ["a command that objects inherit", '{"type":"constructor"}', "unknown_command"],
  ["a join without a room", '{"type":"join"}', "bad_room"],
  ["a room that is no text", '{"type":"join","room":["lobby"]}', "bad_room"],
  ["an empty room", '{"type":"join","room":""}', "bad_room"],
  ["a room in capitals", '{"type":"join","room":"Lobby"}', "bad_room"],
  ["a room with a slash", '{"type":"join","room":"a/b"}', "bad_room"],
  ["a room with a line break", '{"type":"join","room":"lobby\\n"}', "bad_room"],
  ["a room that is too long", `{"type":"join","room":"${long}"}`, "bad_room"],
  ["an unknown private room", '{"type":"join","room":"~nobody-knows"}', "not_found"],
  ["speaking in one", '{"type":"chat","id":"a","room":"~x","message":"x"}', "not_found"],
  ["typing in one", '{"type":"typing","room":"~x"}', "not_found"],
  ["the topic of a person", '{"type":"join","room":"user:u_1"}', "bad_room"],
  ["a message without an id", '{"type":"chat","room":"lobby","message":"x"}', "bad_id"],
  ["an empty id", '{"type":"chat","id":"","room":"lobby","message":"x"}', "bad_id"],
  ["an id that is no text", '{"type":"chat","id":7,"room":"lobby","message":"x"}', "bad_id"],
  [
    "an id that is too long",
    `{"type":"chat","id":"${long}","room":"lobby","message":"x"}`,
    "bad_id",
  ],
  [
    "an id with a line break",
    '{"type":"chat","id":"a\\nb","room":"lobby","message":"x"}',
    "bad_id",
  ],
  ["no message", '{"type":"chat","id":"a","room":"lobby"}', "bad_command"],
  [
    "a message that is no text",
    '{"type":"chat","id":"a","room":"lobby","message":{}}',
    "bad_command",
  ],
  ["an empty message", '{"type":"chat","id":"a","room":"lobby","message":""}', "empty_message"],
  ["a blank one", '{"type":"chat","id":"a","room":"lobby","message":" \\t\\n"}', "empty_message"],
  [
    "an invisible one",
    '{"type":"chat","id":"a","room":"lobby","message":"\\u200b"}',
    "empty_message",
  ],
  [
    "half a character",
    '{"type":"chat","id":"a","room":"lobby","message":"\\ud800"}',
    "bad_command",
  ],
];

Deno.test("each kind of wrong command is answered with its error, and the connection lives", async (test) => {
  await using server = await serveInProcess();
  await using witness = await bystander(server);
  await using client = await connect(server.url);
  for (const [what, frame, code] of REFUSED) {
    await test.step(what, async () => {
      client.sendRaw(frame);
      const error = await client.nextOf("error");
      assertEquals(error.code, code);
      assertMatch(error.message, /^\p{L}.*\.$/u);
      assert(JSON.stringify(error).length < 500);
    });
  }
  await noticedNothing(server, witness);
});

Deno.test("binary frames are answered with an error", async () => {
  await using server = await serveInProcess();
  await using witness = await bystander(server);
  await using client = await connect(server.url);
  client.sendRaw(new TextEncoder().encode('{"type":"join","room":"lobby"}'));
  assertEquals((await client.nextOf("error")).code, "bad_frame");
  client.send({ type: "join", room: "lobby" });
  await client.nextOf("joined");
  await noticedNothing(server, witness);
});

Deno.test("a message may have exactly the stated number of UTF-8 bytes", async (test) => {
  await using server = await serveInProcess();
  await using client = await connect(server.url);
  for (const character of ["x", "é", "€", "😀"]) {
    await test.step(`of ${character}`, async () => {
      const size = new TextEncoder().encode(character).byteLength;
      const fits = character.repeat(Math.floor(LIMITS.messageBytes / size)) +
        "x".repeat(LIMITS.messageBytes % size);
      const id = `${size}-bytes`;
      client.send({ type: "chat", id, room: "lobby", message: fits });
      assertEquals((await client.nextOf("chat")).message, fits);
      client.send({ type: "chat", id: `${id}-more`, room: "lobby", message: fits + "x" });
      const error = await client.nextOf("error");
      assertEquals([error.code, error.id], ["message_too_long", `${id}-more`]);
      assertStringIncludes(error.message, String(LIMITS.messageBytes));
      const overHttp = await post(server.url, { message: fits + "x" });
      assertEquals([overHttp.status, overHttp.error.code], [413, "message_too_long"]);
    });
  }
});

Deno.test("a frame may have exactly the stated number of UTF-8 bytes", async () => {
  await using server = await serveInProcess();
  await using witness = await bystander(server);
  const command = '{"type":"join","room":"garden","note":"';
  const fits = command + "é".repeat((LIMITS.frameBytes - command.length - 3) / 2 | 0) + '"}';
  const padded = fits + " ".repeat(LIMITS.frameBytes - new TextEncoder().encode(fits).byteLength);
  await using client = await connect(server.url);
  client.sendRaw(padded);
  await client.nextOf("joined");
  client.sendRaw(padded + " ");
  const { code, reason } = await client.closed;
  assertEquals({ code, reason }, { code: CLOSE.tooLong.code, reason: CLOSE.tooLong.reason });
  await noticedNothing(server, witness);
});

Deno.test("of thousands of commands in one array none is carried out", async () => {
  await using server = await serveInProcess();
  await using client = await connect(server.url);
  const join = (count: number) =>
    JSON.stringify(Array.from({ length: count }, () => ({ type: "join", room: "lobby" })));
  client.sendRaw(join(5_000));
  assertEquals((await client.nextOf("error")).code, "too_many_commands");
  client.sendRaw(join(LIMITS.commandsPerFrame + 1));
  assertEquals((await client.nextOf("error")).code, "too_many_commands");
  assertEquals(client.received.some(({ type }) => type === "joined"), false);
  client.sendRaw(join(LIMITS.commandsPerFrame));
  for (let count = 0; count < LIMITS.commandsPerFrame; count++) await client.nextOf("joined");
  client.sendRaw("[]");
  client.send({ type: "join", room: "garden" });
  await client.nextOf("joined", ({ room }) => room === "garden");
});

Deno.test("who sends commands faster than they can be carried out is cut", async () => {
  const { store, open } = createWaitingStore();
  await using server = await serveInProcess({}, { store });
  await using client = await connect(server.url);
  const frame = Array.from(
    { length: LIMITS.commandsPerFrame },
    () => ({ type: "join", room: "lobby" }) as const,
  );
  for (let sent = 0; sent <= LIMITS.commandsWaiting; sent += frame.length) client.send(frame);
  assertEquals((await client.closed).code, CLOSE.flooding.code);
  open();
});

Deno.test("bytes that are no UTF-8 end the connection, and the log says why", async () => {
  await using server = await serveInProcess();
  await using witness = await bystander(server);
  for (const protocol of [SUBPROTOCOL, null]) {
    using socket = await RawSocket.open(server.port, { protocol, path: "/ws?room=garden" });
    await socket.write(clientFrame(OPCODE.text, new Uint8Array([0x22, 0xc3, 0x28, 0x22])));
    // The runtime drops the connection without a close frame.
    assertEquals(await socket.closed(), undefined);
  }
  const reasons = server.log.filter((line) => line.includes('reason="Invalid UTF-8"'));
  assertEquals(reasons.length, 2);
  await noticedNothing(server, witness);
});

Deno.test("frames that break the WebSocket protocol end the connection", async (test) => {
  await using server = await serveInProcess();
  await using witness = await bystander(server);
  const broken: [string, Uint8Array][] = [
    ["an unknown opcode", clientFrame(3, "x")],
    ["a reserved bit", clientFrame(OPCODE.text | 0x40, "x")],
    ["a ping of 126 bytes", clientFrame(OPCODE.ping, "x".repeat(126))],
    ["a ping in parts", clientFrame(OPCODE.ping, "x", { final: false })],
    ["a continuation of nothing", clientFrame(0, "x")],
    ["a close frame with half a code", clientFrame(OPCODE.close, new Uint8Array([3]))],
    ["a close code that is not to be sent", clientFrame(OPCODE.close, new Uint8Array([3, 237]))],
    ["a length of 2⁶³", new Uint8Array([0x81, 0xff, 128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
  ];
  for (const [what, bytes] of broken) {
    await test.step(what, async () => {
      using socket = await RawSocket.open(server.port);
      await socket.write(bytes);
      // With a close frame or without one: the end is what counts.
      await socket.closed();
    });
  }
  await noticedNothing(server, witness);
});

Deno.test("a message may come in several frames", async () => {
  await using server = await serveInProcess();
  await using client = await bystander(server);
  using socket = await RawSocket.open(server.port);
  const command = JSON.stringify({ type: "chat", id: "parts", room: "lobby", message: "Whole" });
  await socket.write(clientFrame(OPCODE.text, command.slice(0, 10), { final: false }));
  await socket.write(clientFrame(OPCODE.ping, "between"));
  await socket.write(clientFrame(0, command.slice(10)));
  assertEquals((await client.nextOf("chat")).message, "Whole");
});

Deno.test("an unknown subprotocol is refused before the upgrade", async () => {
  await using server = await serveInProcess();
  for (const path of ["/", "/ws", "/chat", "/socket"]) {
    for (const protocol of ["parlor.v2", "mqtt", "graphql-ws, soap"]) {
      const request = upgradeRequest(server.port, { path, protocol, headers: CLOSING });
      const answer = await rawRequest(server.port, request);
      assertMatch(answer, /^HTTP\/1.1 400 /);
      assertStringIncludes(answer, SUBPROTOCOL);
    }
  }
});

Deno.test("the subprotocol is chosen where it is one of several", async () => {
  await using server = await serveInProcess();
  using socket = await RawSocket.open(server.port, { protocol: `other, ${SUBPROTOCOL}` });
  assertEquals((await socket.next())?.opcode, OPCODE.text);
});

Deno.test("a request that is only half of an upgrade is refused", async (test) => {
  await using server = await serveInProcess();
  await using witness = await bystander(server);
  const halves: Record<string, string | null>[] = [
    { "Sec-WebSocket-Key": null },
    { "Connection": "close" },
    { "Sec-WebSocket-Version": "8" },
    { "Sec-WebSocket-Version": null },
  ];
  for (const path of ["/ws", "/chat", "/echo"]) {
    for (const headers of halves) {
      await test.step(`${path} with ${JSON.stringify(headers)}`, async () => {
        const protocol = path === "/ws" ? SUBPROTOCOL : null;
        const answer = await rawRequest(
          server.port,
          upgradeRequest(server.port, { path, protocol, headers: { ...CLOSING, ...headers } }),
        );
        assertMatch(answer, /^HTTP\/1.1 4\d\d /);
      });
    }
  }
  await noticedNothing(server, witness);
});

Deno.test("requests without a host, or with a broken one, harm nobody", async () => {
  await using server = await serveInProcess();
  await using witness = await bystander(server);
  for (const host of [null, "", "a b", "[", "localhost:99999", "@@", "\xff"]) {
    const headers = { ...CLOSING, "Host": host, "Upgrade": null };
    const answer = await rawRequest(
      server.port,
      upgradeRequest(server.port, { path: "/", headers }),
    );
    // Without a host it is the address connected to.
    assertMatch(answer, host ? /^HTTP\/1.1 4\d\d / : /^HTTP\/1.1 [24]\d\d /, `host ${host}`);
  }
  await noticedNothing(server, witness);
});

const BAD_NAMES = [
  "",
  "  ",
  "x".repeat(65),
  "é".repeat(33),
  "x".repeat(100_000),
  "a\u0000b",
  "line\nbreak",
  "\u202egnp.exe",
  "zero\u200bwidth",
  "\u2066isolated",
  "byte\ufefforder",
];

Deno.test("names that are empty, too long or made of what cannot be seen are refused", async () => {
  await using server = await serveInProcess();
  for (const name of [...BAD_NAMES, 7, null, ["Ann"], "\ud800"]) {
    const response = await fetch(new URL("/api/session", server.url), {
      method: "POST",
      body: JSON.stringify({ name }),
    });
    const { error } = await response.json();
    assertEquals([name, response.status, error.code], [name, 400, "bad_name"]);
    assertEquals(response.headers.get("set-cookie"), null);
  }
  for (const name of BAD_NAMES.filter((name) => name.length < 1_000)) {
    const query = new URLSearchParams({ name });
    const path = `/ws?${query}`;
    const request = upgradeRequest(server.port, { path, headers: CLOSING });
    assertMatch(await rawRequest(server.port, request), /^HTTP\/1.1 400 [^]*bad_name/);
    await using plain = await connectPlain(`${server.url}/ws?${query}`);
    const { code, reason } = await plain.closed;
    assertEquals([name, code], [name, CLOSE.refused.code]);
    assertMatch(reason, /name/i);
  }
});

Deno.test("a half-open connection is noticed and ended", async () => {
  await using server = await serveInProcess({}, { idleSeconds: 1 });
  await using client = await connect(server.url);
  client.send({ type: "join", room: "lobby" });
  // Joins, then neither answers pings nor closes, as after a cut cable.
  using socket = await RawSocket.open(server.port);
  await socket.send({ type: "join", room: "lobby" });
  await client.nextOf("presence", ({ online }) => online === 2);
  await client.nextOf("presence", ({ online }) => online === 1);
  await server.logged((lines) => lines.some((line) => / disconnected .*code=/.test(line)));
});

Deno.test("unknown private rooms look over HTTP like rooms that never were", async () => {
  await using server = await serveInProcess();
  for (const path of ["messages", "events", "people"]) {
    const response = await fetch(new URL(`/api/rooms/~secret/${path}`, server.url));
    const { error } = await response.json();
    assertEquals([path, response.status, error.code], [path, 404, "not_found"]);
  }
  const stream = await fetch(new URL("/api/events?rooms=lobby,~secret", server.url));
  assertEquals([stream.status, (await stream.json()).error.code], [404, "not_found"]);
  const posted = await post(server.url, { room: "~secret", message: "x" });
  assertEquals([posted.status, posted.error.code], [404, "not_found"]);
  assertEquals((await history(server.url)).messages, []);
});
