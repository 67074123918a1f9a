/** How the suites of the store and of what belongs to it run. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { type ErrorCode, type Message, Refusal } from "../../server/protocol.ts";
import type { Store } from "../../server/store.ts";
import { Clock } from "../support/clock.ts";

/** Opens a new empty store on the given clock, which the suite closes. */
export type OpenStore = (now: () => number) => Promise<Store>;

/** Defines one test: a behaviour, and what shows it on a store of its own. */
export type StoreTest = (
  behaviour: string,
  body: (store: Store, clock: Clock) => Promise<void>,
) => void;

/** @param name names the implementation */
export function storeTests(name: string, open: OpenStore): StoreTest {
  return (behaviour, body) => {
    Deno.test(`${name}: ${behaviour}`, async () => {
      const clock = new Clock();
      const store = await open(clock.now);
      try {
        await body(store, clock);
      } finally {
        await store.close();
      }
    });
  };
}

export async function assertRefused(code: ErrorCode, call: () => Promise<unknown>): Promise<void> {
  const refusal = await assertRejects(call, Refusal);
  assertEquals(refusal.code, code);
}

/** The message at a position, which every way to read it has to give alike. */
export async function messageAt(store: Store, seq: number, room = "lobby"): Promise<Message> {
  const [message] = await store.messages(room, [seq]);
  assert(message);
  const { messages } = await store.page(room, { at: "after", seq: seq - 1 }, 1);
  assertEquals(messages, [message]);
  const end = await store.page(room, { at: "end" }, 1_000);
  assertEquals(end.messages.find((each) => each.seq === seq), message);
  return message;
}
