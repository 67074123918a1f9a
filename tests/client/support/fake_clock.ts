/** A clock that only moves when told, in place of the real timers and `Date.now`. */

interface Timer {
  at: number;
  every: number | undefined;
  run: () => void;
}

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  now: Date.now,
};

export class FakeClock implements Disposable {
  #now = 1_700_000_000_000;
  #nextId = 1;
  readonly #timers = new Map<number, Timer>();

  constructor() {
    const start = (every: boolean) => (run: () => void, milliseconds = 0) => {
      const id = this.#nextId++;
      const at = this.#now + milliseconds;
      this.#timers.set(id, { at, every: every ? milliseconds : undefined, run });
      return id;
    };
    const stop = (id: number | undefined) => {
      this.#timers.delete(id ?? 0);
    };
    Object.assign(globalThis, {
      setTimeout: start(false),
      clearTimeout: stop,
      setInterval: start(true),
      clearInterval: stop,
    });
    Date.now = () => this.#now;
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Moves on, running what is due in its order, each with all the promises that follow from it. */
  async advance(milliseconds: number): Promise<void> {
    await settled();
    const end = this.#now + milliseconds;
    while (true) {
      const [id, timer] = [...this.#timers].sort(([, one], [, other]) => one.at - other.at)[0] ??
        [];
      if (!timer || timer.at > end) break;
      this.#now = Math.max(this.#now, timer.at);
      if (timer.every === undefined) this.#timers.delete(id!);
      else timer.at += timer.every;
      timer.run();
      await settled();
    }
    this.#now = end;
  }

  /** A sleep of the machine: time goes on and no timer runs. */
  sleep(milliseconds: number): void {
    this.#now += milliseconds;
  }

  [Symbol.dispose](): void {
    const { now, ...timers } = real;
    Object.assign(globalThis, timers);
    Date.now = now;
  }
}

/** Resolves when all promises that can settle have. */
export function settled(): Promise<void> {
  return new Promise((resolve) => real.setTimeout(resolve, 0));
}
