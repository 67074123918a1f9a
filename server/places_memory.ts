/** People's own relation to rooms in memory, forgotten with the process. */

import { type Place, type Places, type Unread, UNREAD_SEARCHED } from "./places.ts";
import { EVERYBODY, type LogEvent, UNREAD_MOST } from "./protocol.ts";
import { isRemoval } from "./store_rules.ts";
import { MemoryRoom } from "./store_memory_room.ts";

interface Kept {
  read: number;
  listed: boolean;
  muted: boolean;
  removed: boolean;
}

/** Given the rooms of its store, whose events it has to be told of. */
export class MemoryPlaces implements Places {
  /** User id → room → place. */
  readonly #places = new Map<string, Map<string, Kept>>();

  constructor(private readonly rooms: ReadonlyMap<string, MemoryRoom>) {}

  /** Does what an event means for lists. Returns whose list the room is on again. */
  noted(event: LogEvent): string[] {
    switch (event.type) {
      case "chat":
        return this.#relist(event.room);
      case "room":
        for (const { user } of event.members ?? []) this.#set(user.id, event.room, true);
        return [];
      case "member":
        this.#set(event.member.id, event.room, event.role !== null);
        this.#kept(event.member.id, event.room).removed = isRemoval(event);
        return [];
      default:
        return [];
    }
  }

  forget(userId: string): void {
    this.#places.delete(userId);
  }

  // deno-lint-ignore require-await
  async list(userId: string, limit: number): Promise<Place[]> {
    return this.#listed(userId)
      .sort(({ room: a }, { room: b }) => b.timestamp - a.timestamp || (a.room < b.room ? -1 : 1))
      .slice(0, limit);
  }

  // deno-lint-ignore require-await
  async listAfter(userId: string, room: string, limit: number): Promise<Place[]> {
    return this.#listed(userId)
      .filter((place) => place.room.room > room)
      .sort((a, b) => a.room.room < b.room.room ? -1 : 1)
      .slice(0, limit);
  }

  // deno-lint-ignore require-await
  async find(userId: string, room: string): Promise<Place | undefined> {
    return this.#placeOf(userId, room);
  }

  // deno-lint-ignore require-await
  async read(
    userId: string,
    room: string,
    upTo: number,
    back: boolean,
  ): Promise<{ read: number } & Unread> {
    const kept = this.#kept(userId, room);
    const wanted = Math.min(Math.max(upTo, 0), this.rooms.get(room)?.head ?? 0);
    kept.read = back ? wanted : Math.max(kept.read, wanted);
    return { read: kept.read, ...this.#unreadOf(userId, room, kept.read) };
  }

  // deno-lint-ignore require-await
  async setListed(userId: string, room: string, listed: boolean, read?: number): Promise<void> {
    this.#kept(userId, room, read).listed = listed;
  }

  // deno-lint-ignore require-await
  async setMuted(userId: string, room: string, muted: boolean): Promise<void> {
    this.#kept(userId, room).muted = muted;
  }

  #listed(userId: string): Place[] {
    return [...this.#places.get(userId) ?? []]
      .map(([room, { listed }]) => listed ? this.#placeOf(userId, room) : undefined)
      .filter((place) => place !== undefined);
  }

  #relist(room: string): string[] {
    const found = this.rooms.get(room);
    if (found?.kind !== "direct") return [];
    const relisted: string[] = [];
    for (const userId of found.members.keys()) {
      const kept = this.#kept(userId, room);
      if (kept.listed) continue;
      kept.listed = true;
      relisted.push(userId);
    }
    return relisted;
  }

  #set(userId: string, room: string, listed: boolean): void {
    this.#kept(userId, room).listed = listed;
  }

  #kept(userId: string, room: string, read = Infinity): Kept {
    const ofUser = this.#places.get(userId) ?? new Map<string, Kept>();
    this.#places.set(userId, ofUser);
    // Whoever comes to a room has not missed what was said before.
    const kept = ofUser.get(room) ??
      {
        read: Math.min(read, this.rooms.get(room)?.head ?? 0),
        listed: false,
        muted: false,
        removed: false,
      };
    ofUser.set(room, kept);
    return kept;
  }

  #placeOf(userId: string, room: string): Place | undefined {
    const found = this.rooms.get(room);
    const kept = this.#places.get(userId)?.get(room);
    if (!found && !kept) return undefined;
    const { read, listed, muted, removed } = kept ??
      { read: found!.head, listed: false, muted: false, removed: false };
    const role = found?.members.get(userId)?.role;
    return {
      room: (found ?? new MemoryRoom(room)).record,
      ...(role === undefined ? {} : { role }),
      read,
      listed,
      muted,
      ...(removed ? { removed } : {}),
      ...this.#unreadOf(userId, room, read),
    };
  }

  #unreadOf(userId: string, room: string, read: number): Unread {
    const messages = this.rooms.get(room)?.messages ?? [];
    let unread = 0;
    let mentions = 0;
    for (let index = messages.length - 1; index >= 0 && mentions < UNREAD_MOST; index--) {
      const message = messages[index]!;
      if (message.seq <= read) break;
      if (message.deleted || message.user.id === userId) continue;
      const isRecent = messages.length - index <= UNREAD_SEARCHED;
      if (isRecent) unread = Math.min(unread + 1, UNREAD_MOST);
      if (message.mentions?.some(({ id }) => id === userId || id === EVERYBODY)) mentions++;
    }
    return { unread, mentions };
  }
}
