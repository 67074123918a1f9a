/** Whether people are here: only those whose status is on screen are asked for. */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { PersonStatus, StatusEvent, WatchCommand } from "../server/protocol.ts";

/** Milliseconds in which changes of what is on screen are gathered. */
const PAUSE = 200;

export class Statuses {
  /** How many parts of the page show a person. */
  readonly #shown = new Map<string, number>();
  readonly #known = new Map<string, Signal<PersonStatus | undefined>>();
  #told = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `most` is how many may be watched at a time. */
  constructor(
    private readonly send: (command: WatchCommand) => void,
    private readonly most: () => number,
  ) {}

  /** Undefined as long as it is not known. */
  of(id: string): ReadonlySignal<PersonStatus | undefined> {
    return this.#of(id);
  }

  /** People come onto the screen. Returns what to call when they are gone from there. */
  show(ids: readonly string[]): () => void {
    for (const id of ids) this.#shown.set(id, (this.#shown.get(id) ?? 0) + 1);
    this.#later();
    return () => {
      for (const id of ids) {
        const left = this.#shown.get(id)! - 1;
        if (left > 0) this.#shown.set(id, left);
        else this.#shown.delete(id);
      }
      this.#later();
    };
  }

  take({ people }: StatusEvent): void {
    for (const person of people) this.#of(person.id).value = person;
  }

  /** A new connection knows nothing of what was asked for. */
  opened(): void {
    this.#told = "";
    this.#tell();
  }

  /** Nothing is known any more. */
  closed(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const status of this.#known.values()) status.value = undefined;
  }

  #of(id: string): Signal<PersonStatus | undefined> {
    let status = this.#known.get(id);
    if (!status) this.#known.set(id, status = signal(undefined));
    return status;
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.#tell(), PAUSE);
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const people = [...this.#shown.keys()].slice(0, this.most()).sort();
    const told = people.join();
    if (told === this.#told) return;
    this.#told = told;
    for (const [id, status] of this.#known) {
      // What is not watched grows old.
      if (!this.#shown.has(id)) status.value = undefined;
    }
    this.send({ type: "watch", people });
  }
}
