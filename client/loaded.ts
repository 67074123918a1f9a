/**
 * The part of a room's history that is loaded: one stretch without holes, bounded, that either reaches
 * the live end and grows with it, or lies in the past.
 */

import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type { Message, SettingEvent } from "../server/protocol.ts";
import { type ChangeEvent, folded } from "./fold.ts";

/** Most messages held. */
export const HELD_MOST = 2_000;
/** Most notices held. */
export const NOTICES_MOST = 1_000;
/** How many stay when the bound is met at the live end: not cut anew with every frame. */
const HELD_AFTER = 1_000;
/** Something is under way that must know what comes live meanwhile. */
export interface LiveWatcher {
  appended(fresh: readonly Message[]): void;
  changed(event: ChangeEvent): void;
  noticed(notice: SettingEvent): void;
}

/** Where a stretch of the history ends, and what happened to the room there. */
export interface Stretch {
  older: boolean;
  newer: boolean;
  notices: readonly SettingEvent[];
}

export class Loaded {
  readonly #messages = signal<readonly Message[]>([]);
  readonly #notices = signal<readonly SettingEvent[]>([]);
  readonly #older = signal(false);
  readonly #newer = signal(false);
  /** Whether the reader is at the bottom: then the oldest may go when there are too many. */
  isFollowing = true;
  /** A page is on its way. */
  watcher: LiveWatcher | undefined;
  #generation = 0;

  /** Oldest first. */
  get messages(): ReadonlySignal<readonly Message[]> {
    return this.#messages;
  }

  /** What happened to the room itself between the first message, or the beginning, and the last, or now. */
  get notices(): ReadonlySignal<readonly SettingEvent[]> {
    return this.#notices;
  }

  /** There is more before the first message. */
  get older(): ReadonlySignal<boolean> {
    return this.#older;
  }

  /** There is more after the last message: the reader looks at the past. */
  get newer(): ReadonlySignal<boolean> {
    return this.#newer;
  }

  /** Another one: what was asked for before has no place here any more. */
  get generation(): number {
    return this.#generation;
  }

  /** The message at a position, where it is loaded. */
  at(seq: number): Message | undefined {
    return this.#messages.value.find((message) => message.seq === seq);
  }

  /** Begins anew with the latest messages. */
  reset(
    messages: readonly Message[],
    older: boolean,
    notices: readonly SettingEvent[] = [],
  ): void {
    this.#generation++;
    this.show(messages, { older, newer: false, notices });
  }

  /** Shows another stretch: a longer one, or another place. Notices from elsewhere are let go. */
  show(messages: readonly Message[], { older, newer, notices }: Stretch): void {
    batch(() => {
      this.#messages.value = messages;
      this.#older.value = older;
      this.#newer.value = newer;
      this.#notice(notices);
    });
  }

  /** Takes what happened live to the room itself. */
  noticed(notice: SettingEvent): void {
    this.watcher?.noticed(notice);
    if (!this.#newer.value) this.#notice([...this.#notices.value, notice]);
  }

  /** Takes what came live, in order and without holes. */
  append(fresh: readonly Message[]): void {
    this.watcher?.appended(fresh);
    if (this.#newer.value) return;
    const last = this.#messages.value.at(-1)?.seq ?? 0;
    // A page may have been ahead of the live events.
    const all = [...this.#messages.value, ...fresh.filter(({ seq }) => seq > last)];
    if (all.length <= HELD_MOST) {
      this.#messages.value = all;
    } else if (this.isFollowing) {
      this.#messages.value = all.slice(-HELD_AFTER);
      this.#older.value = true;
      this.#notice(this.#notices.value);
    } else {
      // Taking away what is being read would be worse than not showing what is far below.
      this.#newer.value = true;
      this.#notice(this.#notices.value);
    }
  }

  /** Does with a message what came live; one that is not loaded will come as it stands then. */
  change(event: ChangeEvent): void {
    this.watcher?.changed(event);
    this.#messages.value = changed(this.#messages.value, event);
  }

  /** Keeps those of what happened to the room that belong to what is loaded, each once. */
  #notice(notices: readonly SettingEvent[]): void {
    const { value: messages } = this.#messages;
    const first = this.#older.value ? messages[0]?.seq ?? 0 : 0;
    const last = this.#newer.value ? messages.at(-1)?.seq ?? 0 : Infinity;
    const bySeq = new Map(notices.map((notice) => [notice.seq, notice]));
    this.#notices.value = [...bySeq.values()]
      .filter(({ seq }) => seq > first && seq < last)
      .sort((one, other) => one.seq - other.seq).slice(-NOTICES_MOST);
  }
}

/** The messages after an event about one of them; the same array where it is not among them. */
export function changed(messages: readonly Message[], event: ChangeEvent): readonly Message[] {
  const index = messages.findIndex(({ seq }) => seq === event.target);
  const message = messages[index];
  return message ? messages.with(index, folded(message, event)) : messages;
}
