/** The list of what is pinned stays as the room is while somebody looks at it. */

import { assertEquals } from "@std/assert";
import { Pins } from "../../client/pins.ts";
import type { Message } from "../../server/protocol.ts";
import { said } from "./support/chat_trial.ts";
import { BEN } from "./support/fake_network.ts";

const pinned = (seq: number): Message => ({ ...said(seq), pinned: true });
const about = (target: number) => ({
  room: "lobby",
  seq: 9,
  timestamp: 9,
  user: BEN,
  id: "c",
  target,
});

/** A server whose answers come when the test says so. */
function trial() {
  const asked: PromiseWithResolvers<readonly Message[]>[] = [];
  const pins = new Pins(() => {
    const answer = Promise.withResolvers<readonly Message[]>();
    asked.push(answer);
    return answer.promise;
  });
  const settled = async () => {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    return pins.messages.value?.map(({ seq }) => seq);
  };
  return { asked, pins, settled };
}

Deno.test("what is unpinned or deleted goes, what is edited changes", async () => {
  const { asked, pins, settled } = trial();
  pins.read();
  asked[0]!.resolve([pinned(3), pinned(2), pinned(1)]);
  assertEquals(await settled(), [3, 2, 1]);
  pins.change({ ...about(2), type: "pin", on: false });
  pins.change({ ...about(3), type: "delete" });
  pins.change({ ...about(1), type: "edit", message: "better" });
  assertEquals(await settled(), [1]);
  assertEquals(pins.messages.value![0]!.message, "better");
  // What is not pinned does not matter here.
  pins.change({ ...about(7), type: "react", emoji: "👍", on: true });
  assertEquals(asked.length, 1);
});

Deno.test("what is pinned meanwhile is read, and an older answer does not undo it", async () => {
  const { asked, pins, settled } = trial();
  pins.read();
  pins.change({ ...about(4), type: "pin", on: true });
  assertEquals(asked.length, 2);
  asked[1]!.resolve([pinned(4)]);
  asked[0]!.resolve([]);
  assertEquals(await settled(), [4]);
});

Deno.test("a list that cannot be read says so, and what was read before stays", async () => {
  const { asked, pins, settled } = trial();
  pins.read();
  asked[0]!.resolve([pinned(1)]);
  await settled();
  pins.change(null);
  asked[1]!.reject(new Error("no server"));
  assertEquals(await settled(), [1]);
  assertEquals(pins.problem.value, "The list cannot be read now. Please try again.");
});
