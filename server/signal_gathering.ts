/** Signals of one room, sent together with others of the moment: the last of a kind wins. */

import type { LogEvent, Signal } from "./protocol.ts";

/** Signals of one room are gathered for this long, in milliseconds. */
const GATHER = 100;
/** Most people in one frame who are typing; more tell nobody anything. */
const TYPING_MOST = 20;

export class SignalGathering {
  #waiting: Map<string, Signal> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param send takes what was gathered, and the same as JSON */
  constructor(private readonly send: (signals: readonly Signal[], frame: string) => void) {}

  add(signal: Signal): void {
    const waiting = this.#waiting ??= new Map();
    const isTyping = signal.type === "typing";
    const key = isTyping ? `typing ${signal.user.id}` : signal.type;
    // The others are few, and nothing repeats a number of people before it changes again.
    if (isTyping && waiting.size >= TYPING_MOST && !waiting.has(key)) return;
    waiting.set(key, signal);
    this.#timer ??= setTimeout(() => this.#flush(), GATHER);
  }

  /** Whoever has said something no longer types it: a signal that waits would come after the message. */
  noted({ type, user }: LogEvent): void {
    if (type === "chat") this.#waiting?.delete(`typing ${user.id}`);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #flush(): void {
    this.#timer = undefined;
    const signals = [...this.#waiting?.values() ?? []];
    this.#waiting = undefined;
    if (signals.length > 0) this.send(signals, JSON.stringify(signals));
  }
}
