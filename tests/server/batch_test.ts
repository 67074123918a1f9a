/** One flush of a room, as each kind of connection gets it. */

import { assertEquals, assertStrictEquals } from "@std/assert";
import { Batch } from "../../server/batch.ts";
import type { ChatEvent } from "../../server/protocol.ts";

const EVENT: ChatEvent = {
  type: "chat",
  room: "lobby",
  seq: 1,
  timestamp: Date.UTC(2030, 0, 2, 3, 4, 5, 6),
  user: { id: "u_ann", name: "Ann" },
  id: "one",
  message: 'Hi "all"\n',
};

Deno.test("kept events share one frame, which is made once", () => {
  const raw = { from: "c-1", text: "raw", json: "{}" };
  const batch = new Batch("lobby", [{ kind: "event", event: EVENT }, { kind: "raw", raw }], 200);
  assertEquals(JSON.parse(batch.frame!), [EVENT]);
  assertStrictEquals(batch.frame, batch.frame);
  assertEquals(batch.events, [EVENT]);
});

Deno.test("a batch of which nothing is kept has no frame for those who want only that", () => {
  const batch = new Batch("lobby", [{ kind: "raw", raw: { text: " ", json: '" "' } }], 1);
  assertEquals([batch.frame, batch.events, batch.plain.length], [undefined, [], 1]);
});

Deno.test("plain sockets get what a plain socket sent, and a rendering of everything else", () => {
  const raw = { from: "c-1", text: new Uint8Array([1, 2]), json: '{"size":2}' };
  const batch = new Batch("lobby", [
    { kind: "event", event: EVENT },
    { kind: "event", event: { ...EVENT, seq: 2 }, raw },
  ], 400);
  const [rendered, sent] = batch.plain;
  assertEquals(rendered!.text, 'Ann: Hi "all"\n');
  assertEquals(JSON.parse(rendered!.json), {
    type: "chat",
    user: "Ann",
    message: 'Hi "all"\n',
    timestamp: "2030-01-02T03:04:05.006Z",
  });
  assertStrictEquals(sent, raw);
});
