import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { Gathering, type GatheringOptions } from "../../server/gathering.ts";

/** A gathering, and how many went together each time. */
class Trial {
  readonly went: number[] = [];
  readonly gathering: Gathering;
  /** Milliseconds of its clock. */
  now = 0;
  #waiting = 0;

  constructor(options: Partial<GatheringOptions> = {}) {
    this.gathering = new Gathering(() => {
      this.went.push(this.#waiting);
      this.#waiting = 0;
    }, { most: 25, now: () => this.now, ...options });
  }

  come(count = 1): void {
    for (let each = 0; each < count; each++) {
      this.#waiting++;
      this.gathering.came();
    }
  }

  /** What went last is through. */
  through(): void {
    this.gathering.through(this.went.at(-1)!);
  }

  /** So many come together, go and are through. */
  async pass(count: number): Promise<void> {
    const before = this.went.length;
    this.come(count);
    while (this.went.length === before) await this.#wait();
    this.through();
  }

  /** A turn in which time goes on. */
  async #wait(): Promise<void> {
    this.now += 0.1;
    await setImmediate();
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}

Deno.test("a lone one goes after one quiet turn", async () => {
  const trial = new Trial();
  trial.come();
  assertEquals(trial.went, []);
  await turns(2);
  assertEquals(trial.went, [1]);
});

Deno.test("where they come one by one and all before is over, the next goes at once", async () => {
  const trial = new Trial({ isOver: () => true });
  trial.come();
  assertEquals(trial.went, []);
  await Promise.resolve();
  assertEquals(trial.went, [1]);
});

Deno.test("those of the same moment go together, also where a lone one would go at once", async () => {
  const trial = new Trial({ isOver: () => true });
  trial.come(3);
  await Promise.resolve();
  assertEquals(trial.went, [3]);
});

Deno.test("one that comes while the last is still going is taken for the first of a stream", async () => {
  let isOver = true;
  const trial = new Trial({ isOver: () => isOver });
  await trial.pass(1);
  isOver = false;
  for (let turn = 0; turn < 5; turn++) {
    // Set up first, so that the next one comes before the turn ends.
    const next = setImmediate();
    trial.come();
    await next;
  }
  await turns(2);
  assertEquals(trial.went, [1, 5]);
});

Deno.test("after a burst a quiet turn is not yet the end of the next one", async () => {
  const trial = new Trial({ isOver: () => true });
  await trial.pass(64);
  trial.come(32);
  await turns(5);
  trial.come(32);
  await turns(2);
  assertEquals(trial.went, [64, 64]);
});

Deno.test("fewer than usual go when none came for a moment", async () => {
  const trial = new Trial();
  await trial.pass(64);
  trial.come(32);
  await turns(5);
  assertEquals(trial.went, [64]);
  trial.now += 0.3;
  await turns(2);
  assertEquals(trial.went, [64, 32]);
});

Deno.test("a moment in which the thread did not run is no pause", async () => {
  const trial = new Trial();
  await trial.pass(64);
  trial.come(32);
  trial.now += 1;
  await turns(2);
  trial.come(32);
  await turns(2);
  assertEquals(trial.went, [64, 64]);
});

Deno.test("a burst is forgotten when many smaller ones have followed it", async () => {
  const trial = new Trial();
  await trial.pass(64);
  for (let count = 0; count < 70; count++) await trial.pass(1);
  trial.come();
  await turns(2);
  assertEquals(trial.went.at(-1), 1);
  assertEquals(trial.went.length, 72);
});

Deno.test("a stream without a pause is cut", async () => {
  const trial = new Trial();
  let came = 0;
  while (trial.went.length === 0) {
    const next = setImmediate();
    trial.come();
    came++;
    trial.now += 0.5;
    await next;
  }
  assertEquals(trial.went, [came]);
  // Half a millisecond each.
  assertEquals(came, 8);
});

Deno.test("those of which is known that they are on their way are waited for", async () => {
  const trial = new Trial({ isOver: () => true });
  trial.gathering.expect();
  trial.come();
  await turns(10);
  assertEquals(trial.went, []);
  trial.come();
  trial.gathering.arrived();
  await turns(3);
  assertEquals(trial.went, [2]);
});

Deno.test("what is on its way and never comes is waited for only for a while", async () => {
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const gathering = new Gathering(resolve, { most: 25 });
  gathering.expect();
  gathering.came();
  await gone;
});

Deno.test("what waits can be let go at once", async () => {
  const trial = new Trial();
  assertEquals(trial.gathering.cut(), false);
  trial.come(2);
  assertEquals(trial.gathering.cut(), true);
  assertEquals(trial.went, [2]);
  assertEquals(trial.gathering.cut(), false);
  await turns(2);
  assertEquals(trial.went, [2]);
});

Deno.test("what came while others were going is gathered when they are through", async () => {
  const trial = new Trial();
  trial.come();
  await turns(2);
  trial.come(3);
  await turns(3);
  assertEquals(trial.went, [1]);
  trial.through();
  await turns(2);
  assertEquals(trial.went, [1, 3]);
});

Deno.test("after it is closed nothing goes", async () => {
  const trial = new Trial();
  trial.come();
  trial.gathering.close();
  await turns(3);
  assertEquals(trial.went, []);
});
