/**
 * Acknowledged means kept. By default a short run; more with
 *
 *     CRASH_KILLS=30 CRASH_SEED=7 deno task test tests/integration/crash_test.ts
 */

import { assert, assertEquals, assertGreater } from "@std/assert";
import { crash } from "./crash/crash.ts";

const KILLS = Number(Deno.env.get("CRASH_KILLS") ?? 5);
const SEED = Number(Deno.env.get("CRASH_SEED") ?? 1);

Deno.test(`everything acknowledged outlives ${KILLS} kills at random moments, once and in order`, async () => {
  const verdict = await crash({ kills: KILLS, seed: SEED });
  const { acknowledged, kept, retries, ...faults } = verdict;
  console.log(
    `${KILLS} kills: ${acknowledged} messages acknowledged, ${kept} kept, ${retries} retries; ` +
      `${faults.lost} lost, ${faults.doubled} doubled, ${faults.outOfOrder} out of order, ` +
      `${faults.holes} holes, ${faults.shownOtherwise} shown otherwise`,
  );
  const none: typeof faults = {
    lost: 0,
    doubled: 0,
    outOfOrder: 0,
    holes: 0,
    shownOtherwise: 0,
    surprises: [],
  };
  assertEquals(faults, none);
  // Every author has written until the end, so all that is kept was acknowledged sooner or later.
  assertEquals(acknowledged, kept);
  assertGreater(retries, 0);
});

Deno.test("a server that acknowledges before it commits is found out", async () => {
  const entry = new URL("./crash/early_server.ts", import.meta.url);
  const verdict = await crash({ kills: 2, seed: SEED, entry });
  assert(verdict.lost > 0, `nothing was lost: ${JSON.stringify(verdict)}`);
});
