/** The end of a token while its connection lives: a warning some time before, then the end. */

/**
 * How long before the end the warning comes: so long that a person can go and get a new token, or a
 * tenth of the time where that is less.
 */
const WARNING = 5 * 60_000;
const WARNING_SHARE = 0.1;
/** The longest that a timer of the runtime waits, in milliseconds. */
const TIMER_MOST = 2 ** 31 - 1;

export class Expiry {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    /** Told when it is, and in how many milliseconds. */
    private readonly onSoon: (expires: number, left: number) => void,
    private readonly onEnd: () => void,
  ) {}

  /** Watches for a moment (milliseconds), in place of the one before; undefined never comes. */
  set(expires: number | undefined): void {
    this.clear();
    if (expires === undefined) return;
    const left = expires - Date.now();
    const soon = expires - Math.min(WARNING, left * WARNING_SHARE);
    this.#at(soon, () => {
      this.#at(expires, this.onEnd);
      this.onSoon(expires, Math.max(0, expires - Date.now()));
    });
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #at(moment: number, act: () => void): void {
    const left = moment - Date.now();
    this.#timer = left > TIMER_MOST
      ? setTimeout(() => this.#at(moment, act), TIMER_MOST)
      : setTimeout(act, Math.max(0, left));
  }
}
