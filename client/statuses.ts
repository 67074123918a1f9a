/** Whether people are here: only those whose status is on screen are asked for. */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { PersonStatus } from "../server/protocol.ts";
import type { Chat } from "./model.ts";

/** Milliseconds in which changes of what is on screen are gathered. */
const PAUSE = 200;

const byChat = new WeakMap<Chat, Statuses>();

/** What a page knows of the statuses of people. */
export function statusesOf(chat: Chat): Statuses {
  let statuses = byChat.get(chat);
  if (!statuses) byChat.set(chat, statuses = new Statuses(chat));
  return statuses;
}

class Statuses {
  /** How many parts of the page show a person. */
  readonly #shown = new Map<string, number>();
  readonly #known = new Map<string, Signal<PersonStatus | undefined>>();
  #told = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly chat: Chat) {
    chat.onEvent((event) => {
      if (event.type === "welcome") this.#opened();
      else if (event.type === "status") {
        for (const person of event.people) this.#of(person.id).value = person;
      }
    });
    chat.status.subscribe((status) => {
      if (status !== "online") this.#closed();
    });
  }

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

  /** A new connection knows nothing of what was asked for. */
  #opened(): void {
    this.#told = "";
    this.#tell();
  }

  /** Nothing is known any more. */
  #closed(): void {
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
    const people = [...this.#shown.keys()].slice(0, this.chat.limits.peek().peopleWatched).sort();
    const told = people.join();
    if (told === this.#told) return;
    this.#told = told;
    for (const [id, status] of this.#known) {
      // What is not watched grows old.
      if (!this.#shown.has(id)) status.value = undefined;
    }
    this.chat.send([{ type: "watch", people }]);
  }
}
