/** Somebody's own list of rooms: what is on it, how far they have read, and what they want to be told. */

import type { Access } from "./access.ts";
import { type Identity, isSignedIn } from "./identity.ts";
import type { Limiter } from "./limits.ts";
import type { Personal } from "./personal.ts";
import { formatCursor, type ListedRoom, type ReadEvent, Refusal } from "./protocol.ts";
import type { Place, Places } from "./places.ts";
import { aboutOf } from "./room_states.ts";
import type { Store } from "./store.ts";

/** Rooms on a list. */
const LISTED_MOST = 1_000;

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
  async of(who: Identity): Promise<ListedRoom[]> {
    if (!isSignedIn(who)) return [];
    const places = await this.#places.list(who.user.id, LISTED_MOST);
    const listed: ListedRoom[] = [];
    for (const place of places) {
      if (await this.access.may(who, "join", place.room.room)) listed.push(this.#listed(place));
    }
    return listed;
  }

  /** The same for somebody who asks for it, and so has to be signed in. */
  async own(who: Identity): Promise<ListedRoom[]> {
    mustBeSignedIn(who);
    return await this.of(who);
  }

  /** A room as somebody's list shows it, whether or not it is on the list. */
  async find(who: Identity, room: string): Promise<ListedRoom> {
    const state = await this.access.permit(who, "read", room);
    const place = await this.#places.find(who.user.id, room);
    if (place) return this.#listed(place);
    // Nothing happened in it yet.
    const nothing = { timestamp: 0, read: 0, unread: 0, mentions: 0 };
    return { ...aboutOf(state, who.user.id), cursor: formatCursor(this.#epoch, 0), ...nothing };
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
   * Puts a room on the list or takes it off, mutes it or not. Somebody who is a member stays one. Resolves
   * to the room as the list shows it, also where it is off it.
   */
  async change(
    who: Identity,
    room: string,
    { listed, muted }: { listed?: boolean; muted?: boolean },
  ): Promise<ListedRoom> {
    mustBeSignedIn(who);
    this.limiter.signal(who);
    await this.access.permit(who, "read", room);
    const { id } = who.user;
    if (listed !== undefined) await this.#places.setListed(id, room, listed);
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

/** Refuses whom the server would not know again. */
export function mustBeSignedIn(who: Identity): void {
  if (!isSignedIn(who)) {
    throw new Refusal("unauthorized", "Sign in first: this is for people with a name.");
  }
}
