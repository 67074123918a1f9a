/** The keys of a host application while the place where they are published fails, over real HTTP. */

import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { createLog } from "../../server/log.ts";
import { Refusal } from "../../server/protocol.ts";
import { KEYS_TIMES, type KeysTimes } from "../../server/token_keys.ts";
import { HostTokens } from "../../server/tokens.ts";
import { hostToken, KeyServer, WRONG_ANSWER_KINDS } from "../support/host_application.ts";

const RULES = { secret: undefined, audience: undefined, issuer: undefined };
/** Asks again every time. */
const ALWAYS: KeysTimes = { ...KEYS_TIMES, hold: 0, coolDown: 0, pause: 0 };

/** Those who check tokens of a key server, and what they log. */
function checking({ url }: KeyServer, times: KeysTimes) {
  const lines: string[] = [];
  const tokens = new HostTokens(
    { ...RULES, keysUrl: url },
    createLog((line) => lines.push(line)),
    times,
  );
  const codeOf = async (token: string) => {
    const refusal = await assertRejects(() => tokens.verify(token), Refusal);
    return refusal.code;
  };
  return { tokens, codeOf, lines };
}

Deno.test("a key that is published later is found", async () => {
  await using keys = new KeyServer();
  const first = await keys.publish("ES256", "first");
  const { tokens } = checking(keys, { ...KEYS_TIMES, coolDown: 0 });
  await tokens.verify(await hostToken({}, first));
  await tokens.verify(await hostToken({}, first));
  assertEquals(keys.fetched, 1);
  const second = await keys.publish("EdDSA", "second");
  await tokens.verify(await hostToken({}, second));
  await tokens.verify(await hostToken({}, first));
  assertEquals(keys.fetched, 2);
});

Deno.test("tokens that name keys which nobody published do not make a flood of fetches", async () => {
  await using keys = new KeyServer();
  const known = await keys.publish("ES256", "known");
  const { tokens, codeOf } = checking(keys, KEYS_TIMES);
  await tokens.verify(await hostToken({}, known));
  for (let index = 0; index < 20; index++) {
    assertEquals(await codeOf(await hostToken({}, { ...known, kid: `${index}` })), "unauthorized");
  }
  assertEquals(keys.fetched, 1);
});

Deno.test("while the keys cannot be fetched, those whose key is known go on, others are asked to wait", async (test) => {
  for (const how of ["no answer", ...WRONG_ANSWER_KINDS] as const) {
    await test.step(how, async () => {
      await using keys = new KeyServer();
      const known = await hostToken({}, await keys.publish("ES256", "known"));
      const { tokens, codeOf, lines } = checking(keys, ALWAYS);
      await tokens.verify(known);

      const fresh = await hostToken({}, await keys.publish("ES256", "fresh"));
      if (how === "no answer") await keys.stop();
      else keys.wrong = how;
      for (let round = 0; round < 3; round++) {
        assertEquals((await tokens.verify(known)).user.id, "h_ada");
        assertEquals(await codeOf(fresh), "unavailable");
        assertEquals(await codeOf(`${known.slice(0, -6)}AAAAAA`), "unauthorized");
      }
      assertEquals(lines.filter((line) => line.includes("cannot be fetched")).length, 1);

      if (how === "no answer") keys.start();
      keys.wrong = undefined;
      assertEquals((await tokens.verify(fresh)).user.id, "h_ada");
      assertEquals((await tokens.verify(known)).user.id, "h_ada");
      assertEquals(lines.filter((line) => line.includes("again")).length, 1);
      assertEquals(lines.length, 2);
    });
  }
});

Deno.test("keys that were known long ago are good no more", async () => {
  await using keys = new KeyServer();
  const token = await hostToken({}, await keys.publish("ES256", "known"));
  const { tokens, codeOf } = checking(keys, { ...ALWAYS, holdUnreachable: 0 });
  await tokens.verify(token);
  await keys.stop();
  assertEquals(await codeOf(token), "unavailable");
});

Deno.test("a key that was taken back is good no more once the keys are fetched again", async () => {
  await using keys = new KeyServer();
  const token = await hostToken({}, await keys.publish("ES256", "known"));
  const { tokens, codeOf } = checking(keys, ALWAYS);
  await tokens.verify(token);
  keys.withdraw("known");
  assertEquals(await codeOf(token), "unauthorized");
});

Deno.test("a place for keys that accepts and never answers is waited for once, not by everybody", async () => {
  await using keys = new KeyServer();
  const known = await hostToken({}, await keys.publish("ES256", "known"));
  const { tokens, lines } = checking(keys, { ...ALWAYS, timeout: 300, pause: 60_000 });
  await tokens.verify(known);
  await keys.stop();
  const port = Number(new URL(keys.url).port);
  using _silent = Deno.listen({ hostname: "localhost", port });
  const started = performance.now();
  await tokens.verify(known);
  const waited = performance.now() - started;
  for (let index = 0; index < 20; index++) await tokens.verify(known);
  // Everybody waiting would take twenty times as long.
  assertLess(performance.now() - started, 10 * waited);
  assertEquals(lines.length, 1);
});
