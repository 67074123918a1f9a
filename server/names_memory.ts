/** A registry of names in memory, forgotten with the process. */

import { FORGOTTEN_AT_ONCE, type Holder, keysOf, type NameRegistry } from "./names.ts";
import { Walk } from "./walk.ts";

/** An empty registry. */
export function createMemoryNames(now: () => number = Date.now): NameRegistry {
  return new MemoryNames(now);
}

class MemoryNames implements NameRegistry {
  readonly #now: () => number;
  readonly #holders = new Map<string, Holder>();
  /** Key → who holds a name with it. */
  readonly #byKey = new Map<string, Set<string>>();
  readonly #walk = new Walk(this.#holders);

  constructor(now: () => number) {
    this.#now = now;
  }

  claim(holder: Holder, { shared } = { shared: false }): Promise<boolean> {
    if (!shared && this.#isTaken(holder.name, holder.id)) return Promise.resolve(false);
    for (const [id] of this.#walk.next(FORGOTTEN_AT_ONCE)) this.#living(id);
    this.#free(holder.id);
    this.#holders.set(holder.id, { ...holder });
    for (const key of keysOf(holder.name)) {
      const ids = this.#byKey.get(key) ?? new Set();
      this.#byKey.set(key, ids.add(holder.id));
    }
    return Promise.resolve(true);
  }

  find(id: string): Promise<Holder | undefined> {
    const holder = this.#living(id);
    return Promise.resolve(holder && { ...holder });
  }

  isTaken(name: string, id?: string): Promise<boolean> {
    return Promise.resolve(this.#isTaken(name, id));
  }

  release(id: string): Promise<void> {
    this.#free(id);
    return Promise.resolve();
  }

  #isTaken(name: string, id: string | undefined): boolean {
    return keysOf(name).some((key) =>
      [...this.#byKey.get(key) ?? []].some((other) => other !== id && this.#living(other))
    );
  }

  /** A holder; one that has expired is forgotten when it is come across. */
  #living(id: string): Holder | undefined {
    const holder = this.#holders.get(id);
    if (!holder || holder.expires > this.#now()) return holder;
    this.#free(id);
  }

  #free(id: string): void {
    const holder = this.#holders.get(id);
    if (!holder) return;
    this.#holders.delete(id);
    for (const key of keysOf(holder.name)) {
      const ids = this.#byKey.get(key);
      ids?.delete(id);
      if (ids?.size === 0) this.#byKey.delete(key);
    }
  }
}
