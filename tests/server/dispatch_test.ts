/** What is left of a connection that ended while its commands were being carried out: nothing. */

import { assertEquals } from "@std/assert";
import { createLocalBus } from "../../server/bus_local.ts";
import { type Client, Dispatch } from "../../server/dispatch.ts";
import { createDomain } from "../../server/domain.ts";
import { Hub } from "../../server/hub.ts";
import { parseLimits } from "../../server/limit_table.ts";
import { Limiter } from "../../server/limits.ts";
import { createLog } from "../../server/log.ts";
import { OPEN } from "../../server/permissions.ts";
import { Presence } from "../../server/presence.ts";
import type { ServerEvent, User } from "../../server/protocol.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { changedStore } from "../support/changed_store.ts";

/** A connection of somebody signed in that keeps what it is sent. */
class Connection implements Client {
  readonly id: string;
  readonly identity;
  readonly rooms = new Set<string>();
  readonly buffered = 0;
  readonly isWritten = true;
  readonly heard = 0;
  readonly sent: ServerEvent[] = [];
  hasEnded = false;

  constructor(user: User) {
    this.id = user.name;
    this.identity = { user, grant: OPEN, network: "here" };
  }

  send(events: readonly ServerEvent[]): void {
    this.sent.push(...events);
  }

  close(): void {}
  renew = () => Promise.resolve();
  removed(): void {}
  personal(): void {}
  deliver(): void {}
  signal(): void {}
  fallBehind(): void {}
}

Deno.test("a socket that closes behind its “watch” leaves no watcher behind", async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const inner = createMemoryStore();
  const store = changedStore(inner, {
    append: async (draft) => {
      await gate;
      return await inner.append(draft);
    },
  });
  const log = createLog(() => {});
  const bus = createLocalBus();
  const hub = new Hub(store, bus, log);
  const presence = new Presence(() => {}, () => 0);
  const limiter = new Limiter(parseLimits(["all=0"]));
  const domain = createDomain({ store, bus, hub, presence, limiter, log, secret: "x" });
  const eve = new Connection({ id: "u_eve", name: "Eve" });
  domain.attendance.connect(eve);
  const dispatch = new Dispatch(eve, domain, log);
  dispatch.receive(JSON.stringify([
    { type: "chat", id: "1", room: "lobby", message: "slow" },
    { type: "watch", people: ["u_ada"] },
  ]));
  // Its end comes before the message is kept.
  eve.hasEnded = true;
  dispatch.end();
  domain.attendance.disconnect(eve, eve.identity.user);
  open();
  await dispatch.settled();
  assertEquals(eve.sent.filter(({ type }) => type === "status"), []);

  domain.statuses.close();
  await domain.directory.close();
  await hub.close();
});
