/** What this browser remembers of a room: the draft. */

import { type Signal, signal } from "@preact/signals";
import { namesUnder, read, write } from "./storage.ts";

/** Milliseconds after which a change is kept. */
const PAUSE = 300;

/** Forgets all drafts; their rooms are closed. */
export function forgetDrafts(): void {
  for (const name of namesUnder("draft.")) write(name, null);
}

export class Remembered {
  /** What is being written. */
  readonly draft: Signal<string>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #stop: () => void;

  constructor(private readonly room: string) {
    this.draft = signal(read(`draft.${room}`) ?? "");
    let isFirst = true;
    this.#stop = this.draft.subscribe(() => {
      // A subscriber is told at once of what is there.
      if (!isFirst) this.#later();
      isFirst = false;
    });
  }

  /** Keeps everything now. */
  keep(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    write(`draft.${this.room}`, this.draft.peek() || null);
  }

  close(): void {
    this.keep();
    this.#stop();
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.keep(), PAUSE);
  }
}
