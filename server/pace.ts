/**
 * How often somebody is told who is here. In a large room somebody comes or goes every moment, and all
 * of it told at once would be more than what is said there. So what is told has to be earned: by what
 * is said, and slowly by time. Where people are few, everything is told at once.
 */

/** Least milliseconds between two tellings. */
const INTERVAL = 1_000;
/** Up to so many people everything is told after that. */
const FEW = 50;
/** Milliseconds that a change waits at most, for each person who is there; and for however many. */
const PATIENCE_PER_PERSON = 60;
const PATIENCE_MOST = 60_000;
/** What may be told for each character of messages. */
const SHARE = 1 / 50;
/** Characters that may be told a second, whatever is said. */
const RATE = 1;
/** Characters that are told ahead of being earned: a few changes after a quiet while. */
const CREDIT_MOST = 512;

export interface PaceOptions {
  /** Least milliseconds between two tellings. */
  interval?: number;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
}

export class Pace {
  readonly #interval: number;
  readonly #now: () => number;
  #toldAt = -Infinity;
  /** Characters that were told and not earned yet; below zero: that may be told. As of `#reckonedAt`. */
  #owed = -CREDIT_MOST;
  #reckonedAt: number;
  #heard: number;

  /** @param heard characters of messages that were heard so far */
  constructor(
    heard: number,
    { interval = INTERVAL, now = () => performance.now() }: PaceOptions = {},
  ) {
    this.#interval = interval;
    this.#now = now;
    this.#reckonedAt = now();
    this.#heard = heard;
  }

  /**
   * Milliseconds after which to ask again whether something may be told; 0: it may now. What is said
   * meanwhile shortens the wait.
   *
   * @param heard characters of messages that were heard so far
   * @param people how many there are
   */
  wait(heard: number, people: number): number {
    const now = this.#now();
    const sinceTold = now - this.#toldAt;
    if (sinceTold < this.#interval) return this.#interval - sinceTold;
    this.#reckon(heard, now);
    if (this.#owed <= 0) return 0;
    const patience = people <= FEW ? 0 : Math.min(people * PATIENCE_PER_PERSON, PATIENCE_MOST);
    return Math.min(this.#interval, Math.max(0, patience - sinceTold));
  }

  /** Something was told, of so many characters. */
  told(heard: number, characters: number): void {
    const now = this.#now();
    this.#reckon(heard, now);
    this.#toldAt = now;
    // What was told as patience had ended is not held against what comes.
    this.#owed = Math.min(this.#owed, 0) + characters;
  }

  #reckon(heard: number, now: number): void {
    // A room that was closed and opened again counts anew, and one may leave a room.
    const fresh = Math.max(heard - this.#heard, 0);
    const earned = fresh * SHARE + (now - this.#reckonedAt) / 1_000 * RATE;
    this.#owed = Math.max(this.#owed - earned, -CREDIT_MOST);
    this.#heard = heard;
    this.#reckonedAt = now;
  }
}
