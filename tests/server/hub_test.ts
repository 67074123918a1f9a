import { assertEquals, assertLess } from "@std/assert";
import { setImmediate } from "node:timers";
import { createLocalBus } from "../../server/bus_local.ts";
import { Hub } from "../../server/hub.ts";
import { createLog } from "../../server/log.ts";
import type { Peer } from "../../server/peer.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { within } from "../support/deadline.ts";

/** Counts what it is sent. */
class Listener implements Peer {
  readonly id = "listener";
  readonly rooms = new Set<string>();
  readonly buffered = 0;
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
