/** The pinned messages of a room while somebody looks at them: read once, then changed by what comes. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Message } from "../server/protocol.ts";
import { type ChangeEvent, folded } from "./fold.ts";
import { answerOf } from "./session.ts";

/** Reads the pinned messages, the last pinned first. Rejects with a sentence for people. */
export type ReadPins = () => Promise<readonly Message[]>;

/** The pinned messages of a room at an origin. */
export function pinsAt(origin: string, room: string): ReadPins {
  return async () => {
    const response = await fetch(new URL(`/api/rooms/${room}/pins`, origin));
    return (await answerOf<{ messages: Message[] }>(response)).messages;
  };
}

export class Pins {
  readonly #messages = signal<readonly Message[] | undefined>(undefined);
  readonly #problem = signal<string | undefined>(undefined);
  /** Counts the lists that were asked for: only the last one is shown. */
  #asked = 0;
  #isReading = false;

  constructor(private readonly readPins: ReadPins) {}

  /** The last pinned first; undefined while nothing is known. */
  get messages(): ReadonlySignal<readonly Message[] | undefined> {
    return this.#messages;
  }

  /** Why they cannot be read, for people. */
  get problem(): ReadonlySignal<string | undefined> {
    return this.#problem;
  }

  async read(): Promise<void> {
    const asked = ++this.#asked;
    this.#isReading = true;
    const found = await this.readPins().catch(() => undefined);
    if (asked !== this.#asked) return;
    this.#isReading = false;
    if (found) this.#messages.value = found;
    this.#problem.value = found ? undefined : "The list cannot be read now. Please try again.";
  }

  /** Takes in what was done with a message; null: it may be anything. */
  change(event: ChangeEvent | null): void {
    const messages = this.#messages.value;
    const pinned = messages?.find(({ seq }) => seq === event?.target);
    if (messages && event && pinned) {
      const after = folded(pinned, event);
      this.#messages.value = messages
        .map((message) => message === pinned ? after : message)
        .filter((message) => message.pinned);
    }
    // What was not on the list has to be read, and a list on its way may be older than this.
    const isUnknown = !pinned && (event === null || event.type === "pin" && event.on);
    if (isUnknown || this.#isReading) this.read();
  }
}
