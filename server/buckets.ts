/** Token buckets, by which rates are limited. `Buckets` is what nodes of a cluster would share. */

/** Buckets of one kind, one for each key, which fill at a steady rate. */
export interface Buckets {
  /** Takes one out. 0 where there was one, else the milliseconds until there is. */
  take(key: string): number;
}

/**
 * Buckets in memory. Of each only the time is kept at which it is full again (the “virtual scheduling” of
 * ATM's generic cell rate algorithm), and one that was not touched for as long as filling takes is full and
 * is forgotten: two generations of them take turns, so that nothing is ever searched through.
 */
export class LocalBuckets implements Buckets {
  /** Milliseconds that one takes to come back. */
  readonly #interval: number;
  /** Milliseconds that an empty bucket takes to be full. */
  readonly #filling: number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();
  #turned: number;

  /** @param now a clock that never goes back, in milliseconds */
  constructor(
    perSecond: number,
    holds: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#interval = 1_000 / perSecond;
    this.#filling = this.#interval * holds;
    this.#turned = now();
  }

  take(key: string): number {
    const now = this.now();
    if (now - this.#turned > this.#filling) this.#turn(now);
    const full = Math.max(this.#young.get(key) ?? this.#old.get(key) ?? 0, now) + this.#interval;
    const missing = full - now - this.#filling;
    // Sums of fractions are a little off.
    if (missing > 1e-6) return Math.ceil(missing);
    this.#young.set(key, full);
    return 0;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  #turn(now: number): void {
    this.#old = now - this.#turned > 2 * this.#filling ? new Map() : this.#young;
    this.#young = new Map();
    this.#turned = now;
  }
}
