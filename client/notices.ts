/**
 * What is for the reader and was not looked at yet: private messages, and messages that mention them.
 * No DOM: the browser shows the notices.
 */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import {
  type ChatEvent,
  EVERYBODY,
  type RoomKind,
  type ServerEvent,
  type User,
} from "../server/protocol.ts";
import { namedToday } from "./mentions.ts";

/** Characters of a message in a notice. */
const LENGTH = 200;

export interface Notice {
  room: string;
  seq: number;
  title: string;
  body: string;
}

/** What is known of a room. */
export interface NoticedRoom {
  kind: RoomKind;
  title?: string;
  /** The reader does not want to be told of it. */
  muted?: true;
}

export interface NoticePorts {
  self(): User | null;
  about(room: string): NoticedRoom | undefined;
  nameOf(userId: string): string | undefined;
  /** Whether the reader looks at a room now, in whichever tab. */
  isLooking(room: string): Promise<boolean>;
  /** Shows a notice, where the reader wants that. Returns how to take it away. */
  show(notice: Notice): () => void;
}

interface Waiting {
  room: string;
  seq: number;
  close?: () => void;
}

export class Notices {
  readonly #waiting = signal<readonly Waiting[]>([]);
  /** How many messages for the reader wait. */
  readonly count: ReadonlySignal<number> = computed(() => this.#waiting.value.length);

  constructor(private readonly ports: NoticePorts) {}

  /** Takes in what came, in whichever room. */
  take(event: ServerEvent): void {
    switch (event.type) {
      case "chat":
        if (this.#isForReader(event)) this.#tell(event);
        return;
      case "joined":
        return event.events?.forEach((missed) => this.take(missed));
      case "delete":
        return this.#drop(({ room, seq }) => room === event.room && seq === event.target);
      case "read":
        return this.seen(event.room, event.upTo);
      case "unlisted":
        return this.seen(event.room);
    }
  }

  /** The reader has seen a room up to a position, here or on another device. */
  seen(room: string, upTo = Infinity): void {
    this.#drop((one) => one.room === room && one.seq <= upTo);
  }

  /** Takes away everything. */
  clear(): void {
    this.#drop(() => true);
  }

  async #tell(event: ChatEvent): Promise<void> {
    const { room, seq } = event;
    if (this.#waiting.value.some((one) => one.room === room && one.seq === seq)) return;
    // Noted at once, so that what comes meanwhile finds it.
    const waiting: Waiting = { room, seq };
    this.#waiting.value = [...this.#waiting.value, waiting];
    if (await this.ports.isLooking(room)) this.#drop((one) => one === waiting);
    else if (this.#waiting.value.includes(waiting)) {
      waiting.close = this.ports.show({ room, seq, ...this.#inWords(event) });
    }
  }

  #isForReader({ room, user, mentions, deleted }: ChatEvent): boolean {
    const self = this.ports.self();
    const about = this.ports.about(room);
    if (!self || !about || about.muted || user.id === self.id || deleted) return false;
    return about.kind === "direct" ||
      (mentions ?? []).some(({ id }) => id === self.id || id === EVERYBODY);
  }

  #inWords(event: ChatEvent): Pick<Notice, "title" | "body"> {
    const { kind, title } = this.ports.about(event.room)!;
    const text = namedToday(event, this.ports.nameOf);
    return {
      title: kind === "direct"
        ? event.user.name
        : `${event.user.name} in ${title ?? `#${event.room}`}`,
      body: text.length > LENGTH ? `${text.slice(0, LENGTH)}…` : text,
    };
  }

  #drop(isDone: (waiting: Waiting) => boolean): void {
    const done = this.#waiting.value.filter(isDone);
    if (done.length === 0) return;
    this.#waiting.value = this.#waiting.value.filter((one) => !done.includes(one));
    for (const { close } of done) close?.();
  }
}
