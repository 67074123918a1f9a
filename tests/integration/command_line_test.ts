/** The command line, the end of the process, and what the log says. */

import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { connect, connectPlain, signIn } from "../support/client.ts";
import { within } from "../support/deadline.ts";
import { EventSourceReader } from "../support/event_source.ts";
import { history, post } from "../support/http.ts";
import { clientFrame, OPCODE, RawSocket } from "../support/raw_socket.ts";
import { runToEnd, startServer } from "../support/server.ts";
import { temporaryFolder } from "../support/temporary.ts";

Deno.test("--help names every flag with its variable and default, and --version the version", async () => {
  const [help, version] = await Promise.all([runToEnd(["--help"]), runToEnd(["-v"])]);
  assertEquals([help.code, help.stderr], [0, ""]);
  for (const words of ["--port NUMBER", "PORT, default 8000", "--host", "--data", "--version"]) {
    assertStringIncludes(help.stdout, words);
  }
  assertEquals(version.code, 0);
  assertMatch(version.stdout, /^parlor \d+\.\d+\.\d+\n$/);
});

Deno.test("a wrong flag or value ends with code 2 and one sentence that names it", async (test) => {
  const wrong: [string[], Record<string, string>, RegExp][] = [
    [["--bogus"], {}, /--bogus/],
    [["lobby"], {}, /lobby/],
    [["--port"], {}, /port/],
    [["--port", "abc"], {}, /“abc”/],
    [["--port", "65536"], {}, /“65536”/],
    [["--port=-1"], {}, /“-1”/],
    [["--host", "a b"], {}, /“a b”/],
    [["--public-url", "chat.example"], {}, /“chat.example”/],
    [["--allow-origin", "https://a.example/path"], {}, /--allow-origin/],
    [[], { PORT: "http" }, /“http”/],
  ];
  for (const [args, env, names] of wrong) {
    await test.step(`${args.join(" ")} ${JSON.stringify(env)}`, async () => {
      const { code, stdout, stderr } = await runToEnd(args, env);
      assertEquals([code, stdout], [2, ""]);
      assertMatch(stderr, names);
      assertMatch(stderr, /^[^\n]+\.\n$/);
    });
  }
});

Deno.test("a taken port ends with code 1 and one sentence, before anything is printed", async () => {
  using data = temporaryFolder();
  using taken = Deno.listen({ hostname: "localhost", port: 0 });
  const { port } = taken.addr;
  const result = await runToEnd(["--port", String(port), "--data", data.path]);
  assertEquals([result.code, result.stdout], [1, ""]);
  assertMatch(result.stderr, new RegExp(`^Port ${port} is taken\\.[^\\n]+\\n$`));
});

Deno.test("an address that is not of this machine ends with code 1 and one sentence", async () => {
  const { code, stderr } = await runToEnd([
    "--host",
    "192.0.2.1",
    "--port",
    "0",
    "--data",
    ":memory:",
  ]);
  assertEquals(code, 1);
  assertMatch(stderr, /^192\.0\.2\.1 is not an address of this machine\.[^\n]+\n$/);
});

Deno.test("a flag wins over its environment variable", async () => {
  // The tests' server is always started with flags, and these must not get in their way.
  await using server = await startServer({ env: { PORT: "1", PARLOR_DATA: "/nowhere" } });
  assertEquals((await fetch(new URL("/healthz", server.url)).then((it) => it.json())).status, "ok");
});

Deno.test("asked to stop, everybody is told when to come back, and all that was acknowledged is kept", async () => {
  await using server = await startServer();
  const { token } = await signIn(server.url, "Ann");
  const clients = await Promise.all(
    Array.from({ length: 20 }, () => connect(server.url, { token })),
  );
  const [author] = clients;
  const stream = await EventSourceReader.open(server.url, "lobby");
  const waiting = fetch(new URL("/api/rooms/garden/events?after=x:0&wait=30", server.url));
  const plain = await connectPlain(new URL("/", server.url));
  await (await waiting).body?.cancel();
  for (let index = 0; index < 200; index++) {
    author!.send({ type: "chat", id: `${index}`, room: "lobby", message: "kept" });
  }
  await author!.nextOf("chat");
  const started = performance.now();
  const { code } = await server.stop();
  assertEquals(code, 0);
  assertLess(performance.now() - started, 5_000);

  const slots: number[] = [];
  for (const client of clients) {
    const { code, retryAfter } = await client.nextOf("bye");
    assertEquals(code, 1001);
    assertEquals((await client.closed).code, 1001);
    slots.push(retryAfter!);
  }
  assert(new Set(slots).size > 10, `the slots are not spread: ${slots}`);
  assertEquals((await plain.closed).code, 1001);
  const bye = await stream.until(({ type }) => type === "bye");
  assertEquals(bye?.type, "bye");
  await stream.until(() => false);

  const acknowledged = author!.received.filter(({ type }) => type === "chat").length;
  await server.restart();
  const { messages } = await history(server.url, "lobby", "limit=200");
  assert(messages.length >= acknowledged, `${acknowledged} acknowledged, ${messages.length} kept`);
  assertEquals(messages.map(({ seq }) => seq), messages.map((_, index) => index + 1));
});

Deno.test("people who never stop talking do not keep a server from stopping", async () => {
  await using server = await startServer();
  const authors = await Promise.all(Array.from({ length: 20 }, () => connect(server.url)));
  for (const author of authors) {
    let said = 0;
    const say = () =>
      author.send({ type: "chat", id: `${said++}`, room: "lobby", message: "on and on" });
    // Always some on their way: each acknowledgement is answered with the next message.
    author.socket.addEventListener("message", ({ data }) => {
      for (const { type } of JSON.parse(data)) {
        if (type === "chat" && author.socket.readyState === WebSocket.OPEN) say();
      }
    });
    for (let count = 0; count < 20; count++) say();
  }
  await authors[0]!.nextOf("chat", ({ seq }) => seq > 2_000);
  const started = performance.now();
  assertEquals((await server.stop()).code, 0);
  assertLess(performance.now() - started, 4_000);
  // Whoever still sends may see the connection end before its close frame.
  for (const author of authors) await author.closed;
});

Deno.test("nothing that a client sends can forge a line of the log, and no token is in it", async () => {
  await using server = await startServer({ data: ":memory:" });
  const { token, user } = await signIn(server.url, "Ann");
  const forged = "2030-01-01T00:00:00.000Z error forged";
  const client = await connect(server.url, { token });
  await client.nextOf("welcome");
  client.socket.close(4000, `bye\n${forged} a=b\u2028"`);
  await client.closed;
  await post(server.url, { message: "hello", token });
  await fetch(new URL(`/api/session?token=${token}x`, server.url)).then((it) => it.body?.cancel());
  await fetch(new URL(`/%0a${encodeURIComponent(forged)}`, server.url)).then((it) =>
    it.body?.cancel()
  );
  {
    await using plain = await connectPlain(
      new URL(`/?name=${encodeURIComponent(`x ${forged}`)}&token=${token}`, server.url),
    );
    plain.send("hi");
  }
  using raw = await RawSocket.open(server.port);
  await raw.write(clientFrame(OPCODE.close, new Uint8Array([0x0f, 0xa0, 10, 13, 27, 91, 50, 74])));
  await raw.closed();
  await server.stop();
  const lines = server.output().trimEnd().split("\n");
  const wellFormed =
    // deno-lint-ignore no-control-regex
    /^(Parlor is running at |\d{4}-\d\d-\d\dT[\d:.]+Z (info|warn|error) [^\u0000-\u001f\u007f-\u009f\u2028]*$)/;
  for (const line of lines) assertMatch(line, wellFormed);
  assertEquals(lines.filter((line) => line.startsWith("2030")), []);
  assert(!server.output().includes(token), "a token is in the log");
  const closed = lines.filter((line) => line.includes(" disconnected "));
  assertMatch(closed[0]!, /code=4000 reason="bye\\n2030.*a=b\\u2028\\"" open=0 total=1$/);
  assert(lines.some((line) => line.includes(`user=${user.id}`)));
});

Deno.test("two servers of one machine keep their data and sessions apart", async () => {
  await using first = await startServer();
  await using second = await startServer();
  const { token } = await signIn(first.url, "Ann");
  const response = await fetch(new URL(`/api/session?token=${token}`, second.url));
  assertEquals(response.status, 401);
  await response.body?.cancel();
  await post(first.url, { message: "only here" });
  assertEquals((await history(second.url)).messages, []);
});

Deno.test("a token is good for the same server after a restart", async () => {
  await using server = await startServer();
  const { token, user } = await signIn(server.url, "Ann");
  await within(server.stop(), () => "The server did not stop");
  await server.restart();
  const response = await fetch(new URL(`/api/session?token=${token}`, server.url));
  assertEquals((await response.json()).user, user);
});

Deno.test({
  name: "a log that cannot be written, as its disk is full, keeps nobody from talking",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using server = await startServer({
      under: ["sh", "-c", 'exec "$@" 2>/dev/full', "sh"],
    });
    await using ann = await connect(server.url);
    ann.send([
      { type: "join", room: "lobby" },
      { type: "chat", id: "1", room: "lobby", message: "Hello" },
    ]);
    await ann.nextOf("chat");
    await ann.close();
    await using ben = await connect(server.url);
    ben.send({ type: "join", room: "lobby" });
    assertEquals((await ben.nextOf("joined")).online, 1);
    assertEquals((await server.stop()).code, 0);
  },
});
