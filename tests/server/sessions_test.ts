import { assert, assertEquals } from "@std/assert";
import { type Context, Hono } from "hono";
import { parseLimits } from "../../server/limit_table.ts";
import { Limiter } from "../../server/limits.ts";
import type { AppContext } from "../../server/services.ts";
import { createLog } from "../../server/log.ts";
import { createMemoryNames } from "../../server/names_memory.ts";
import { Sessions } from "../../server/sessions.ts";
import { HostTokens } from "../../server/tokens.ts";
import { Clock } from "../support/clock.ts";

const DAY = 24 * 60 * 60_000;

/** Sessions on a clock, and a way to do something with them in a request that brings a token. */
function trial() {
  const clock = new Clock();
  const log = createLog(() => {});
  const names = createMemoryNames(clock.now);
  const rules = { secret: undefined, keysUrl: undefined, audience: undefined, issuer: undefined };
  const sessions = new Sessions({
    secret: "a secret for the tests of sessions",
    mode: "open",
    publicUrl: undefined,
    names,
    tokens: new HostTokens(rules, log),
    limiter: new Limiter(parseLimits(["all=0"])),
    log,
    now: clock.now,
  });
  const within = async <Result>(
    headers: Record<string, string>,
    act: (context: AppContext) => Promise<Result>,
  ): Promise<Result> => {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const app = new Hono();
    app.all("*", async (context: Context) => {
      await act(context).then(resolve, reject);
      return context.body(null, 204);
    });
    await app.request("http://localhost/", { headers }, { address: "::1", network: "::/64" });
    return await promise;
  };
  const bearing = <Result>(token: string, act: (context: AppContext) => Promise<Result>) =>
    within({ authorization: `Bearer ${token}` }, act);
  const signIn = (name: string) => within({}, (context) => sessions.signIn(context, name));
  return { clock, names, sessions, within, bearing, signIn };
}

Deno.test("a session that is used in its second half lasts anew, under the same id", async () => {
  const { clock, names, sessions, bearing, signIn } = trial();
  const { token, user } = await signIn("Ada");
  clock.time += 14 * DAY;
  assertEquals(await bearing(token, (context) => sessions.resume(context)), { user });
  clock.time += 2 * DAY;
  const resumed = await bearing(token, (context) => sessions.resume(context));
  assertEquals(resumed?.user, user);
  const renewed = resumed!.token!;
  clock.time += 20 * DAY;
  assertEquals((await bearing(renewed, (context) => sessions.identify(context)))?.user, user);
  assert(await names.isTaken("ada"));
});

Deno.test("a link with somebody else's token does not sign a browser in as them", async () => {
  const { sessions, within, bearing, signIn } = trial();
  const { token } = await signIn("Mallory");
  const isProven = (context: AppContext) => Promise.resolve(sessions.isProvenByCookie(context));
  assertEquals(await bearing(token, isProven), false);
  assertEquals(await within({ cookie: `parlor_80=${token}` }, isProven), true);
});

Deno.test("a session that is not used ends, and its name is free", async () => {
  const { clock, sessions, bearing, signIn } = trial();
  const { token, user } = await signIn("Ada");
  clock.time += 30 * DAY;
  const refused = await bearing(token, (context) => sessions.identify(context)).catch((e) => e);
  assertEquals(refused.code, "unauthorized");
  const next = await signIn("Ada");
  assert(next.user.id !== user.id);
});
