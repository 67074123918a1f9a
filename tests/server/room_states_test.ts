import { assertEquals, assertStrictEquals } from "@std/assert";
import type { LogEvent } from "../../server/protocol.ts";
import { RoomStates } from "../../server/room_states.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { changedStore } from "../support/changed_store.ts";

const ADA = { id: "u_ada", name: "Ada" };
const BEN = { id: "u_ben", name: "Ben" };

Deno.test("somebody removed while the room is being read is not taken for a member, and nobody overtakes those who wait", async () => {
  const inner = createMemoryStore();
  const append = async (role: "member" | null, id: string): Promise<LogEvent> =>
    (await inner.append({ type: "member", room: "~board", user: ADA, id, member: BEN, role }))
      .event;
  await append("member", "in");
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const store = changedStore(inner, {
    // Read at once, and told later.
    members: async (room) => {
      const members = await inner.members(room);
      await gate;
      return members;
    },
  });
  const states = new RoomStates(store);
  const waiting = states.of("~board");
  const removed = await append(null, "out");
  states.noted(removed);
  const later = states.of("~board");
  assertStrictEquals(later, waiting, "who comes later waits with those who came before");
  open();
  assertEquals((await waiting).roles.size, 0);
  assertEquals((await states.of("~board")).roles.size, 0);
});

Deno.test("a change that comes right after a room was read is seen by whoever asks next", async () => {
  const store = createMemoryStore();
  const draft = { type: "member", room: "~board", user: ADA, member: BEN } as const;
  await store.append({ ...draft, id: "in", role: "member" });
  const states = new RoomStates(store);
  assertEquals((await states.of("~board")).roles.size, 1);
  const { event } = await store.append({ ...draft, id: "out", role: null });
  states.noted(event);
  assertEquals((await states.of("~board")).roles.size, 0);
});
