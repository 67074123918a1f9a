import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { setImmediate } from "node:timers";
import type { Bus } from "../../server/bus.ts";
import { createLocalBus } from "../../server/bus_local.ts";
import { Hub } from "../../server/hub.ts";
import { createLog } from "../../server/log.ts";
import type { Peer } from "../../server/peer.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { changedStore } from "../support/changed_store.ts";
import { within } from "../support/deadline.ts";

/** Counts what it is sent. */
class Listener implements Peer {
  readonly id = "listener";
  readonly rooms = new Set<string>();
  readonly hasEnded = false;
  readonly buffered = 0;
  readonly isWritten = true;
  signals = 0;
  deliver(): void {}
  signal(): void {
    this.signals++;
  }
  fallBehind(): void {}
  close(): void {}
}

Deno.test("the heartbeats of very many rooms let others have their turn", async () => {
  const ROOMS = 2_000;
  const store = createMemoryStore();
  let heads = 0;
  const counting = Object.create(store, {
    head: { value: (room: string) => (heads++, store.head(room)) },
  });
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line));
  const bus = createLocalBus();
  const hub = new Hub(counting, bus, log, { heartbeat: 100 });
  const peer = new Listener();
  for (let room = 0; room < ROOMS; room++) await hub.attach(`room-${room}`, peer);

  heads = 0;
  let most = 0;
  const watch = async () => {
    while (peer.signals < ROOMS) {
      const before = heads;
      await new Promise<void>((next) => setImmediate(next));
      most = Math.max(most, heads - before);
    }
  };
  await within(watch(), () => `Only ${peer.signals} rooms were told`);
  await hub.close();
  await bus.close();
  await store.close();
  // Two turns may meet between two looks.
  assertLess(most, 150);
  assertEquals(lines, []);
});

Deno.test("a room that could not be opened leaves nothing behind, and opens for the next one", async () => {
  const store = createMemoryStore();
  let failures = 2;
  const failing = changedStore(store, {
    head: (room) => failures-- > 0 ? Promise.reject(new Error("cannot be read")) : store.head(room),
  });
  const local = createLocalBus();
  let subscriptions = 0;
  const bus: Bus = {
    publish: (topic, publication) => local.publish(topic, publication),
    subscribe: async (topic, on) => {
      const end = await local.subscribe(topic, on);
      subscriptions++;
      return () => {
        subscriptions--;
        return end();
      };
    },
    close: () => local.close(),
  };
  const hub = new Hub(failing, bus, createLog(() => {}));
  const first = new Listener();
  await assertRejects(() => hub.attach("lobby", first), Error, "cannot be read");
  hub.forget(first);
  assertEquals(subscriptions, 0);

  // One that gives up while its room is being opened does not take the room from the next one.
  const hasty = new Listener();
  const second = new Listener();
  const refused = hub.attach("lobby", hasty);
  hub.forget(hasty);
  const entered = hub.attach("lobby", second);
  await assertRejects(() => refused, Error, "cannot be read");
  await entered;
  hub.signal({ type: "presence", room: "lobby", online: 1 });
  const told = async () => {
    while (second.signals === 0) await new Promise<void>((next) => setImmediate(next));
  };
  await within(told(), () => "The room is not open");
  hub.forget(second);
  await hub.close();
  assertEquals(subscriptions, 0);
  await bus.close();
  await store.close();
});
