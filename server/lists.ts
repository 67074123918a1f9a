/** Somebody's own list of rooms: what is on it, how far they have read, and what they want to be told. */

import type { Access } from "./access.ts";
import type { Identity } from "./identity.ts";
import type { Limiter } from "./limits.ts";
import type { Personal } from "./personal.ts";
import { may, mustBeSignedIn } from "./permissions.ts";
import { formatCursor, type ListedRoom, type ReadEvent } from "./protocol.ts";
import type { Place, Places } from "./places.ts";
import { aboutOf } from "./room_states.ts";
import type { Store } from "./store.ts";

/**
 * Rooms in one part of a list. Others can put somebody into rooms, so that nothing may cost more with each:
 * a greeting, above all, which everybody gets who comes back after a restart.
 */
const LISTED_AT_ONCE = 100;

/** The most recent rooms of a list. */
export interface RecentRooms {
  rooms: ListedRoom[];
  /** There are more on the list. */
  more?: true;
}

/** A part of a list in the order of the rooms' ids. */
export interface RoomsPart {
  rooms: ListedRoom[];
  /** The id after which the next part begins; absent at the end. */
  next?: string;
}

export class Lists {
  readonly #places: Places;
  readonly #epoch: string;

  constructor(
    store: Store,
    private readonly access: Access,
    private readonly personal: Personal,
    private readonly limiter: Limiter,
  ) {
    this.#places = store.places;
    this.#epoch = store.epoch;
  }

  /** The rooms on somebody's list that they may still be in, the most recent first. */
  async recent(who: Identity): Promise<RecentRooms> {
    mustBeSignedIn(who);
    const places = await this.#places.list(who.user.id, LISTED_AT_ONCE + 1);
    const rooms = this.#allowed(who, places.slice(0, LISTED_AT_ONCE));
    return { rooms, ...(places.length > LISTED_AT_ONCE && { more: true }) };
  }

  /** The same for somebody who asks for it. */
  async own(who: Identity): Promise<RecentRooms> {
    mustBeSignedIn(who);
    this.limiter.signal(who);
    return await this.recent(who);
  }

  /** The rooms of the list whose ids come after one, in their order, so that none is missed. */
  async after(who: Identity, room: string): Promise<RoomsPart> {
    mustBeSignedIn(who);
    this.limiter.signal(who);
    const places = await this.#places.listAfter(who.user.id, room, LISTED_AT_ONCE + 1);
    const part = places.slice(0, LISTED_AT_ONCE);
    const next = places.length > part.length ? part.at(-1)!.room.room : undefined;
    return { rooms: this.#allowed(who, part), ...(next !== undefined && { next }) };
  }

  /** A room as somebody's list shows it, whether or not it is on the list. */
  async find(who: Identity, room: string): Promise<ListedRoom> {
    const state = await this.access.permit(who, "read", room);
    const place = await this.#places.find(who.user.id, room);
    if (place) return this.#listed(place);
    // Nothing happened in it yet.
    const nothing = { timestamp: 0, read: 0, unread: 0, mentions: 0 };
    return { ...aboutOf(state, who), cursor: formatCursor(this.#epoch, 0), ...nothing };
  }

  /**
   * Moves a read position and tells all devices of that person. Forward only, unless `back`. Resolves
   * to what they are told.
   */
  async read(who: Identity, room: string, upTo: number, back: boolean): Promise<ReadEvent> {
    mustBeSignedIn(who);
    this.limiter.signal(who);
    await this.access.permit(who, "read", room);
    const { read, unread, mentions } = await this.#places.read(who.user.id, room, upTo, back);
    const event: ReadEvent = { type: "read", room, upTo: read, unread, mentions };
    this.personal.tell(who.user.id, event);
    return event;
  }

  /**
   * Puts a room on the list or takes it off, mutes it or not. Somebody who is a member stays one. Where they
   * were never in the room, all up to `read` counts as read. Resolves to the room as the list shows it, also
   * where it is off it.
   */
  async change(
    who: Identity,
    room: string,
    { listed, read, muted }: { listed?: boolean; read?: number; muted?: boolean },
  ): Promise<ListedRoom> {
    mustBeSignedIn(who);
    this.limiter.signal(who);
    await this.access.permit(who, "read", room);
    const { id } = who.user;
    if (listed !== undefined) await this.#places.setListed(id, room, listed, read);
    if (muted !== undefined) await this.#places.setMuted(id, room, muted);
    // Before anything is told: they may have been taken out of the room meanwhile.
    const stands = await this.find(who, room);
    if (listed === false) this.personal.tell(id, { type: "unlisted", room });
    else await this.tell(id, room);
    return stands;
  }

  /** Tells somebody how a room stands on their list, where it is on it. */
  async tell(userId: string, room: string): Promise<void> {
    const place = await this.#places.find(userId, room);
    if (place?.listed) this.personal.tell(userId, { type: "listed", ...this.#listed(place) });
  }

  /** Those that somebody may still be in. */
  #allowed({ grant }: Identity, places: readonly Place[]): ListedRoom[] {
    return places.filter(({ room, role }) => may(grant, "join", room.room, role))
      .map((place) => this.#listed(place));
  }

  #listed({ room: record, role, read, unread, mentions, muted }: Place): ListedRoom {
    const { room, kind, settings, head, timestamp, people } = record;
    return {
      room,
      kind,
      ...settings,
      ...(role && { role }),
      ...(people && { people: people.map(({ user }) => user) }),
      cursor: formatCursor(this.#epoch, head),
      timestamp,
      read,
      unread,
      mentions,
      ...(muted && { muted }),
    };
  }
}
