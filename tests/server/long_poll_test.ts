import { assertEquals, assertLess } from "@std/assert";
import { Access } from "../../server/access.ts";
import { createLocalBus } from "../../server/bus_local.ts";
import { Hub } from "../../server/hub.ts";
import type { Identity } from "../../server/identity.ts";
import { createLog } from "../../server/log.ts";
import { LongPoll } from "../../server/long_poll.ts";
import { OPEN } from "../../server/permissions.ts";
import { Personal } from "../../server/personal.ts";
import { RoomStates } from "../../server/room_states.ts";
import { createMemoryStore } from "../../server/store_memory.ts";

/** Waits in a room in which nothing is said, for at most so many milliseconds. */
async function poll(wait: number, signal: AbortSignal): Promise<void> {
  const store = createMemoryStore();
  const bus = createLocalBus();
  const log = createLog(() => {});
  const hub = new Hub(store, bus, log);
  const cursor = `${store.epoch}:0`;
  const history = { catchUp: () => Promise.resolve({ cursor, events: [] }) };
  const access = new Access(new RoomStates(store));
  const dependencies = { history, access, hub, personal: new Personal(bus, log) };
  const who: Identity = { user: { id: "u_ada", name: "Ada" }, grant: OPEN, network: "::1" };
  const answer = await new LongPoll(dependencies, who).answer("lobby", cursor, wait, signal);
  assertEquals(answer, { cursor, events: [] });
  await hub.close();
  await bus.close();
  await store.close();
}

Deno.test("a long-poll of a server that has begun to stop does not wait", async () => {
  const started = performance.now();
  await poll(5_000, AbortSignal.abort());
  assertLess(performance.now() - started, 2_500);
});

Deno.test("a long-poll that has ended leaves nothing with the signal of the server's stop", async () => {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (type: string, listener: EventListener) => {
    listeners.add(listener);
    addEventListener.call(signal, type, listener);
  };
  signal.removeEventListener = (type: string, listener: EventListener) => {
    listeners.delete(listener);
    removeEventListener.call(signal, type, listener);
  };
  await poll(1, signal);
  assertEquals(listeners.size, 0);
});
