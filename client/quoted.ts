/**
 * Messages that others answer and that are not loaded: fetched together when they are first shown, and
 * kept as they stand.
 */

import { type Signal, signal } from "@preact/signals";
import type { Message } from "../server/protocol.ts";
import { type ChangeEvent, folded } from "./fold.ts";

/** Reads messages by position; those that are none are left out. */
export type ReadMessages = (seqs: readonly number[]) => Promise<Message[]>;

/** Most messages in one request. */
const TOGETHER = 100;

/** Undefined: not known yet. Null: it cannot be had. */
type Known = Message | null | undefined;

export class Quoted {
  readonly #known = new Map<number, Signal<Known>>();
  #wanted: number[] = [];

  constructor(private readonly read: ReadMessages) {}

  /** A message, asked for where it is not known yet. */
  at(seq: number): Known {
    const known = this.#known.get(seq);
    if (known) return known.value;
    const asked = signal<Known>(undefined);
    this.#known.set(seq, asked);
    this.#wanted.push(seq);
    // All that one drawing shows goes in one request.
    if (this.#wanted.length === 1) queueMicrotask(() => this.#fetch());
    return asked.value;
  }

  /** Does with a message what came live. */
  change(event: ChangeEvent): void {
    const known = this.#known.get(event.target);
    if (known?.value) known.value = folded(known.value, event);
  }

  /** Forgets everything: another history, or much was missed. */
  reset(): void {
    this.#known.clear();
  }

  async #fetch(): Promise<void> {
    const seqs = this.#wanted.splice(0, TOGETHER);
    if (this.#wanted.length > 0) queueMicrotask(() => this.#fetch());
    const found = await this.read(seqs).catch(() => undefined);
    for (const seq of seqs) {
      const known = this.#known.get(seq);
      if (!known) continue;
      // What could not be read now is asked for when it is shown again.
      if (!found) this.#known.delete(seq);
      else known.value = found.find((message) => message.seq === seq) ?? null;
    }
  }
}
