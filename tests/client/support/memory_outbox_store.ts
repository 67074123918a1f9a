/** The unsent messages of one browser: several pages may share it. */

import type { OutboxStore, Outgoing } from "../../../client/outbox_store.ts";

export class MemoryOutboxStore implements OutboxStore {
  readonly kept = new Map<string, Outgoing>();
  /** As in a private window that refuses to keep anything. */
  isBlocked = false;

  all(userId: string): Outgoing[] {
    // By key, as a browser gives them out in any order.
    return [...this.kept].sort().filter(([key]) => key.startsWith(`${userId} `))
      .map(([, outgoing]) => outgoing)
      .sort((one, other) => one.at - other.at);
  }

  put(userId: string, outgoing: Outgoing): void {
    if (!this.isBlocked) this.kept.set(`${userId} ${outgoing.id}`, outgoing);
  }

  remove(userId: string, id: string): void {
    this.kept.delete(`${userId} ${id}`);
  }

  get texts(): string[] {
    return [...this.kept.values()].map(({ message }) => message);
  }
}
