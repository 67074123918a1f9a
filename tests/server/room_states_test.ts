import { assertEquals, assertStrictEquals } from "@std/assert";
import type { LogEvent, RoomRole } from "../../server/protocol.ts";
import { RoomStates } from "../../server/room_states.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { changedStore } from "../support/changed_store.ts";
import { seeded } from "../support/random.ts";

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

Deno.test("a room that is in use is not read again with everybody who comes, goes or has another role", async () => {
  const inner = createMemoryStore();
  let reads = 0;
  const store = changedStore(inner, {
    members: (room) => {
      reads++;
      return inner.members(room);
    },
  });
  const room = "~board";
  await inner.append({
    type: "room",
    room,
    user: ADA,
    id: "begun",
    created: "private",
    settings: { title: "Board", topic: "Begun" },
    members: [{ user: ADA, role: "owner" }],
  });
  const states = new RoomStates(store);
  await states.of(room);
  // It is taken for known from the next turn of the event loop on.
  await new Promise((resolve) => setTimeout(resolve));
  const next = seeded(7);
  const random = (below: number) => Math.floor(next() * below);
  for (let step = 0; step < 500; step++) {
    const id = `step${step}`;
    const member = { id: `u_${random(20)}`, name: `Name ${random(3)}` };
    const role = [null, "reader", "member", "moderator"][random(4)] as RoomRole | null;
    const { event } = await inner.append(
      random(10) === 0
        ? { type: "room", room, user: ADA, id, settings: { topic: random(2) ? id : null } }
        : { type: "member", room, user: ADA, id, member, role },
    );
    states.noted(event);
  }
  const held = await states.of(room);
  assertEquals(reads, 1);
  const afresh = await new RoomStates(inner).of(room);
  assertEquals(held, afresh);
  assertEquals([...held.members.keys()], [...afresh.members.keys()], "in the same order");
});

Deno.test("where nobody knows whether a change was kept, the room is read again", async () => {
  const store = createMemoryStore();
  const draft = { type: "member", room: "~board", user: ADA, member: BEN } as const;
  await store.append({ ...draft, id: "in", role: "member" });
  const states = new RoomStates(store);
  await states.of("~board");
  await new Promise((resolve) => setTimeout(resolve));
  const removal = { ...draft, id: "out", role: null };
  await store.append(removal);
  states.doubted(removal);
  assertEquals((await states.of("~board")).roles.size, 0);
});
