/** How often somebody is told who is here. */

import { assert, assertEquals, assertGreater, assertLess, assertLessOrEqual } from "@std/assert";
import { Pace } from "../../server/pace.ts";
import { Clock } from "../support/clock.ts";

/** Somebody to whom one thing after another may be told, each of so many characters. */
class Listener {
  readonly clock = new Clock();
  /** Characters of messages heard so far. */
  heard = 0;
  readonly #pace = new Pace(this.heard, { now: this.clock.now });

  constructor(private readonly people: number, private readonly characters: number) {}

  /**
   * Tells as often as may be for so many seconds, while so many characters a second are said. Returns
   * when it was told, in milliseconds.
   */
  listen(seconds: number, said: number): number[] {
    const told: number[] = [];
    const end = this.clock.time + seconds * 1_000;
    const heard = this.heard;
    const start = this.clock.time;
    while (this.clock.time < end) {
      this.heard = heard + (this.clock.time - start) / 1_000 * said;
      const wait = this.#pace.wait(this.heard, this.people);
      if (wait === 0) {
        this.#pace.told(this.heard, this.characters);
        told.push(this.clock.time);
      }
      this.clock.time += wait;
    }
    return told;
  }

  /** The longest time between two tellings, in milliseconds. */
  static longest(told: readonly number[]): number {
    return Math.max(...told.slice(1).map((at, index) => at - told[index]!));
  }
}

Deno.test("few people are told of everything at once, however little is said", () => {
  const told = new Listener(50, 2_000).listen(60, 0);
  assertEquals(told.length, 60);
});

Deno.test("what many people are told stays a small part of what is said", () => {
  const SAID = 200;
  for (const characters of [60, 250]) {
    const listener = new Listener(1_000, characters);
    listener.listen(300, SAID);
    const told = listener.listen(600, SAID);
    assertLessOrEqual(told.length * characters, 600 * SAID * 0.04, `${characters} characters`);
    assertGreater(told.length, 5);
  }
});

Deno.test("where much is said everything is told at once, however many people there are", () => {
  assertEquals(new Listener(10_000, 200).listen(60, 10_000).length, 60);
});

Deno.test("where nothing is said a thousand people hear of it within a minute, a hundred within seconds", () => {
  for (const [people, most] of [[1_000, 60_000], [10_000, 60_000], [100, 6_000]] as const) {
    const listener = new Listener(people, 1_000);
    listener.listen(600, 0);
    assertLessOrEqual(Listener.longest(listener.listen(600, 0)), most, `${people} people`);
  }
});

Deno.test("a few changes after a quiet while are told at once, in a large room too", () => {
  const listener = new Listener(1_000, 100);
  assertEquals(listener.listen(5, 0).length, 5);
  assertLess(listener.listen(50, 0).length, 5);
  listener.clock.time += 3_600_000;
  assertEquals(listener.listen(5, 0).length, 5, "more than that is not saved up");
  assertLess(listener.listen(50, 0).length, 5);
});

Deno.test("what is said ends the wait of what was to be told", () => {
  const quiet = new Listener(1_000, 600);
  const [first, ...later] = quiet.listen(30, 0);
  assert(first !== undefined);
  assertEquals(later, []);
  // A message of this length earns it.
  quiet.heard += 50 * 600;
  assertEquals(quiet.listen(1, 0).length, 1);
});
