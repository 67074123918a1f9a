/** The users of a host application in a browser: its token in the cookie, against those who would put it there. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { parseLimits } from "../../server/limit_table.ts";
import { CLOSE, type User } from "../../server/protocol.ts";
import { connect, signIn } from "../support/client.ts";
import { at, HOST_SECRET, hostToken, unsignedToken } from "../support/host_application.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";
import { RawSocket } from "../support/raw_socket.ts";

const TOKENS = { secret: HOST_SECRET, keysUrl: undefined, audience: undefined, issuer: undefined };
const ADA: User = { id: "h_ada", name: "Ada" };

/** A server that lets in only whom the application signs in. */
function serveTokens(): Promise<InProcessServer> {
  return serveInProcess({ mode: "token", tokens: TOKENS });
}

/** A request to `/api/session`, as a page of the server's own would make it unless `headers` differ. */
async function ask(
  { url }: InProcessServer,
  method: string,
  headers: Record<string, string> = {},
  path = "/api/session",
) {
  const own: Record<string, string> = method === "GET" ? {} : { origin: url };
  const response = await fetch(new URL(path, url), { method, headers: { ...own, ...headers } });
  const text = await response.text();
  const [set = ""] = response.headers.getSetCookie();
  return {
    status: response.status,
    /** `name=value`, as a browser sends it back. */
    cookie: set.split(";")[0]!,
    attributes: set.split("; ").slice(1),
    user: undefined as User | null | undefined,
    error: undefined as { code: string; message: string } | undefined,
    ...(text ? JSON.parse(text) : {}),
  };
}

/** Keeps a token in a browser; what the browser then sends. */
async function keep(server: InProcessServer, token: string, cookie?: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, ...(cookie ? { cookie } : {}) };
  const kept = await ask(server, "POST", headers);
  assertEquals(kept.status, 200);
  return kept.cookie;
}

Deno.test("a page of ours keeps the application's user signed in for as long as the token is good", async () => {
  await using server = await serveTokens();
  const token = await hostToken({ rooms: ["lobby"], exp: Math.ceil(at(600_000)) });
  const kept = await ask(server, "POST", { authorization: `Bearer ${token}` });
  assertEquals(kept.user, ADA);
  assertEquals(kept.cookie, `parlor_${server.port}=${token}`);
  assert(["HttpOnly", "SameSite=Lax", "Path=/"].every((one) => kept.attributes.includes(one)));
  const lasts = Number(/Max-Age=(\d+)/.exec(kept.attributes.join("; "))?.[1]);
  assert(lasts > 590 && lasts <= 600, `The cookie lasts ${lasts} seconds`);

  const { cookie } = kept;
  assertEquals((await ask(server, "GET", { cookie })).user, ADA);
  await using client = await connect(server.url, { headers: { cookie, origin: server.url } });
  assertEquals((await client.nextOf("welcome")).user, ADA);
  // Rights are those of the token.
  client.send([{ type: "join", room: "lobby" }, { type: "join", room: "secrets" }]);
  assertEquals((await client.nextOf("joined")).room, "lobby");
  assertEquals((await client.nextOf("error")).code, "forbidden");
});

Deno.test("a token without an end is kept for as long as browsers keep anything", async () => {
  await using server = await serveTokens();
  const token = await hostToken({ exp: undefined });
  const { attributes, cookie } = await ask(server, "POST", { authorization: `Bearer ${token}` });
  assert(attributes.includes(`Max-Age=${400 * 24 * 60 * 60}`));
  assertEquals((await ask(server, "GET", { cookie })).user, ADA);
});

Deno.test("a link with somebody's token keeps nobody signed in: neither its address, nor another page", async () => {
  await using server = await serveInProcess({ tokens: TOKENS });
  const token = await hostToken({ sub: "mallory", name: "Mallory" });
  const authorization = `Bearer ${token}`;
  const inAddress = `/api/session?token=${token}`;
  const attempts = [
    ask(server, "GET", { authorization }),
    ask(server, "GET", { "sec-fetch-site": "cross-site" }, inAddress),
    ask(server, "POST", {}, inAddress),
    ask(server, "POST", { authorization, origin: "http://localhost:1" }),
    ask(server, "POST", { authorization, origin: "null" }),
    ask(server, "POST", { authorization, origin: "https://evil.example" }),
  ];
  for (const { cookie } of await Promise.all(attempts)) assertEquals(cookie, "");
});

Deno.test("what a page is told of a token before it asks its reader is checked", async () => {
  await using server = await serveTokens();
  const told = await ask(server, "GET", { authorization: `Bearer ${await hostToken()}` });
  assertEquals([told.user, told.cookie], [ADA, ""]);
  for (const token of [unsignedToken(), await hostToken({}, { secret: "of somebody else" })]) {
    const refused = await ask(server, "GET", { authorization: `Bearer ${token}` });
    assertEquals([refused.status, refused.error?.code], [401, "unauthorized"]);
    const kept = await ask(server, "POST", { authorization: `Bearer ${token}` });
    assertEquals([kept.status, kept.cookie], [401, ""]);
  }
});

Deno.test("a session of a guest cannot be put into another browser like a token", async () => {
  await using server = await serveInProcess({ tokens: TOKENS });
  const { token } = await signIn(server.url, "Mallory");
  const attempt = await ask(server, "POST", { authorization: `Bearer ${token}` });
  assertEquals([attempt.status, attempt.cookie], [400, ""]);
});

Deno.test("a guest who goes on as the application's user is no guest any more", async () => {
  await using server = await serveInProcess({ tokens: TOKENS });
  const { token: guests, user } = await signIn(server.url, "Grace");
  const asGuest = `parlor_${server.port}=${guests}`;
  await using tab = await connect(server.url, { headers: { cookie: asGuest, origin: server.url } });
  assertEquals((await tab.nextOf("welcome")).user, user);
  const cookie = await keep(server, await hostToken(), asGuest);
  assertEquals((await tab.closed).code, CLOSE.signedOut.code);
  assertEquals((await ask(server, "GET", { cookie: asGuest })).user, null);
  assertEquals((await ask(server, "GET", { cookie })).user, ADA);
  // The name is free again.
  await signIn(server.url, "Grace");
});

Deno.test("signing out ends the tabs and takes the token out of the browser", async () => {
  await using server = await serveTokens();
  const cookie = await keep(server, await hostToken());
  await using tab = await connect(server.url, { headers: { cookie, origin: server.url } });
  await tab.nextOf("welcome");
  const out = await ask(server, "DELETE", { cookie });
  assertEquals([out.status, out.cookie], [204, `parlor_${server.port}=`]);
  assert(out.attributes.includes("Max-Age=0"));
  assertEquals((await tab.closed).code, CLOSE.signedOut.code);
});

Deno.test("a cookie with a token that is forged or over is nobody's, and is taken back", async () => {
  const over = await hostToken({ exp: Math.floor(at(-60_000)) });
  for (const token of [over, unsignedToken(), "nonsense", "a.b.c"]) {
    const cookie = (port: number) => `parlor_${port}=${token}`;
    await using server = await serveTokens();
    const found = await ask(server, "GET", { cookie: cookie(server.port) });
    assertEquals([found.status, found.user], [200, null]);
    assertEquals(found.cookie, `parlor_${server.port}=`);
    const headers = { cookie: cookie(server.port), origin: server.url };
    const path = "/ws";
    await assertRejects(
      () => RawSocket.open(server.port, { path, headers }),
      Error,
      "HTTP/1.1 401",
    );

    await using open = await serveInProcess({ tokens: TOKENS });
    await using client = await connect(open.url, {
      headers: { cookie: cookie(open.port), origin: open.url },
    });
    assertMatch((await client.nextOf("welcome")).user.name, /^Guest \d+$/);
  }
});

Deno.test("the connection of a kept token ends with it, after a warning that says how much is left", async () => {
  await using server = await serveTokens();
  const exp = Math.ceil(at(1_500));
  const cookie = await keep(server, await hostToken({ exp }));
  await using tab = await connect(server.url, { headers: { cookie, origin: server.url } });
  const warning = await tab.nextOf("expiring");
  assertEquals(warning.expires, exp * 1_000);
  assert(warning.left > 0 && warning.left <= 1_000);
  assertEquals((await tab.closed).code, CLOSE.expired.code);
});

Deno.test("trying out tokens as cookies comes to an end like trying them openly", async () => {
  await using server = await serveInProcess({
    mode: "token",
    tokens: TOKENS,
    limits: parseLimits(["all=0", "sign-ins-per-minute=3"]),
  });
  const forged = await hostToken({}, { secret: "a guess" });
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 30 && statuses.at(-1) !== 429; attempt++) {
    statuses.push((await ask(server, "GET", { cookie: `parlor_${server.port}=${forged}` })).status);
  }
  assertEquals(statuses.at(-1), 429);
  const cookie = `parlor_${server.port}=${await hostToken()}`;
  assertEquals((await ask(server, "GET", { cookie })).user, ADA);
});

Deno.test("a token that no browser can keep is refused with a sentence", async () => {
  await using server = await serveTokens();
  const rooms = Array.from({ length: 150 }, (_, number) => `a-room-with-a-long-name-${number}`);
  const token = await hostToken({ rooms });
  const { status, error, cookie } = await ask(server, "POST", { authorization: `Bearer ${token}` });
  assertEquals([status, cookie], [400, ""]);
  assertMatch(error!.message, /too long for a browser/);
});
