/**
 * When things that come one by one go on together. A commit, or a fan-out, costs about as much for one
 * message as for thirty, so those that share one are nearly free; but a lone one must not wait for company.
 *
 * The runtime hands over one frame a socket and turn of its loop. So a stream shows as turn after turn in
 * which something comes, or as messages of which is known that they are on their way, and a burst has
 * come to its end when as many have come as usual, or none for a moment. A stream without end is cut at
 * about the time that it takes to go on, so that at most half of the time is spent waiting.
 *
 * A lone one waits for one turn, or for nothing at all where they came one by one of late and what went
 * before it is over: else it is a stream, of which one comes while another goes.
 */

import { setImmediate } from "node:timers";

/**
 * Milliseconds without anything new after which fewer go on than usual, and turns of the loop: time goes by
 * also where the thread has no core, and what came meanwhile shows only in the turns after that.
 */
const PAUSE = 0.3;
const PAUSE_TURNS = 3;

/**
 * Least milliseconds after which a stream without a pause is cut: several times what a burst takes to come,
 * which may have to share its core.
 */
const LEAST = 4;

/**
 * How much of a large burst is still expected of the one after it. One that was cut in two by chance would
 * otherwise go on as two, each with a commit and a fan-out of its own.
 */
const MEMORY = 0.95;

export interface GatheringOptions {
  /** Most milliseconds after which a stream without a pause is cut. */
  most: number;
  /** Waits for no more than so many. */
  enough?: number;
  /**
   * Whether what went last is over, though it is through. Where it is said, a lone one waits for nothing;
   * absent: for one turn, in which it may show that it was the first of many.
   */
  isOver?: () => boolean;
  /** A clock that never goes back, in milliseconds. */
  now?: () => number;
}

export class Gathering {
  readonly #go: () => void;
  readonly #most: number;
  readonly #enough: number;
  readonly #isOver: () => boolean;
  readonly #now: () => number;
  #state: "quiet" | "alone" | "gathering" | "away" = "quiet";
  /** How many have come and not gone. */
  #waiting = 0;
  /** How many are on their way here. */
  #expected = 0;
  /** How many have gone together of late. */
  #usual = 0;
  /** When what went last has gone, and how long it took to be through. */
  #wentAt = 0;
  #lastTook = 0;
  /** When something came last, and how many turns passed since. */
  #lastCame = 0;
  #quietTurns = 0;
  /** When the gathering ends at the latest. */
  #until = 0;
  /** Ends it while nothing comes because things are on their way. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether a turn of the event loop is being watched, and whether something came in it. */
  #isWatching = false;
  #cameThisTurn = false;

  /** @param go takes what waits; `through` is to be called when it has been dealt with */
  constructor(go: () => void, options: GatheringOptions) {
    this.#go = go;
    this.#most = options.most;
    this.#enough = options.enough ?? Infinity;
    this.#isOver = options.isOver ?? (() => false);
    this.#now = options.now ?? (() => performance.now());
  }

  /** One more has come. */
  came(): void {
    this.#waiting++;
    this.#cameThisTurn = true;
    if (this.#state === "quiet") this.#begin();
    else this.#watch();
  }

  /** One more is on its way; `arrived` when it has come, or never will. */
  expect(): void {
    this.#expected++;
  }

  arrived(): void {
    this.#expected--;
    this.#watch();
  }

  /** So many have gone, and others may go. */
  through(count: number): void {
    this.#waiting -= count;
    this.#usual = Math.max(count, Math.floor(this.#usual * MEMORY));
    this.#lastTook = this.#now() - this.#wentAt;
    this.#state = "quiet";
    if (this.#waiting > 0) this.#begin();
  }

  /** Lets go what waits, without gathering more. Returns whether there was something. */
  cut(): boolean {
    if (this.#state !== "gathering" && this.#state !== "alone") return false;
    this.#leave();
    return true;
  }

  /** Nothing goes any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#state = "away";
  }

  #begin(): void {
    if (this.#isAlone()) {
      this.#state = "alone";
      // Not within the call, as others of the same moment go with it.
      queueMicrotask(this.#leaveAlone);
      return;
    }
    this.#state = "gathering";
    this.#lastCame = this.#now();
    this.#quietTurns = 0;
    this.#until = this.#lastCame + Math.min(Math.max(this.#lastTook, LEAST), this.#most);
    this.#watch();
  }

  #isAlone(): boolean {
    return this.#usual <= 1 && this.#waiting === 1 && this.#expected === 0 && this.#isOver();
  }

  readonly #leaveAlone = (): void => {
    if (this.#state === "alone") this.#leave();
  };

  #watch(): void {
    if (this.#isWatching || this.#state !== "gathering") return;
    if (this.#expected > 0) {
      this.#timer ??= setTimeout(() => this.#leave(), this.#until - this.#now());
      return;
    }
    this.#isWatching = true;
    this.#cameThisTurn = false;
    setImmediate(this.#turnEnded);
  }

  readonly #turnEnded = (): void => {
    this.#isWatching = false;
    if (this.#state !== "gathering") return;
    const now = this.#now();
    this.#quietTurns++;
    if (this.#cameThisTurn) {
      this.#lastCame = now;
      this.#quietTurns = 0;
    }
    if (now >= this.#until || this.#waiting >= this.#enough || this.#hasEnded(now)) this.#leave();
    else this.#watch();
  };

  /** Whether the burst has come to its end. */
  #hasEnded(now: number): boolean {
    if (this.#quietTurns === 0 || this.#expected > 0) return false;
    return this.#waiting >= this.#usual ||
      this.#quietTurns >= PAUSE_TURNS && now - this.#lastCame >= PAUSE;
  }

  #leave(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#state = "away";
    this.#wentAt = this.#now();
    this.#go();
  }
}
