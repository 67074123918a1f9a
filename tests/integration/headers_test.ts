/** What every answer says to browsers, and what no request can make an answer say. */

import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { LIMITS } from "../../server/protocol.ts";
import { signIn } from "../support/client.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";
import { rawRequest, upgradeRequest } from "../support/raw_socket.ts";
import { startServer } from "../support/server.ts";

/** The whole policy: a directive that is missing or weaker fails. */
const POLICY = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:"],
  ...["connect-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'self'"],
  ...["frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'"],
].join("; ");
const EXPECTED: Readonly<Record<string, string>> = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "cross-origin-resource-policy": "same-origin",
};

/**
 * On a script or a style sheet. A browser that opens one by itself shows plain text in which nothing
 * runs, so what guards a page guards nothing there.
 */
const EXPECTED_INERT: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
};

/** What browsers heed only over TLS, and complain of elsewhere. */
const EXPECTED_SECURE: Readonly<Record<string, string>> = {
  "strict-transport-security": "max-age=31536000",
  "cross-origin-opener-policy": "same-origin",
  "origin-agent-cluster": "?1",
};

function assertGuarded(name: string, headers: Headers, expected = EXPECTED): void {
  for (const [header, value] of Object.entries(expected)) {
    assertEquals([name, header, headers.get(header)], [name, header, value]);
  }
  assert(headers.get("cache-control"), `${name} does not say whether it may be kept`);
  for (const header of ["server", "x-powered-by"]) assertEquals(headers.get(header), null);
}

/** Each kind of answer: a name, its status, and the request for it. */
async function kindsOf(
  { url }: InProcessServer,
): Promise<[string, number, string, RequestInit?][]> {
  const page = await fetch(url);
  await page.body?.cancel();
  const etag = page.headers.get("etag")!;
  const json = { "content-type": "application/json" };
  const foreign = { origin: "https://evil.example" };
  const post = (body: string) => ({ method: "POST", headers: json, body });
  return [
    ["the page", 200, "/"],
    ["a room's page", 200, "/r/lobby"],
    ["the page, not changed", 304, "/", { headers: { "if-none-match": etag } }],
    ["the head of the page", 200, "/", { method: "HEAD" }],
    ["an icon", 200, "/icon.svg"],
    ["an old script", 404, "/assets/old.js"],
    ["a health check", 200, "/healthz"],
    ["JSON", 200, "/api/session"],
    ["a session", 200, "/api/session", post('{"name":"Ann"}')],
    ["an end of session", 204, "/api/session", { method: "DELETE" }],
    ["an event stream", 200, "/api/events?rooms=lobby"],
    ["nothing there", 404, "/nowhere"],
    ["a wrong method", 405, "/api/rooms", { method: "DELETE" }],
    ["a wrong body", 400, "/api/session", post("no JSON")],
    ["a long body", 413, "/api/session", post(`"${"x".repeat(LIMITS.frameBytes)}"`)],
    ["a wrong token", 401, "/api/session?token=x"],
    ["an address for sockets", 426, "/ws"],
    ["a foreign page's request", 403, "/api/session", { headers: foreign }],
    ["a preflight", 204, "/api/session", {
      method: "OPTIONS",
      headers: { origin: "null", "access-control-request-method": "POST" },
    }],
  ];
}

Deno.test("every kind of answer that is not plain script or style has the strict policy and the other headers", async () => {
  for (const publicUrl of [undefined, "https://chat.example"]) {
    await using server = await serveInProcess({ publicUrl });
    for (const [name, status, path, init] of await kindsOf(server)) {
      const response = await fetch(new URL(path, server.url), init);
      await response.body?.cancel();
      assertEquals([name, response.status], [name, status]);
      assertGuarded(name, response.headers);
      for (const [header, value] of Object.entries(EXPECTED_SECURE)) {
        const expected = publicUrl === undefined ? null : value;
        assertEquals([name, header, response.headers.get(header)], [name, header, expected]);
      }
    }
  }
});

Deno.test("scripts and style sheets have what holds for plain text, and not a byte of what guards pages", async () => {
  for (const publicUrl of [undefined, "https://chat.example"]) {
    await using server = await serveInProcess({ publicUrl });
    const page = await (await fetch(server.url)).text();
    const paths = [...page.matchAll(/"(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path!);
    assert(
      paths.some((path) => path.endsWith(".js")) && paths.some((path) => path.endsWith(".css")),
    );
    for (const path of paths) {
      const { status, headers, body } = await fetch(new URL(path, server.url));
      await body?.cancel();
      assertEquals([path, status], [path, 200]);
      // Were it anything but text to a browser, it would have to be guarded like a page.
      assertMatch(headers.get("content-type")!, /^text\/(javascript|css); charset=utf-8$/);
      assertGuarded(path, headers, EXPECTED_INERT);
      const needless = [
        ...Object.keys(EXPECTED),
        "cross-origin-opener-policy",
        "origin-agent-cluster",
      ]
        .filter((name) => !(name in EXPECTED_INERT) && headers.has(name));
      assertEquals([path, needless], [path, []]);
      const transport = publicUrl === undefined
        ? null
        : EXPECTED_SECURE["strict-transport-security"];
      assertEquals(headers.get("strict-transport-security"), transport);
    }
  }
});

/** The headers of an answer as it came over TCP. */
function headersOf(answer: string): Headers {
  const [head] = answer.split("\r\n\r\n");
  const lines = head!.split("\r\n").slice(1).map((line) => line.split(/: ?(.*)/));
  return new Headers(lines.map(([name, value]): [string, string] => [name!, value!]));
}

Deno.test("refused upgrades have them too, and a request for another host", async () => {
  await using server = await serveInProcess();
  const refusals: [number, Parameters<typeof upgradeRequest>[1]][] = [
    [400, { protocol: "other.v1" }],
    [401, { path: "/ws?token=forged" }],
    [403, { headers: { Origin: "https://evil.example" } }],
    [403, { headers: { Host: "evil.example" } }],
  ];
  for (const [status, options] of refusals) {
    const connection = { "Connection": "close, Upgrade" };
    const answer = await rawRequest(
      server.port,
      upgradeRequest(server.port, {
        ...options,
        headers: { ...connection, ...options?.headers },
      }),
    );
    assertMatch(answer, new RegExp(`^HTTP/1.1 ${status} `));
    assertGuarded(`an upgrade refused with ${status}`, headersOf(answer));
  }
});

const get = (target: string, port: number) =>
  `GET ${target} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`;

Deno.test("no path leads out of the static files", async () => {
  await using server = await startServer();
  const secret = await Deno.readTextFile(`${server.data}/secret`);
  const ways = ["..", "%2e%2e", "%252e%252e", "..%00", "....", ".%2e", "..;"];
  const slashes = ["/", "%2f", "%5c", "\\", "%c0%af", "//"];
  const targets = ways.flatMap((way) => slashes.map((slash) => (way + slash).repeat(8)))
    .flatMap((
      up,
    ) => [`/${up}etc/passwd`, `/assets/${up}etc/passwd`, `/assets/${up}${server.data}/secret`]);
  targets.push(
    ...["/etc/passwd", "//etc/passwd", "/assets//etc/passwd", "/assets/", "/assets", "/deno.json"],
    ...["/assets/constructor", "/assets/__proto__", "/secret", "/parlor.db", "file:///etc/passwd"],
    `http://localhost:${server.port}/../../etc/passwd`,
  );
  for (const target of targets) {
    const answer = await rawRequest(server.port, get(target, server.port));
    assertMatch(
      answer,
      /^HTTP\/1.1 4\d\d /,
      `${target} was answered with:\n${answer.slice(0, 200)}`,
    );
    assert(!answer.includes(secret) && !answer.includes("root:"), `${target} leads out`);
  }
});

Deno.test("nothing in a request becomes a header of the answer", async () => {
  await using server = await serveInProcess();
  const { token } = await signIn(server.url, "Ann");
  const injected = [
    "%0d%0aX-Injected:%20yes",
    "%0aX-Injected:yes",
    "%E5%98%8A%E5%98%8DX-Injected:yes",
  ];
  const targets = injected.flatMap((text) => [
    `/${text}`,
    `/r/${text}`,
    `/assets/${text}`,
    `/api/rooms/${text}/messages`,
    `/api/rooms/lobby/messages?before=${text}`,
    `/api/events?rooms=${text}`,
    `/api/events?rooms=lobby&since=${text}`,
    `/api/session?token=${token}${text}`,
  ]);
  for (const target of targets) {
    const answer = await rawRequest(server.port, get(target, server.port));
    const [head] = answer.split("\r\n\r\n");
    assertMatch(answer, /^HTTP\/1.1 [24]\d\d /, target);
    assertNotMatch(head!, /x-injected/i, target);
  }
  const names = ["a\r\nX-Injected: yes", "a\nSet-Cookie: b=c", "a\u0000b"];
  for (const name of names) {
    const response = await fetch(new URL("/api/session", server.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name }),
    });
    await response.body?.cancel();
    assertEquals(response.status, 400);
    assertEquals(response.headers.get("set-cookie"), null);
  }
});

Deno.test("a wrong token is not repeated to anybody, neither in the answer nor in the log", async () => {
  await using server = await serveInProcess();
  const token = "eyJhbGciOiJub25lIn0.c2VjcmV0LXRva2Vu.x";
  const targets = [
    "/",
    "/ws",
    "/chat",
    "/echo",
    "/nowhere",
    "/api/session",
    "/api/events",
    "/assets/x",
  ];
  for (const path of targets) {
    for (
      const request of [get, (target: string, port: number) =>
        upgradeRequest(port, {
          path: target,
          protocol: null,
          headers: { Connection: "close, Upgrade", Host: "evil.example" },
        })]
    ) {
      const answer = await rawRequest(server.port, request(`${path}?token=${token}`, server.port));
      assert(!answer.includes(token), `${path} repeats the token`);
    }
  }
  await fetch(new URL("/api/session", server.url), {
    headers: { authorization: `Bearer ${token}` },
  }).then((response) => response.body?.cancel());
  assert(!server.log.join("\n").includes(token), server.log.join("\n"));
});
