/** Who is typing in a room. Each one is forgotten by itself. */

import { type ReadonlySignal, signal } from "@preact/signals";
import { TYPING_LASTS, type User } from "../server/protocol.ts";

export class Typing {
  readonly #people = signal<readonly User[]>([]);
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  get people(): ReadonlySignal<readonly User[]> {
    return this.#people;
  }

  /** Someone types now, and is taken for typing for `TYPING_LASTS`. */
  noted(user: User): void {
    if (this.#timers.has(user.id)) clearTimeout(this.#timers.get(user.id));
    else this.#people.value = [...this.#people.value, user];
    this.#timers.set(user.id, setTimeout(() => this.ended(user.id), TYPING_LASTS));
  }

  ended(userId: string): void {
    if (!this.#timers.has(userId)) return;
    clearTimeout(this.#timers.get(userId));
    this.#timers.delete(userId);
    this.#people.value = this.#people.value.filter(({ id }) => id !== userId);
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#people.value = [];
  }
}
