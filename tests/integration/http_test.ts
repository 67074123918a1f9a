/** The HTTP API and the client's files, as browsers, programs and foreign pages see them. */

import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { type ErrorCode, LIMITS, SUBPROTOCOL } from "../../server/protocol.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import type { Store } from "../../server/store.ts";
import { connect, connectPlain, signIn } from "../support/client.ts";
import { history, post } from "../support/http.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";
import { OPCODE, rawRequest, RawSocket, upgradeRequest } from "../support/raw_socket.ts";

interface Answer {
  status: number;
  headers: Headers;
  /** Parsed where it is JSON. */
  // What a test expects of it is what the test asserts.
  body: Record<string, unknown>;
  text: string;
}

type RequestHeaders = Readonly<Record<string, string>>;

async function ask(
  server: InProcessServer,
  path: string,
  { method = "GET", headers = {}, body }: {
    method?: string;
    headers?: RequestHeaders;
    body?: BodyInit;
  } = {},
): Promise<Answer> {
  const init = body === undefined ? { method, headers } : { method, headers, body };
  const response = await fetch(new URL(path, server.url), init);
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== "" ? JSON.parse(text) : {},
  };
}

/** Asks with the very headers given, as `fetch` would change some of them. */
async function askRaw(
  server: InProcessServer,
  path: string,
  headers: RequestHeaders,
  method = "GET",
): Promise<Answer> {
  const all = { "Host": `localhost:${server.port}`, "Connection": "close", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const answer = await rawRequest(server.port, `${method} ${path} HTTP/1.1\r\n${lines}\r\n`);
  const end = answer.indexOf("\r\n\r\n");
  const [first, ...rest] = answer.slice(0, end).split("\r\n");
  return {
    status: Number(first!.split(" ")[1]),
    headers: new Headers(rest.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    })),
    text: answer.slice(end + 4),
    body: {},
  };
}

function codeOf({ body }: Answer): unknown {
  return (body.error as { code?: unknown } | undefined)?.code;
}

/** A room with so many messages, one a second from the first second of 1970 on. */
async function filled(count: number): Promise<Store> {
  let now = 0;
  const store = createMemoryStore({ now: () => now += 1_000 });
  const user = { id: "u_ann", name: "Ann" };
  for (let index = 1; index <= count; index++) {
    await store.append({ type: "chat", room: "lobby", user, id: `${index}`, message: `${index}` });
  }
  return store;
}

Deno.test("signing in gives a token, and a cookie that only the own page can use", async () => {
  await using server = await serveInProcess();
  const signedIn = await ask(server, "/api/session", {
    method: "POST",
    body: '{"name":" Ann  B "}',
  });
  const { user, token } = signedIn.body as { user: { id: string; name: string }; token: string };
  assertEquals([signedIn.status, user.name], [200, "Ann B"]);
  const cookie = signedIn.headers.get("set-cookie") ?? "";
  assertStringIncludes(cookie, `parlor_${server.port}=`);
  for (const attribute of ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="]) {
    assertStringIncludes(cookie, attribute);
  }
  assert(!cookie.includes("Secure"), "over plain http a secure cookie would be lost");
  assertEquals(signedIn.headers.get("cache-control"), "no-store");
  const bare = cookie.split(";")[0]!;

  const whoAmI = async (headers: RequestHeaders) =>
    (await ask(server, "/api/session", { headers })).body.user;
  assertEquals(await whoAmI({}), null);
  assertEquals(await whoAmI({ cookie: bare }), user);
  assertEquals(await whoAmI({ authorization: `Bearer ${token}` }), user);
  assertEquals(await whoAmI({ cookie: bare, origin: server.url }), user);
  assertEquals(await whoAmI({ cookie: bare, origin: "http://localhost:1" }), null);
  assertEquals(await whoAmI({ cookie: bare, "sec-fetch-site": "cross-site" }), null);
  assertEquals(await whoAmI({ cookie: bare, "sec-fetch-site": "same-site" }), null);
  assertEquals(await whoAmI({ cookie: `${bare}x` }), null);
  assertEquals(await whoAmI({ cookie: `parlor_1=${token}` }), null);

  const renamed = await ask(server, "/api/session", {
    method: "POST",
    headers: { cookie: bare, origin: server.url },
    body: '{"name":"Anna"}',
  });
  assertEquals(renamed.body.user, { id: user.id, name: "Anna" });

  const out = await ask(server, "/api/session", { method: "DELETE" });
  assertEquals(out.status, 204);
  assertMatch(out.headers.get("set-cookie") ?? "", /Max-Age=0/);
});

Deno.test("behind https the cookie is bound to its host and sent over TLS only", async () => {
  await using server = await serveInProcess({ publicUrl: "https://chat.example" });
  const { headers } = await ask(server, "/api/session", { method: "POST", body: '{"name":"Ann"}' });
  const cookie = headers.get("set-cookie") ?? "";
  assertMatch(cookie, /^__Host-parlor=/);
  assertStringIncludes(cookie, "Secure");
});

Deno.test("a token that is forged, changed or unsigned is refused", async () => {
  await using server = await serveInProcess();
  const { token } = await signIn(server.url, "Ann");
  const [head, claims, signature] = token.split(".");
  const encode = (value: unknown) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: "base64url" })
      .replaceAll("=", "");
  const forged = encode({ sub: "u_admin", name: "Admin", exp: 9_999_999_999 });
  const tokens = [
    "",
    "x",
    `${head}.${forged}.${signature}`,
    `${encode({ alg: "none", typ: "JWT" })}.${forged}.`,
    `${encode({ alg: "none", typ: "JWT" })}.${claims}.${signature}`,
    `${head}.${claims}.${signature!.slice(0, -2)}`,
  ];
  for (const bad of tokens) {
    const answer = await ask(server, `/api/session?token=${bad}`);
    assertEquals([bad, answer.status, codeOf(answer)], [bad, 401, "unauthorized"]);
  }
});

Deno.test("a post is answered when it is kept, with its place", async () => {
  await using server = await serveInProcess();
  const { token, user } = await signIn(server.url, "Ann");
  const first = await post(server.url, { message: "one", token });
  assertEquals([first.status, first.event.seq, first.event.user], [201, 1, user]);
  const keyed = { message: "two", token, headers: { "idempotency-key": "key" } };
  assertEquals([(await post(server.url, keyed)).status, (await post(server.url, keyed)).status], [
    201,
    200,
  ]);
  const conflict = await post(server.url, { ...keyed, message: "three" });
  assertEquals([conflict.status, conflict.error.code], [409, "conflict"]);
  const guest = { message: "from a script", headers: { "idempotency-key": "of-a-guest" } };
  const [once, again] = [await post(server.url, guest), await post(server.url, guest)];
  assertEquals([once.status, again.status, again.event], [201, 200, once.event]);
  assertEquals(once.event.user.unverified, true);
});

Deno.test("a post that cannot be is refused with its status and a sentence", async (test) => {
  await using server = await serveInProcess();
  const json = { "content-type": "application/json" };
  const refused: [string, string, BodyInit, number, ErrorCode][] = [
    ["no JSON", "lobby", "hello", 400, "bad_frame"],
    ["nothing", "lobby", "", 400, "bad_frame"],
    ["an array", "lobby", "[]", 400, "bad_frame"],
    ["null", "lobby", "null", 400, "bad_frame"],
    ["bytes", "lobby", new Uint8Array([0xff, 0xfe]), 400, "bad_frame"],
    ["no message", "lobby", "{}", 400, "bad_command"],
    ["a blank message", "lobby", '{"message":" "}', 400, "empty_message"],
    ["a bad id", "lobby", '{"message":"x","id":"ü"}', 400, "bad_id"],
    ["an id that is no text", "lobby", '{"message":"x","id":5}', 400, "bad_id"],
    ["a bad room", "No%20Room", '{"message":"x"}', 400, "bad_room"],
    ["a broken escape", "%E0%A4%A", '{"message":"x"}', 400, "bad_room"],
    ["an unknown room", "~secret", '{"message":"x"}', 404, "not_found"],
    ["too many bytes", "lobby", " ".repeat(LIMITS.frameBytes + 1), 413, "frame_too_long"],
  ];
  for (const [what, room, body, status, code] of refused) {
    await test.step(what, async () => {
      const answer = await ask(server, `/api/rooms/${room}/messages`, {
        method: "POST",
        headers: json,
        body,
      });
      assertEquals([answer.status, codeOf(answer)], [status, code]);
      assertMatch((answer.body.error as { message: string }).message, /\.$/);
    });
  }
  await test.step("too many bytes in chunks", async () => {
    const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
    const answer = await rawRequest(
      server.port,
      `POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: localhost:${server.port}\r\n` +
        "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" +
        `${chunk.repeat(LIMITS.frameBytes / 0x10000 + 1)}0\r\n\r\n`,
    );
    assertMatch(answer, /^HTTP\/1.1 413 [^]*frame_too_long/);
  });
  assertEquals((await history(server.url)).messages, []);
});

Deno.test("history is read by pages, backward and forward, around a message and by time", async () => {
  const store = await filled(300);
  await using server = await serveInProcess({}, { store });
  const at = (seq: number) => `${store.epoch}:${seq}`;
  const page = async (query: string) => {
    const { messages, older, newer, cursor } = await history(server.url, "lobby", query);
    assertEquals(cursor, at(300));
    return [messages[0]?.seq, messages.at(-1)?.seq, older, newer];
  };
  assertEquals(await page(""), [251, 300, true, false]);
  assertEquals(await page("limit=200"), [101, 300, true, false]);
  assertEquals(await page(`before=${at(51)}`), [1, 50, false, true]);
  assertEquals(await page(`before=${at(1)}`), [undefined, undefined, false, true]);
  assertEquals(await page(`after=${at(0)}&limit=10`), [1, 10, false, true]);
  assertEquals(await page(`after=${at(295)}`), [296, 300, true, false]);
  assertEquals(await page(`around=${at(150)}&limit=10`), [145, 154, true, true]);
  assertEquals(await page("time=100000&limit=10"), [100, 109, true, true]);
  assertEquals(await page("time=100001&limit=10"), [101, 110, true, true]);
  assertEquals(await page("time=999999999"), [undefined, undefined, true, false]);
});

Deno.test("a page that cannot be is refused", async () => {
  await using server = await serveInProcess();
  const queries: [string, ErrorCode][] = [
    ["limit=0", "bad_command"],
    [`limit=${LIMITS.pageMessages + 1}`, "bad_command"],
    ["limit=ten", "bad_command"],
    ["limit=1e2", "bad_command"],
    ["limit=-1", "bad_command"],
    ["before=5", "bad_cursor"],
    ["after=other:5", "bad_cursor"],
    ["before=x:1&after=x:1", "bad_cursor"],
    ["time=now", "bad_command"],
    ["time=-5", "bad_command"],
  ];
  for (const [query, code] of queries) {
    const answer = await ask(server, `/api/rooms/lobby/messages?${query}`);
    assertEquals([query, answer.status, codeOf(answer)], [query, 400, code]);
  }
});

Deno.test("the list of rooms names those in which something was said, the latest first", async () => {
  await using server = await serveInProcess();
  assertEquals((await ask(server, "/api/rooms")).body, { rooms: [] });
  await post(server.url, { room: "lobby", message: "one" });
  await post(server.url, { room: "lobby", message: "two" });
  await new Promise((resolve) => setTimeout(resolve, 2));
  await post(server.url, { room: "garden", message: "three" });
  const { rooms } = (await ask(server, "/api/rooms")).body as {
    rooms: { room: string; cursor: string; timestamp: number }[];
  };
  assertEquals(rooms.map(({ room, cursor }) => [room, cursor.split(":")[1]]), [
    ["garden", "1"],
    ["lobby", "2"],
  ]);
});

Deno.test("paths, methods and sockets that do not fit are told what would", async () => {
  await using server = await serveInProcess();
  const missing = await ask(server, "/nowhere");
  assertEquals([missing.status, codeOf(missing)], [404, "not_found"]);
  for (const [method, path] of [["PUT", "/api/session"], ["POST", "/"], ["DELETE", "/r/lobby"]]) {
    const answer = await ask(server, path!, { method: method! });
    assertEquals([path, answer.status, codeOf(answer)], [path, 405, "method_not_allowed"]);
    assertStringIncludes(answer.headers.get("allow") ?? "", "GET");
  }
  for (const path of ["/ws", "/chat", "/socket", "/echo"]) {
    const answer = await ask(server, path);
    assertEquals([path, answer.status], [path, 426]);
    assertEquals(answer.headers.get("upgrade"), "websocket");
  }
});

Deno.test("HEAD answers like GET, without a body and without staying", async () => {
  await using server = await serveInProcess();
  for (const path of ["/", "/healthz", "/api/session", "/api/rooms", "/api/events?rooms=lobby"]) {
    const answer = await ask(server, path, { method: "HEAD" });
    assertEquals([path, answer.status, answer.text], [path, 200, ""]);
  }
  await using client = await connect(server.url);
  client.send({ type: "join", room: "lobby" });
  assertEquals((await client.nextOf("joined")).online, 1);
});

Deno.test("every answer of the page's origin carries a strict policy", async () => {
  await using server = await serveInProcess();
  for (const path of ["/", "/r/lobby", "/api/session", "/nowhere"]) {
    const { headers } = await ask(server, path);
    const policy = headers.get("content-security-policy") ?? "";
    assertStringIncludes(policy, "default-src 'none'");
    assertStringIncludes(policy, "script-src 'self'");
    assertStringIncludes(policy, "frame-ancestors 'none'");
    assert(!policy.includes("unsafe"), policy);
    assertEquals(headers.get("x-content-type-options"), "nosniff");
  }
});

Deno.test("the page is asked for anew each time, its files are kept for ever and sent compressed", async () => {
  await using server = await serveInProcess();
  const page = await ask(server, "/");
  assertStringIncludes(page.headers.get("content-type") ?? "", "text/html");
  assertEquals(page.headers.get("cache-control"), "no-cache");
  assertEquals((await ask(server, "/r/anything")).text, page.text);
  const etag = page.headers.get("etag")!;
  assertEquals((await ask(server, "/", { headers: { "if-none-match": etag } })).status, 304);

  const script = /src="(\/assets\/main[^"]+)"/.exec(page.text)?.[1];
  assert(script, "the page names its script");
  const file = await ask(server, script);
  assertMatch(file.headers.get("cache-control") ?? "", /max-age=31536000.*immutable/);
  const answers: [string, string | null][] = [
    ["gzip, deflate, br", "br"],
    ["gzip", "gzip"],
    ["br;q=0, gzip;q=0.5", "gzip"],
    ["identity", null],
    ["br;q=0.0", null],
    ["zstd", null],
    ["", null],
  ];
  const sizes = new Map<string | null, number>();
  for (const [accept, encoding] of answers) {
    const { headers } = await askRaw(server, script, { "Accept-Encoding": accept });
    assertEquals([accept, headers.get("content-encoding")], [accept, encoding]);
    assertStringIncludes(headers.get("vary") ?? "", "accept-encoding");
    sizes.set(encoding, Number(headers.get("content-length")));
  }
  assertGreater(sizes.get("br"), 0);
  assertLess(sizes.get("br"), sizes.get("gzip")!);
  assertLess(sizes.get("gzip"), sizes.get(null)!);
  assertEquals(new TextEncoder().encode(file.text).byteLength, sizes.get(null));
  const gone = await ask(server, "/assets/main-OLD.js");
  assertEquals([gone.status, codeOf(gone)], [404, "not_found"]);
  for (const path of ["/assets/../deno.json", "/assets/%2e%2e%2fdeno.json", "/assets/%00"]) {
    assertEquals([path, (await askRaw(server, path, {})).status], [path, 404]);
  }
});

Deno.test("pages of foreign sites are refused, on every way in", async () => {
  await using server = await serveInProcess();
  for (
    const origin of ["https://evil.example", "http://localhost.evil.example", "https://localhost"]
  ) {
    const answer = await ask(server, "/api/session", { headers: { origin } });
    assertEquals([origin, answer.status, codeOf(answer)], [origin, 403, "forbidden"]);
    assertEquals(answer.headers.get("access-control-allow-origin"), null);
    const socket = upgradeRequest(server.port, {
      headers: { "Origin": origin, "Connection": "close, Upgrade" },
    });
    assertMatch(await rawRequest(server.port, socket), /^HTTP\/1.1 403 /);
  }
});

Deno.test("local pages and pages from files may talk as guests, without the cookie", async () => {
  await using server = await serveInProcess();
  const { token } = await signIn(server.url, "Ann");
  const cookie = `parlor_${server.port}=${token}`;
  const nameFor = async (origin: string, protocol = SUBPROTOCOL) => {
    using socket = await RawSocket.open(server.port, {
      protocol,
      headers: { "Origin": origin, "Cookie": cookie },
    });
    const [welcome] = JSON.parse(new TextDecoder().decode((await socket.next())?.payload));
    return welcome.user.name;
  };
  assertEquals(await nameFor(server.url), "Ann");
  for (const origin of ["null", "http://localhost:3000", "http://127.0.0.1:5500"]) {
    assertMatch(await nameFor(origin), /^Guest /);
    const answer = await ask(server, "/api/session", { headers: { origin, cookie } });
    assertEquals([answer.status, answer.body.user], [200, null]);
    assertEquals(answer.headers.get("access-control-allow-origin"), origin);
    assertEquals(answer.headers.get("access-control-allow-credentials"), null);
  }
  // A socket without an origin comes from no page, so no cookie counts for it.
  await using program = await connect(server.url, { headers: { cookie } });
  assertMatch((await program.nextOf("welcome")).user.name, /^Guest /);
});

Deno.test("a site that is allowed may ask, is told so by CORS, and signs in with a token", async () => {
  const origin = "https://app.example";
  await using server = await serveInProcess({ allowOrigins: [origin] });
  const preflight = await ask(server, "/api/rooms/lobby/messages", {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,idempotency-key,authorization",
    },
  });
  assertEquals(preflight.status, 204);
  assertEquals(preflight.headers.get("access-control-allow-origin"), origin);
  assertMatch(preflight.headers.get("access-control-allow-headers") ?? "", /idempotency-key/i);
  const { token, user } = await signIn(server.url, "Ann");
  const headers = { origin, authorization: `Bearer ${token}` };
  const answer = await ask(server, "/api/session", { headers });
  assertEquals([answer.status, answer.body.user], [200, user]);
  assertEquals(answer.headers.get("access-control-allow-origin"), origin);
  await using socket = await connect(server.url, { token, headers: { origin } });
  assertEquals((await socket.nextOf("welcome")).user, user);
});

Deno.test("DNS rebinding: names of elsewhere that point to this machine are refused", async () => {
  await using server = await serveInProcess();
  for (const host of ["evil.example", `evil.example:${server.port}`, "localhost.evil.example"]) {
    for (const path of ["/", "/api/session", "/api/events"]) {
      assertEquals([host, (await askRaw(server, path, { "Host": host })).status], [host, 403]);
    }
    for (const protocol of [SUBPROTOCOL, null]) {
      const headers = { "Host": host, "Origin": `http://${host}`, "Connection": "close, Upgrade" };
      const socket = upgradeRequest(server.port, { protocol, headers });
      assertMatch(await rawRequest(server.port, socket), /^HTTP\/1.1 403 /);
    }
  }
  for (const host of ["localhost", "127.0.0.1", "[::1]", "chat.localhost", "LOCALHOST:1"]) {
    assertEquals([host, (await askRaw(server, "/", { "Host": host })).status], [host, 200]);
  }
});

Deno.test("DNS rebinding: a page whose name was made to point into the local network reads and hears nothing", async () => {
  for (const publicUrl of [undefined, "https://chat.example"]) {
    await using server = await serveInProcess({ host: "0.0.0.0", publicUrl });
    const host = `evil.example:${server.port}`;
    // As a browser asks for a page of its own site: without an origin, or with one that looks like ours.
    for (const path of ["/", "/api/rooms", "/api/rooms/lobby/messages", "/api/events", "/app.js"]) {
      const { status, text } = await askRaw(server, path, {
        "Host": host,
        "Sec-Fetch-Site": "same-origin",
      });
      assertEquals([path, status], [path, 403]);
      assertMatch(text, publicUrl ? /Open https:\/\/chat\.example/ : /--public-url http:\/\/evil/);
    }
    for (const path of ["/", "/ws", "/chat", "/socket", "/echo"]) {
      for (const protocol of path === "/ws" ? [SUBPROTOCOL, null] : [null]) {
        const headers = {
          "Host": host,
          "Origin": `http://${host}`,
          "Connection": "close, Upgrade",
        };
        const upgrade = upgradeRequest(server.port, { path, protocol, headers });
        assertMatch(await rawRequest(server.port, upgrade), /^HTTP\/1.1 403 /);
      }
    }
    assertEquals(server.log.filter((line) => line.includes(" connected ")), []);
  }
});

Deno.test("people of the local network open a server by its address and by its name there", async () => {
  await using server = await serveInProcess({ host: "0.0.0.0" });
  for (const name of ["127.0.0.1", "192.168.7.20", "[fd00::1]", "parlor", "parlor.local"]) {
    const host = `${name}:${server.port}`;
    assertEquals([host, (await askRaw(server, "/", { "Host": host })).status], [host, 200]);
    const headers = { "Host": host, "Origin": `http://${host}` };
    using socket = await RawSocket.open(server.port, { headers });
    assertEquals((await socket.next())?.opcode, OPCODE.text);
  }
});

Deno.test("a refused foreign plain page opens no socket, and nothing it sends arrives", async () => {
  await using server = await serveInProcess();
  await using witness = await connectPlain(new URL("/", server.url));
  const request = upgradeRequest(server.port, {
    path: "/",
    protocol: null,
    headers: { "Origin": "https://evil.example", "Connection": "close, Upgrade" },
  });
  assertMatch(await rawRequest(server.port, request), /^HTTP\/1.1 403 /);
  assertEquals(witness.received, []);
  assertEquals(server.log.filter((line) => line.includes(" connected ")).length, 1);
});
