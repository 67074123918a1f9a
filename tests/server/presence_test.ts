/** Who is where: counted connections, told now and then. */

import { assertEquals, assertGreater } from "@std/assert";
import { Presence } from "../../server/presence.ts";
import type { Signal } from "../../server/protocol.ts";
import { within } from "../support/deadline.ts";

const ANN = { id: "u_ann", name: "Ann" };
const BO = { id: "u_bo", name: "Bo" };
const CY = { id: "u_cy", name: "Cy" };
const nothingSaid = () => 0;

Deno.test("a person is there from the first connection to the last", () => {
  const presence = new Presence(() => {}, nothingSaid);
  presence.enter("lobby", ANN);
  presence.enter("lobby", BO);
  presence.enter("lobby", ANN);
  presence.leave("lobby", ANN.id);
  assertEquals(presence.in("lobby"), { online: 2, people: [ANN, BO] });
  presence.leave("lobby", ANN.id);
  presence.leave("lobby", ANN.id);
  presence.leave("garden", BO.id);
  assertEquals(presence.in("lobby"), { online: 1, people: [BO] });
  assertEquals(presence.in("garden"), { online: 0, people: [] });
  presence.close();
});

Deno.test("who comes back under another name is shown with it", () => {
  const presence = new Presence(() => {}, nothingSaid);
  presence.enter("lobby", ANN);
  presence.enter("lobby", { ...ANN, name: "Anna" });
  assertEquals(presence.in("lobby").people, [{ id: ANN.id, name: "Anna" }]);
  presence.close();
});

Deno.test("many people are counted and not named, unless somebody asks", () => {
  const presence = new Presence(() => {}, nothingSaid, 2);
  for (const user of [ANN, BO, CY]) presence.enter("lobby", user);
  assertEquals(presence.in("lobby"), { online: 3 });
  assertEquals(presence.list("lobby", 2), [ANN, BO]);
  presence.leave("lobby", ANN.id);
  assertEquals(presence.in("lobby"), { online: 2, people: [BO, CY] });
  presence.close();
});

Deno.test("changes of one moment are told together, and the next ones a while later", async () => {
  const told: { at: number; signal: Signal }[] = [];
  let wake = () => {};
  const presence = new Presence((signal) => {
    told.push({ at: performance.now(), signal });
    wake();
  }, nothingSaid);
  const next = (count: number) =>
    within(
      (async () => {
        while (told.length < count) await new Promise<void>((resolve) => wake = resolve);
      })(),
      () => "Nothing was told",
    );
  presence.enter("lobby", ANN);
  presence.enter("lobby", BO);
  await next(1);
  presence.enter("lobby", CY);
  presence.leave("lobby", BO.id);
  await next(2);
  presence.close();
  assertEquals(told.map(({ signal }) => signal), [
    { type: "presence", room: "lobby", online: 2, people: [ANN, BO] },
    { type: "presence", room: "lobby", online: 2, people: [ANN, CY] },
  ]);
  assertGreater(told[1]!.at - told[0]!.at, 900);
});
