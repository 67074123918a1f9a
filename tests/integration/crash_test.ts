/** Acknowledged means kept. This is the short run; `deno task crash` makes a long one. */

import { assert, assertEquals, assertGreater } from "@std/assert";
import { parseArgs } from "node:util";
import { crash } from "./crash/crash.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    kills: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
  },
});
const KILLS = parseInt(values.kills);
const SEED = parseInt(values.seed);

Deno.test(`everything acknowledged outlives ${KILLS} kills at random moments, once and in order`, async () => {
  const verdict = await crash({ kills: KILLS, seed: SEED });
  const { acknowledged, kept, retries, ...faults } = verdict;
  console.log(
    `${KILLS} kills (seed ${SEED}): ${acknowledged} messages acknowledged, ${kept} kept, ${retries} retries; ` +
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
