/**
 * Somebody's own relation to rooms: which are on their list, how far they have read, which are muted.
 * Not in any log. Implementations: `places_memory.ts`, `places_sqlite.ts`. Both pass
 * `tests/contract/places.ts`.
 */

import type { RoomRole } from "./protocol.ts";
import type { RoomRecord } from "./store.ts";

/**
 * Of a room's last messages so many are looked at for unread ones: whoever goes on writing and reads
 * nothing, as programs do, has others' messages before that behind them.
 */
export const UNREAD_SEARCHED = 1_000;

/** What is unread after a position; each counted up to `UNREAD_MOST` by itself. */
export interface Unread {
  /** Messages of others that were not deleted, among the last `UNREAD_SEARCHED` messages. */
  unread: number;
  /** Messages of others, however long ago, that mention the person, or everybody. */
  mentions: number;
}

export interface Place extends Unread {
  room: RoomRecord;
  role?: RoomRole;
  /** The last position read. */
  read: number;
  listed: boolean;
  muted: boolean;
  /** Somebody else took the person out of the room, and nobody has let them in again. */
  removed?: true;
}

/**
 * What an implementation keeps: changes are durable as the store is, but a crash may take the last
 * read positions with it. Reads see every settled change.
 */
export interface Places {
  /**
   * The rooms on somebody's list, the most recent first, at most `limit`. A room in which nothing ever
   * happened can be on it too, as a public room without a title and with head and timestamp 0.
   */
  list(userId: string, limit: number): Promise<Place[]>;
  /**
   * The rooms on somebody's list whose id comes after this one, in the order of their ids: all of them by
   * and by, whatever is said meanwhile. At most `limit`.
   */
  listAfter(userId: string, room: string, limit: number): Promise<Place[]>;
  /**
   * Somebody's place in a room, also where they never were in it. Undefined where nothing ever happened in
   * it and they have no place there either.
   */
  find(userId: string, room: string): Promise<Place | undefined>;
  /**
   * Moves the read position; forward only, unless `back`. A position past the room's head is its head.
   * Resolves to where it stands then.
   */
  read(
    userId: string,
    room: string,
    upTo: number,
    back: boolean,
  ): Promise<{ read: number } & Unread>;
  /**
   * Puts a room on the list, or takes it off. One never read before counts as read up to `read`, or up to
   * its head where that is absent.
   */
  setListed(userId: string, room: string, listed: boolean, read?: number): Promise<void>;
  setMuted(userId: string, room: string, muted: boolean): Promise<void>;
}
