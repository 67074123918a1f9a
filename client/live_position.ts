/**
 * Where the live events of a room have got to. They come in their places; where some are missing, the
 * room is joined again, and the answer brings them.
 */

import { type Cursor, formatCursor, parseCursor, type Position } from "../server/protocol.ts";

export class LivePosition {
  #position: Position | undefined;
  /** A join was not answered yet. Every connection begins with one. */
  #isJoining = true;
  /** A gap was seen and the join that fills it is under way. */
  #isRejoining = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `sendJoin` joins from here. */
  constructor(begin: Cursor | undefined, private readonly sendJoin: () => void) {
    this.#position = parseCursor(begin);
  }

  get isJoining(): boolean {
    return this.#isJoining;
  }

  /** 0 as long as the room was not entered. */
  get seq(): number {
    return this.#position?.seq ?? 0;
  }

  /** Names a position in the same history; undefined as long as the room was not entered. */
  cursorAt(seq: number): Cursor | undefined {
    return this.#position && formatCursor(this.#position.epoch, seq);
  }

  /** Joins, whatever is under way. */
  join(): void {
    this.#isJoining = true;
    this.sendJoin();
  }

  /** Joins after so many milliseconds. */
  joinLater(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.sendJoin(), wait);
  }

  /** What was under way is over. */
  settled(): void {
    this.#isJoining = this.#isRejoining = false;
  }

  /** Begins anew with the answer to a join. Whether that is of another history. */
  reset(cursor: Cursor): boolean {
    const isOther = this.#position && this.#position.epoch !== parseCursor(cursor)!.epoch;
    this.#position = undefined;
    return isOther ?? false;
  }

  /** An answer leads up to here. Live events may have got further. */
  reach(cursor: Cursor): void {
    if (!this.#position || this.#isBefore(cursor)) this.#position = parseCursor(cursor);
  }

  /** Whether events before this one are missing; they are asked for. */
  misses(seq: number): boolean {
    const isMissing = this.#position !== undefined && seq > this.seq + 1;
    if (isMissing) this.rejoin();
    return isMissing;
  }

  /** Goes on to an event. Whether it is the next one: it may be known already, or come too early. */
  advance(seq: number): boolean {
    const isNext = !this.misses(seq) && this.#position !== undefined && seq > this.seq;
    if (isNext) this.#position!.seq = seq;
    return isNext;
  }

  /** A heartbeat ahead of us tells of something lost on the way. */
  heard(cursor: Cursor): void {
    if (this.#isBefore(cursor)) this.rejoin();
  }

  /** Asks for what is missing, once at a time. */
  rejoin(): void {
    if (this.#isRejoining) return;
    this.#isRejoining = true;
    this.join();
  }

  /** The connection is gone; the next one begins with a join. */
  disconnected(): void {
    this.#isJoining = true;
    this.#isRejoining = false;
    clearTimeout(this.#timer);
  }

  #isBefore(cursor: Cursor): boolean {
    const other = parseCursor(cursor);
    return other !== undefined && this.#position !== undefined &&
      (other.epoch !== this.#position.epoch || other.seq > this.#position.seq);
  }
}
