/** What people are called today, as far as it was seen: the newest name of each id. */

import { signal } from "@preact/signals";
import type { User } from "../server/protocol.ts";

export class NamesSeen {
  readonly #names = signal<ReadonlyMap<string, { name: string; at: number }>>(new Map());

  /** @param at when they were called so, in milliseconds */
  note(users: readonly User[], at: number): void {
    const known = this.#names.peek();
    const news = users.filter(({ id, name, unverified }) => {
      const seen = known.get(id);
      return !unverified && (!seen || seen.at < at && seen.name !== name);
    });
    if (news.length === 0) return;
    const names = new Map(known);
    for (const { id, name } of news) names.set(id, { name, at });
    this.#names.value = names;
  }

  /** Everybody who was seen. */
  get people(): User[] {
    return Array.from(this.#names.value, ([id, { name }]) => ({ id, name }));
  }

  /** Undefined where they were never seen. */
  readonly of = (id: string): string | undefined => this.#names.value.get(id)?.name;
}
