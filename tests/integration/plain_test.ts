/** Plain sockets: pages written for the classic WebSocket tutorials, `wscat` and devices. */

import { assertEquals, assertMatch } from "@std/assert";
import { CLOSE, LIMITS } from "../../server/protocol.ts";
import { type Client, connect, connectPlain, type PlainClient, signIn } from "../support/client.ts";
import { history } from "../support/http.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

async function plain(server: InProcessServer, path: string): Promise<PlainClient> {
  return await connectPlain(new URL(path, server.url));
}

async function browser(server: InProcessServer, name: string, room = "lobby"): Promise<Client> {
  const { token } = await signIn(server.url, name);
  const client = await connect(server.url, { token });
  client.send({ type: "join", room });
  await client.nextOf("joined");
  return client;
}

/** Fails where anything came that was not read yet: asks for something that comes behind it. */
async function nothingMore(reader: PlainClient, sender: PlainClient): Promise<void> {
  const mark = crypto.randomUUID();
  sender.send(mark);
  const next = await reader.next();
  assertEquals(typeof next === "string" && next.includes(mark), true, `${next} came`);
}

Deno.test("what a plain socket sends reaches every other one as it is, and never comes back", async () => {
  await using server = await serveInProcess();
  await using ann = await plain(server, "/");
  await using bo = await plain(server, "/ws");
  await using cy = await plain(server, "/ws?room=lobby");
  await using elsewhere = await plain(server, "/ws?room=garden");
  const frames = [
    "hello",
    " spaces ",
    "",
    "   ",
    "ünï €😀",
    "<b>bold</b>",
    "{not json",
    "[1]",
    "7",
  ];
  for (const frame of frames) ann.send(frame);
  for (const reader of [bo, cy]) {
    for (const frame of frames) assertEquals(await reader.next(), frame);
  }
  bo.send("answer");
  assertEquals(await ann.next(), "answer");
  assertEquals(await cy.next(), "answer");
  await nothingMore(bo, cy);
  assertEquals(elsewhere.received, []);
});

Deno.test("bytes reach text sockets as the same bytes, in their place between the texts", async () => {
  await using server = await serveInProcess();
  await using ann = await plain(server, "/");
  await using bo = await plain(server, "/");
  const bytes = Uint8Array.from({ length: LIMITS.binaryBytes }, (_, index) => index * 7);
  ann.send("before");
  ann.send(bytes);
  ann.send(new Uint8Array());
  ann.send("after");
  assertEquals(await bo.next(), "before");
  assertEquals(await bo.next(), bytes);
  assertEquals(await bo.next(), new Uint8Array());
  assertEquals(await bo.next(), "after");
  bo.send(new Uint8Array([1, 2, 3]));
  assertEquals(await ann.next(), new Uint8Array([1, 2, 3]));
  assertEquals((await history(server.url)).messages.map(({ message, bytes }) => [message, bytes]), [
    ["before", undefined],
    ["Binary data, 65,536 bytes", 65_536],
    ["after", undefined],
    ["Binary data, 3 bytes", 3],
  ]);
});

Deno.test("sockets at /chat and /socket get JSON, whatever was sent", async () => {
  await using server = await serveInProcess();
  await using text = await plain(server, "/?name=Ann");
  for (const path of ["/chat", "/socket"]) {
    await using json = await plain(server, path);
    text.send("hello");
    const { timestamp, ...said } = JSON.parse(String(await json.next()));
    assertEquals(said, { type: "chat", user: "Ann", message: "hello" });
    assertMatch(timestamp, RFC_3339);
    const frame = '{ "message": "hi", "extra": [1, 2] }';
    text.send(frame);
    assertEquals(await json.next(), frame);
    text.send(new Uint8Array(5));
    assertEquals(JSON.parse(String(await json.next())).size, 5);
  }
});

Deno.test("a socket whose first frame is JSON with a message gets JSON from then on", async () => {
  await using server = await serveInProcess();
  await using ann = await plain(server, "/?name=Ann");
  await using json = await plain(server, "/");
  await using text = await plain(server, "/");
  json.send('{"message":"I speak JSON"}');
  assertEquals(await ann.next(), '{"message":"I speak JSON"}');
  assertEquals(await text.next(), '{"message":"I speak JSON"}');
  // Only the first frame decides.
  text.send("I do not");
  assertEquals(await ann.next(), "I do not");
  assertEquals(JSON.parse(String(await json.next())).message, "I do not");
  text.send('{"message":"even now"}');
  assertEquals(await ann.next(), '{"message":"even now"}');
  ann.send("hello");
  assertEquals(JSON.parse(String(await json.next())).message, "even now");
  assertEquals(JSON.parse(String(await json.next())).message, "hello");
  assertEquals(await text.next(), "hello");
});

Deno.test("JSON of the type chat goes to everybody, its author too, with the server's time", async () => {
  await using server = await serveInProcess();
  await using author = await plain(server, "/chat");
  await using json = await plain(server, "/socket");
  await using text = await plain(server, "/");
  const before = Date.now();
  author.send(
    JSON.stringify({ type: "chat", user: "Ann", message: "Hi", room: 7, timestamp: "x" }),
  );
  assertEquals(await author.next(), "3 users online");
  for (const reader of [author, json, text]) {
    const { timestamp, ...said } = JSON.parse(String(await reader.next()));
    assertEquals(said, { type: "chat", user: "Ann", message: "Hi", room: 7 });
    assertMatch(timestamp, RFC_3339);
    assertEquals(Date.parse(timestamp) >= before && Date.parse(timestamp) <= Date.now(), true);
  }
});

Deno.test("who has sent JSON of the type chat is told how many are online, at once and on change", async () => {
  await using server = await serveInProcess();
  await using author = await plain(server, "/chat");
  await using silent = await plain(server, "/chat");
  author.send('{"type":"chat","message":"first"}');
  assertEquals(await author.next(), "2 users online");
  await author.next();
  const online = (count: number) => author.next((item) => item === `${count} users online`);
  {
    await using _tab = await browser(server, "Bo");
    await online(3);
    await using _third = await plain(server, "/");
    await online(4);
  }
  await online(2);
  // Nobody comes or goes, so nothing is told, however often is spoken.
  author.send('{"type":"chat","message":"second"}');
  assertEquals(JSON.parse(String(await author.next())).message, "second");
  const told = author.received.filter((item) => String(item).endsWith("users online"));
  const repeated = told.filter((item, index) => item === told[index - 1]);
  assertEquals(repeated, []);
  assertEquals(silent.received.some((item) => String(item).endsWith("users online")), false);
});

Deno.test("a number of users that has not changed is not told again", async () => {
  await using server = await serveInProcess();
  await using author = await plain(server, "/chat");
  author.send('{"type":"chat","message":"at once"}');
  assertEquals(await author.next(), "1 users online");
  // The signal of its own arrival comes now, and then that of somebody else.
  await using _other = await plain(server, "/");
  await author.next((item) => item === "2 users online");
  const told = author.received.filter((item) => String(item).endsWith("users online"));
  assertEquals(told, ["1 users online", "2 users online"]);
});

Deno.test("what a browser user says reaches text sockets in words and JSON sockets as JSON", async () => {
  await using server = await serveInProcess();
  await using text = await plain(server, "/");
  await using json = await plain(server, "/chat");
  await using ann = await browser(server, "Ann");
  ann.send({ type: "chat", id: "one", room: "lobby", message: 'Hi "all"\n<b>' });
  assertEquals(await text.next(), 'Ann: Hi "all"\n<b>');
  const { timestamp } = await ann.nextOf("chat");
  assertEquals(JSON.parse(String(await json.next())), {
    type: "chat",
    user: "Ann",
    message: 'Hi "all"\n<b>',
    timestamp: new Date(timestamp).toISOString(),
  });
});

Deno.test("what plain sockets say is a chat message for browsers, under a name that nobody vouches for", async () => {
  await using server = await serveInProcess();
  await using ann = await browser(server, "Ann");
  await using text = await plain(server, "/?name=Sensor");
  await using json = await plain(server, "/chat");
  await using nameless = await plain(server, "/");
  const said = async () => {
    const { message, user, bytes } = await ann.nextOf("chat");
    return [user.name, user.unverified, message, bytes];
  };
  text.send("21.5 °C");
  assertEquals(await said(), ["Sensor", true, "21.5 °C", undefined]);
  json.send('{"user":"Bo","message":"Hi"}');
  assertEquals(await said(), ["Bo", true, "Hi", undefined]);
  json.send('{"type":"chat","user":"Cy","message":"Ho"}');
  assertEquals(await said(), ["Cy", true, "Ho", undefined]);
  nameless.send(new Uint8Array(1));
  const [name, ...note] = await said();
  assertMatch(String(name), /^Guest \d+$/);
  assertEquals(note, [true, "Binary data, 1 byte", 1]);
  // A name that could not be a name does not become one.
  json.send('{"user":"\\u202eevil","message":"Hm"}');
  assertMatch(String((await said())[0]), /^Guest \d+$/);
  const kept = (await history(server.url)).messages.map(({ message }) => message);
  assertEquals(kept, ["21.5 °C", "Hi", "Ho", "Binary data, 1 byte", "Hm"]);
});

Deno.test("blank frames are passed on in their place and not kept", async () => {
  await using server = await serveInProcess();
  await using ann = await plain(server, "/");
  await using bo = await plain(server, "/");
  const frames = ["a", "", "b", " ", "c"];
  for (const frame of frames) ann.send(frame);
  for (const frame of frames) assertEquals(await bo.next(), frame);
  const { messages } = await history(server.url);
  assertEquals(messages.map(({ message }) => message), ["a", "b", "c"]);
});

Deno.test("a token signs a plain socket in, and its name wins over any other", async () => {
  await using server = await serveInProcess();
  const { token, user } = await signIn(server.url, "Ann");
  await using witness = await browser(server, "Bo");
  await using json = await plain(server, "/chat");
  await using ann = await plain(server, `/chat?name=Fake&token=${token}`);
  ann.send('{"type":"chat","user":"Bo","message":"one"}');
  ann.send('{"user":"Bo","message":"two"}');
  ann.send("three");
  for (const message of ["one", "two", "three"]) {
    const said = await witness.nextOf("chat");
    assertEquals([said.user, said.message], [user, message]);
    const shown = JSON.parse(String(await json.next()));
    assertEquals([shown.user, shown.message], ["Ann", message]);
  }
});

Deno.test("a refusal closes a plain socket with a code and a reason, and no message", async (test) => {
  await using server = await serveInProcess();
  const tooLong = "x".repeat(LIMITS.messageBytes + 1);
  const refusals: [string, string, (string | Uint8Array<ArrayBuffer>)[], number][] = [
    ["a wrong room", "/?room=No%20Room", [], CLOSE.refused.code],
    ["an unknown private room", "/?room=~nobody-knows", [], CLOSE.notFound.code],
    ["a wrong name", "/?name=%00", [], CLOSE.refused.code],
    ["a wrong token", "/?token=wrong", [], CLOSE.unauthorized.code],
    ["a text that is too long", "/", [tooLong], CLOSE.tooLong.code],
    ["a JSON message that is too long", "/chat", [
      JSON.stringify({ message: tooLong }),
    ], CLOSE.tooLong.code],
    ["a frame that is too long", "/", ["x".repeat(LIMITS.frameBytes + 1)], CLOSE.tooLong.code],
    [
      "bytes that are too many",
      "/",
      [new Uint8Array(LIMITS.binaryBytes + 1)],
      CLOSE.tooLong.code,
    ],
    ["half of a character", "/chat", ['{"message":"\\ud800"}'], CLOSE.refused.code],
  ];
  await using witness = await plain(server, "/");
  for (const [what, path, frames, code] of refusals) {
    await test.step(what, async () => {
      await using socket = await plain(server, path);
      for (const frame of frames) socket.send(frame);
      const closed = await socket.closed;
      assertEquals(closed.code, code);
      assertMatch(closed.reason, /\p{L}{3}/u);
      assertEquals(socket.received, []);
    });
  }
  assertEquals(witness.received, []);
  await using next = await plain(server, "/");
  await nothingMore(witness, next);
});

Deno.test("a text of exactly the longest length is passed on and kept", async () => {
  await using server = await serveInProcess();
  await using ann = await plain(server, "/");
  await using bo = await plain(server, "/");
  const longest = "é".repeat(LIMITS.messageBytes / 2);
  ann.send(longest);
  assertEquals(await bo.next(), longest);
});

Deno.test("/echo greets, answers each text frame, and is in no room", async () => {
  await using server = await serveInProcess();
  await using witness = await plain(server, "/");
  await using echo = await plain(server, "/echo");
  assertEquals(await echo.next(), "Welcome to the WebSocket server!");
  echo.send("Hello");
  assertEquals(await echo.next(), "Server received: Hello");
  echo.send(new Uint8Array([1]));
  echo.send("");
  assertEquals(await echo.next(), "Server received: ");
  assertEquals(witness.received, []);
});

Deno.test("/echo says nothing back that is longer than a frame may be", async () => {
  await using server = await serveInProcess();
  await using echo = await plain(server, "/echo");
  await echo.next();
  const longest = "x".repeat(LIMITS.frameBytes);
  echo.send(longest);
  assertEquals(await echo.next(), `Server received: ${longest}`);
  echo.send(longest + "x");
  assertEquals((await echo.closed).code, CLOSE.tooLong.code);
});

Deno.test("connects and disconnects of plain sockets are in the log with code, reason and totals", async () => {
  await using server = await serveInProcess();
  const socket = await plain(server, "/?name=Ann");
  socket.socket.close(4000, "done here");
  await socket.closed;
  await server.logged((lines) => lines.some((line) => line.includes(" disconnected ")));
  assertMatch(server.log[0]!, / info connected .*kind=plain .*open=1$/);
  assertMatch(server.log[1]!, / disconnected .*code=4000 reason="done here" open=0 total=1$/);
});
