/** The same patience with many: one timer for all, as a timer for each costs more than what it waits for. */
export class Deadlines<Waiting> {
  /** Who is waited for and until when, in milliseconds of the clock that never goes back: the first ends first. */
  readonly #until = new Map<Waiting, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param patience milliseconds, after which `onEnd` is told who was waited for in vain */
  constructor(
    private readonly patience: number,
    private readonly onEnd: (late: Waiting) => void,
  ) {}

  /** Waits for somebody, from now on. */
  begin(one: Waiting): void {
    // Set anew, one would keep the place of its first time.
    this.#until.delete(one);
    this.#until.set(one, performance.now() + this.patience);
    this.#timer ??= setTimeout(() => this.#look(), this.patience);
  }

  /** Whether somebody is waited for. */
  has(one: Waiting): boolean {
    return this.#until.has(one);
  }

  /** Waits no longer. Idempotent. */
  end(one: Waiting): void {
    // The timer stays for the next: setting one costs more than finding nobody when it is over.
    this.#until.delete(one);
  }

  /** The patience is over now, with all. */
  expire(): void {
    const all = [...this.#until.keys()];
    this.close();
    for (const one of all) this.onEnd(one);
  }

  /** Waits for nobody any more. */
  close(): void {
    this.#until.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const [one, until] of this.#until) {
      if (until > now) {
        this.#timer = setTimeout(() => this.#look(), until - now);
        return;
      }
      this.#until.delete(one);
      this.onEnd(one);
    }
  }
}
