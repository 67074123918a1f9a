/** What this browser remembers of a room: the draft, and how far it was read. */

import { type Signal, signal } from "@preact/signals";
import { formatCursor, parseCursor, type Position } from "../server/protocol.ts";
import { read, write } from "./storage.ts";

/** Milliseconds after which a change is kept. */
const PAUSE = 300;

/** Forgets a room that is closed. */
export function forgetRoom(room: string): void {
  write(`draft.${room}`, null);
  write(`seen.${room}`, null);
}

export class Remembered {
  /** What is being written. */
  readonly draft: Signal<string>;
  /** The last position seen on an earlier visit. */
  readonly leftOff: Position | undefined;
  #seen: Position | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #stop: () => void;

  constructor(private readonly room: string) {
    this.draft = signal(read(`draft.${room}`) ?? "");
    this.leftOff = this.#seen = parseCursor(read(`seen.${room}`));
    let isFirst = true;
    this.#stop = this.draft.subscribe(() => {
      // A subscriber is told at once of what is there.
      if (!isFirst) this.#later();
      isFirst = false;
    });
  }

  /** Notes what the reader has seen. Another history counts from its own beginning. */
  seen({ epoch, seq }: Position): void {
    if (this.#seen?.epoch === epoch && seq <= this.#seen.seq) return;
    this.#seen = { epoch, seq };
    this.#later();
  }

  /** Keeps everything now. */
  keep(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    write(`draft.${this.room}`, this.draft.peek() || null);
    if (this.#seen) write(`seen.${this.room}`, formatCursor(this.#seen.epoch, this.#seen.seq));
  }

  close(): void {
    this.keep();
    this.#stop();
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.keep(), PAUSE);
  }
}
