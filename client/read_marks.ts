/** How far the reader has read, told to the server as often as is useful. */

import { type ReadCommand, UNREAD_MOST } from "../server/protocol.ts";
import type { RoomList } from "./room_list.ts";

/** Least milliseconds between two commands about one room. */
const EVERY = 1_000;

interface Mark {
  /** The last position that was read here, or after which the reader wants to begin again. */
  upTo: number;
  /** It is a step back, and what is confirmed until that is confirmed was told before it. */
  isBack: boolean;
  /** The last one that the server was told. */
  told: number;
  /** The last one that the server has confirmed. */
  confirmed: number;
  /** Until the next may be told. */
  timer?: ReturnType<typeof setTimeout>;
}

export class ReadMarks {
  readonly #marks = new Map<string, Mark>();

  constructor(
    private readonly list: RoomList,
    private readonly send: (command: ReadCommand) => void,
  ) {}

  /** The reader has read up to a position. */
  read(room: string, upTo: number): void {
    const listed = this.list.peek(room);
    if (!listed || listed.read >= upTo) return;
    this.list.read(room, upTo, { unread: 0, mentions: 0 });
    const mark = this.#marks.get(room) ?? { upTo: 0, isBack: false, told: 0, confirmed: 0 };
    if (upTo <= mark.upTo) return;
    mark.upTo = upTo;
    mark.isBack = false;
    this.#marks.set(room, mark);
    if (mark.timer === undefined) this.#tell(room, mark);
  }

  /** The reader wants to come back to what is after a position: so many messages, as far as is known. */
  unreadAfter(room: string, upTo: number, unread: number): void {
    // The server's own count comes with its answer.
    this.list.read(room, upTo, { unread: Math.min(unread, UNREAD_MOST), mentions: 0 });
    this.#forget(room);
    const mark = { upTo, isBack: true, told: upTo, confirmed: -1 };
    this.#marks.set(room, mark);
    this.#send(room, mark);
  }

  /** The room is left: what is not told yet is told now. */
  flush(room: string): void {
    const mark = this.#marks.get(room);
    if (!mark) return;
    clearTimeout(mark.timer);
    delete mark.timer;
    if (mark.told < mark.upTo) this.#tell(room, mark);
  }

  /** The page may be going away. */
  flushAll(): void {
    for (const room of this.#marks.keys()) this.flush(room);
  }

  /**
   * The server says how far the reader has read. Whether that is news: not where more was read here
   * meanwhile and is on its way.
   */
  confirmed(room: string, upTo: number): boolean {
    const mark = this.#marks.get(room);
    if (!mark) return true;
    if (mark.isBack) {
      if (upTo === mark.upTo) this.#forget(room);
      return upTo === mark.upTo;
    }
    const isUnderWay = mark.confirmed < mark.upTo;
    mark.confirmed = Math.max(mark.confirmed, upTo);
    if (upTo >= mark.upTo) return true;
    // Marked as unread on another device.
    if (!isUnderWay) this.#forget(room);
    return !isUnderWay;
  }

  /** The connection stands again: what may have been lost on the way is told again. */
  opened(): void {
    for (const [room, mark] of this.#marks) {
      if (mark.isBack) this.#send(room, mark);
      else if (mark.confirmed < mark.upTo) this.#tell(room, mark);
    }
  }

  close(): void {
    for (const room of [...this.#marks.keys()]) this.#forget(room);
  }

  #tell(room: string, mark: Mark): void {
    clearTimeout(mark.timer);
    mark.told = mark.upTo;
    this.#send(room, mark);
    mark.timer = setTimeout(() => {
      delete mark.timer;
      if (mark.told < mark.upTo) this.#tell(room, mark);
    }, EVERY);
  }

  #send(room: string, { upTo, isBack }: Mark): void {
    this.send({ type: "read", room, upTo, ...(isBack && { unread: true }) });
  }

  #forget(room: string): void {
    clearTimeout(this.#marks.get(room)?.timer);
    this.#marks.delete(room);
  }
}
