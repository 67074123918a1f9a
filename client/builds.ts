/** The build of this page, and the one that the server has. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";

export class Builds {
  readonly #latest = signal<string | undefined>(undefined);
  readonly #dismissed = signal<string | undefined>(undefined);
  /** Whether the server has a newer one, of which the reader wants to know. */
  readonly isOutdated: ReadonlySignal<boolean> = computed(() => {
    const latest = this.#latest.value;
    return latest !== undefined && latest !== this.own && latest !== this.#dismissed.value;
  });

  constructor(private readonly own: string) {}

  /** The server has this one. */
  note(latest: string): void {
    this.#latest.value = latest;
  }

  /** Says nothing of the newer one until there is a still newer one. */
  dismiss(): void {
    this.#dismissed.value = this.#latest.peek();
  }
}
