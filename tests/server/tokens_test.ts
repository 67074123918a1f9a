import { assertEquals, assertRejects } from "@std/assert";
import { createLog } from "../../server/log.ts";
import { may } from "../../server/permissions.ts";
import { Refusal } from "../../server/protocol.ts";
import { HostTokens, signToken } from "../../server/tokens.ts";
import { at, HOST_SECRET, hostToken } from "../support/host_application.ts";

const NO_RULES = { secret: undefined, keysUrl: undefined, audience: undefined, issuer: undefined };
const quiet = createLog(() => {});
const tokens = new HostTokens({ ...NO_RULES, secret: HOST_SECRET }, quiet);

async function grantOf(claims: Record<string, unknown>) {
  return (await tokens.verify(await hostToken(claims))).grant;
}

Deno.test("without “rooms” a token is good for every public room, and for no private one", async () => {
  const grant = await grantOf({});
  for (const room of ["lobby", "team-a"]) {
    assertEquals([may(grant, "post", room), may(grant, "moderate", room)], [true, false]);
  }
  assertEquals(may(grant, "read", "~secret"), false);
  assertEquals(may(await grantOf({ role: "moderator" }), "moderate", "lobby"), true);
  assertEquals(may(await grantOf({ role: "reader" }), "post", "lobby"), false);
});

Deno.test("an entry of “rooms” may have a role of its own", async () => {
  const grant = await grantOf({ rooms: ["team-*", { room: "news", role: "reader" }, "~board"] });
  assertEquals(may(grant, "post", "team-a"), true);
  assertEquals([may(grant, "read", "news"), may(grant, "post", "news")], [true, false]);
  assertEquals([may(grant, "post", "~board"), may(grant, "read", "~boards")], [true, false]);
  assertEquals(may(grant, "join", "lobby"), false);
  assertEquals((await grantOf({ rooms: [] })).length, 0);
});

Deno.test("a token says who and until when; without a name the id is shown", async () => {
  const exp = Math.ceil(at(60_000));
  const { user, expires } = await tokens.verify(await hostToken({ exp, name: undefined }));
  assertEquals([user, expires], [{ id: "h_ada", name: "ada" }, exp * 1_000]);
  const lasting = await tokens.verify(await hostToken({ exp: undefined }));
  assertEquals(lasting.expires, undefined);
});

Deno.test("clocks may differ a little", async () => {
  await tokens.verify(await hostToken({ exp: at(-2_000), nbf: at(2_000) }));
  await assertRejects(
    async () => await tokens.verify(await hostToken({ nbf: at(20_000) })),
    Refusal,
  );
});

Deno.test("a token as long as a frame, or with rooms without end, is not taken apart", async () => {
  for (
    const claims of [{ note: "x".repeat(9_000) }, { rooms: Array.from({ length: 201 }, () => "a") }]
  ) {
    const { code } = await assertRejects(() => grantOf(claims), Refusal);
    assertEquals(code, "unauthorized");
  }
});

Deno.test("what parlor token makes says what it was asked to", async () => {
  const rules = { secret: HOST_SECRET, keysUrl: undefined, audience: "parlor", issuer: "me" };
  const request = {
    sub: "ada",
    name: "Ada",
    rooms: ["team-*"],
    role: "reader",
    lasts: 60,
  } as const;
  const token = await signToken(request, rules);
  const { user, grant } = await new HostTokens(rules, quiet).verify(token);
  assertEquals(user, { id: "h_ada", name: "Ada" });
  assertEquals(grant, [{ pattern: "team-*", role: "reader" }]);
});
