/**
 * What is for the reader and was not looked at yet: private messages, and messages that mention them.
 * No DOM: the browser shows the notices.
 */

import {
  type ChatEvent,
  EVERYBODY,
  type ListedRoom,
  parseCursor,
  type RoomAbout,
  type ServerEvent,
  type User,
} from "../server/protocol.ts";
import { namedToday } from "./mentions.ts";
import { titleOf, titleWithSign } from "./room_names.ts";

/** Characters of a message in a notice. */
const LENGTH = 200;

export interface Notice {
  room: string;
  seq: number;
  title: string;
  body: string;
}

/** A room, and whether the reader does not want to be told of it. */
export type NoticedRoom = RoomAbout & Pick<ListedRoom, "muted">;

export interface NoticePorts {
  self(): User | null;
  about(room: string): NoticedRoom | undefined;
  nameOf(userId: string): string | undefined;
  /** Whether the reader looks at a room now, in whichever tab. */
  isLooking(room: string): Promise<boolean>;
  /** Whether the reader wants to be told at all. */
  isWanted(): boolean;
  /** Shows a notice. Returns how to take it away. */
  show(notice: Notice): () => void;
}

interface Waiting {
  room: string;
  seq: number;
  close?: () => void;
}

export class Notices {
  #waiting: readonly Waiting[] = [];
  /** Rooms of which everything comes, message by message. */
  readonly #followed: Set<string>;

  /** @param rooms those that the reader follows by now */
  constructor(private readonly ports: NoticePorts, rooms: Iterable<string>) {
    this.#followed = new Set(rooms);
  }

  /** Takes in what came, in whichever room. */
  take(event: ServerEvent): void {
    switch (event.type) {
      case "chat":
        if (this.#isForReader(event)) this.#tell(event, this.#wordsOf(event));
        return;
      case "listed":
        return this.#listed(event);
      case "joined":
        this.#followed.add(event.room);
        return event.events?.forEach((missed) => this.take(missed));
      case "delete":
        return this.#drop(({ room, seq }) => room === event.room && seq === event.target);
      case "read":
        return this.seen(event.room, event.upTo);
      case "unlisted":
        this.#followed.delete(event.room);
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

  /** A conversation that begins, or comes back, has been listed with what was said first. */
  #listed(room: ListedRoom): void {
    const isNews = !this.#followed.has(room.room);
    this.#followed.add(room.room);
    const self = this.ports.self();
    const seq = parseCursor(room.cursor)?.seq;
    if (!isNews || !self || !seq || room.kind !== "direct" || room.muted || room.unread === 0) {
      return;
    }
    this.#tell({ room: room.room, seq }, {
      title: titleOf(room, self.id),
      body: "Has written to you.",
    });
  }

  async #tell(
    { room, seq }: Pick<ChatEvent, "room" | "seq">,
    words: Pick<Notice, "title" | "body">,
  ): Promise<void> {
    if (!this.ports.isWanted()) return;
    if (this.#waiting.some((one) => one.room === room && one.seq === seq)) return;
    // Noted at once, so that what comes meanwhile finds it.
    const waiting: Waiting = { room, seq };
    this.#waiting = [...this.#waiting, waiting];
    if (await this.ports.isLooking(room)) this.#drop((one) => one === waiting);
    else if (this.#waiting.includes(waiting)) {
      waiting.close = this.ports.show({ room, seq, ...words });
    }
  }

  #isForReader({ room, user, mentions, deleted }: ChatEvent): boolean {
    const self = this.ports.self();
    const about = this.ports.about(room);
    if (!self || !about || about.muted || user.id === self.id || deleted) return false;
    return about.kind === "direct" ||
      (mentions ?? []).some(({ id }) => id === self.id || id === EVERYBODY);
  }

  #wordsOf(event: ChatEvent): Pick<Notice, "title" | "body"> {
    const about = this.ports.about(event.room)!;
    const where = about.kind === "direct"
      ? ""
      : ` in ${titleWithSign(about, this.ports.self()?.id)}`;
    const text = namedToday(event, this.ports.nameOf);
    return {
      title: `${event.user.name}${where}`,
      body: text.length > LENGTH ? `${text.slice(0, LENGTH)}…` : text,
    };
  }

  #drop(isDone: (waiting: Waiting) => boolean): void {
    const done = this.#waiting.filter(isDone);
    if (done.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => !done.includes(one));
    for (const { close } of done) close?.();
  }
}
