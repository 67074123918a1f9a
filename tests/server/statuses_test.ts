import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { Directory } from "../../server/directory.ts";
import { createLog } from "../../server/log.ts";
import type { PeopleDirectory } from "../../server/people.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import type { PersonStatus, StatusEvent, User } from "../../server/protocol.ts";
import { Statuses, type StatusesOptions } from "../../server/statuses.ts";
import { within } from "../support/deadline.ts";

const ADA: User = { id: "u_ada", name: "Ada" };
const BEN: User = { id: "u_ben", name: "Ben" };

/** A connection that keeps what it is told, and when. */
class Device {
  readonly identity: { user: User };
  buffered = 0;
  heard = 0;
  readonly told: { at: number; people: PersonStatus[] }[] = [];
  #wake = () => {};

  constructor(user: User) {
    this.identity = { user };
  }

  send(events: readonly StatusEvent[]): void {
    for (const { people } of events) this.told.push({ at: performance.now(), people });
    this.#wake();
  }

  /** Every status told of somebody. */
  of(id: string): string[] {
    return this.told.flatMap(({ people }) => people).filter((person) => person.id === id)
      .map(({ status }) => status);
  }

  /** Waits until so many events have come. */
  async has(count: number): Promise<void> {
    const come = async () => {
      while (this.told.length < count) await new Promise<void>((resolve) => this.#wake = resolve);
    };
    await within(come(), () => `Only came: ${JSON.stringify(this.told)}`);
  }
}

class Scene implements AsyncDisposable {
  readonly people: PeopleDirectory;
  readonly directory: Directory;
  readonly statuses: Statuses;
  /** How often people were noted, and whom. */
  readonly notes: string[][] = [];

  constructor(options: StatusesOptions) {
    const { people } = createMemoryStore();
    this.people = {
      find: (ids) => people.find(ids),
      search: (text, limit) => people.search(text, limit),
      note: (users, now) => {
        this.notes.push(users.map(({ id }) => id));
        return people.note(users, now);
      },
    };
    this.directory = new Directory(this.people, createLog(() => {}));
    this.statuses = new Statuses(this.directory, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.statuses.close();
    await this.directory.close();
  }
}

Deno.test("somebody is online by any device, away when all are, and offline without one", async () => {
  await using scene = new Scene({ grace: 1, interval: 1 });
  const { statuses } = scene;
  const [phone, desk, watcher] = [new Device(ADA), new Device(ADA), new Device(BEN)];
  await statuses.watch(watcher, [ADA.id]);
  assertEquals(watcher.told.length, 1, "the answer says how it is now");
  const tellsNext = async (change: () => void, status: string) => {
    const count = watcher.told.length;
    change();
    await watcher.has(count + 1);
    assertEquals(watcher.of(ADA.id).at(-1), status);
  };
  await tellsNext(() => statuses.enter(phone), "online");
  statuses.enter(desk);
  statuses.setAway(phone, true);
  await tellsNext(() => statuses.setAway(desk, true), "away");
  await tellsNext(() => statuses.setAway(phone, false), "online");
  await tellsNext(() => statuses.leave(phone), "away");
  await tellsNext(() => statuses.leave(desk), "offline");
  const [last] = watcher.told.at(-1)!.people;
  assertGreaterOrEqual(last!.seen!, Date.now() - 5_000);
});

Deno.test("the answer to watch has everybody at once, and those unknown are offline", async () => {
  await using scene = new Scene({});
  const watcher = new Device(BEN);
  scene.statuses.enter(new Device(ADA));
  await scene.people.note([{ id: "u_cem", name: "Cem" }], 1_234);
  await scene.statuses.watch(watcher, [ADA.id, "u_cem", "u_nobody"]);
  assertEquals(watcher.told.map(({ people }) => people), [[
    { id: ADA.id, status: "online" },
    { id: "u_cem", status: "offline", seen: 1_234 },
    { id: "u_nobody", status: "offline" },
  ]]);
});

Deno.test("a reload is no change: nobody is told", async () => {
  await using scene = new Scene({ grace: 200, interval: 1 });
  const { statuses } = scene;
  const watcher = new Device(BEN);
  const before = new Device(ADA);
  statuses.enter(before);
  await statuses.watch(watcher, [ADA.id]);
  statuses.leave(before);
  const after = new Device(ADA);
  statuses.enter(after);
  // What is told next is this, and not the reload.
  statuses.setAway(before, true);
  statuses.leave(after);
  await watcher.has(2);
  assertEquals(watcher.of(ADA.id), ["online", "offline"]);
});

Deno.test("changes are told at most once in an interval, and only where they last", async () => {
  await using scene = new Scene({ interval: 300 });
  const { statuses } = scene;
  const watcher = new Device(BEN);
  const people = Array.from({ length: 50 }, (_, index) => ({ id: `u_${index}`, name: "x" }));
  await statuses.watch(watcher, people.map(({ id }) => id));
  for (const [index, user] of people.entries()) {
    const device = new Device(user);
    statuses.enter(device);
    if (index % 2 === 0) statuses.setAway(device, true);
  }
  const flicker = new Device(people[0]!);
  statuses.enter(flicker);
  statuses.setAway(flicker, true);
  await watcher.has(2);
  statuses.setAway(flicker, false);
  await watcher.has(3);
  assertEquals(watcher.told.map(({ people }) => people.length), [50, 50, 1]);
  assertEquals(watcher.of("u_0"), ["offline", "away", "online"]);
  for (const index of [1, 2]) {
    // Timers of the runtime may come a millisecond early.
    assertGreaterOrEqual(watcher.told[index]!.at - watcher.told[index - 1]!.at, 298);
  }
});

Deno.test("who watches others hears no more of those before, and who is gone hears nothing", async () => {
  await using scene = new Scene({ interval: 1, grace: 1 });
  const { statuses } = scene;
  const [watcher, gone, witness] = [new Device(BEN), new Device(BEN), new Device(BEN)];
  await statuses.watch(watcher, [ADA.id, "u_cem"]);
  await statuses.watch(watcher, ["u_cem"]);
  await statuses.watch(gone, [ADA.id]);
  await statuses.watch(witness, [ADA.id]);
  statuses.leave(gone);
  statuses.enter(new Device(ADA));
  await witness.has(2);
  assertEquals([watcher.of(ADA.id), gone.of(ADA.id)], [["offline"], ["offline"]]);
});

Deno.test("a watcher that does not read is told once it does, as it stands then", async () => {
  await using scene = new Scene({ interval: 20 });
  const { statuses } = scene;
  const [stalled, witness, ada] = [new Device(BEN), new Device(BEN), new Device(ADA)];
  await statuses.watch(stalled, [ADA.id]);
  await statuses.watch(witness, [ADA.id]);
  stalled.buffered = 1024 * 1024;
  statuses.enter(ada);
  await witness.has(2);
  statuses.setAway(ada, true);
  await witness.has(3);
  assertEquals(stalled.of(ADA.id), ["offline"]);
  stalled.buffered = 0;
  await stalled.has(2);
  assertEquals(stalled.of(ADA.id), ["offline", "away"]);
});

Deno.test("who comes while the answer is being read is told after it", async () => {
  await using scene = new Scene({ interval: 1 });
  const { statuses } = scene;
  const watcher = new Device(BEN);
  const answered = statuses.watch(watcher, [ADA.id]);
  statuses.enter(new Device(ADA));
  await answered;
  assertEquals(watcher.of(ADA.id).at(-1), "online");
});

Deno.test("a thousand arrivals are noted in a few calls, and found before that", async () => {
  await using scene = new Scene({});
  const users = Array.from({ length: 1_000 }, (_, index) => ({ id: `u_${index}`, name: "x" }));
  for (const user of users) scene.statuses.enter(new Device(user));
  const found = await scene.directory.find(["u_0", "u_999", "u_1000"]);
  assertEquals(found.map(({ id }) => id).toSorted(), ["u_0", "u_999"]);
  assertEquals((await scene.directory.search("x", 5)).length, 5);
  assertEquals(scene.notes.map((ids) => ids.length), [1_000]);
});

Deno.test("everybody here is noted again with each lease, so that a crash loses no more", async () => {
  await using scene = new Scene({ lease: 20 });
  scene.statuses.enter(new Device(ADA));
  const [first] = await scene.directory.search("Ada", 1);
  const noted = async () => {
    for (;;) {
      const [person] = await scene.people.find([ADA.id]);
      if (person!.seen > first!.seen) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await within(noted(), () => "Nobody was noted again");
});

Deno.test("a directory that cannot be written does not keep anybody from being told", async () => {
  await using scene = new Scene({ interval: 1 });
  scene.people.note = () => Promise.reject(new Error("the disk is full"));
  scene.people.find = () => Promise.reject(new Error("the disk is gone"));
  const watcher = new Device(BEN);
  scene.statuses.enter(new Device(ADA));
  await scene.statuses.watch(watcher, [ADA.id, "u_cem"]);
  assertEquals(watcher.told[0]!.people, [
    { id: ADA.id, status: "online" },
    { id: "u_cem", status: "offline" },
  ]);
  assert(scene.statuses.of(ADA.id) === "online");
});
