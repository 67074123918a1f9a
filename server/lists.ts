/** Somebody's own list of rooms: what is on it, how far they have read, and what they want to be told. */

import type { Access } from "./access.ts";
import { type Identity, isSignedIn } from "./identity.ts";
import type { Personal } from "./personal.ts";
import { formatCursor, type ListedRoom, Refusal } from "./protocol.ts";
import type { Place, Places } from "./places.ts";
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

  /** A room as somebody's list shows it, whether or not it is on the list. */
  async find(who: Identity, room: string): Promise<ListedRoom | undefined> {
    await this.access.permit(who, "read", room);
    return await this.#find(who.user.id, room);
  }

  /** Moves a read position and tells all devices of that person. */
  async read(who: Identity, room: string, upTo: number, back: boolean): Promise<void> {
    mustBeSignedIn(who);
    await this.access.permit(who, "read", room);
    const { read, unread, mentions } = await this.#places.read(who.user.id, room, upTo, back);
    this.personal.tell(who.user.id, { type: "read", room, upTo: read, unread, mentions });
  }

  /** Puts a room on the list, or takes it off; somebody who is a member stays one. */
  async setListed(who: Identity, room: string, listed: boolean): Promise<void> {
    mustBeSignedIn(who);
    await this.access.permit(who, "read", room);
    await this.#places.setListed(who.user.id, room, listed);
    if (listed) await this.tell(who.user.id, room);
    else this.personal.tell(who.user.id, { type: "unlisted", room });
  }

  async setMuted(who: Identity, room: string, muted: boolean): Promise<void> {
    mustBeSignedIn(who);
    await this.access.permit(who, "read", room);
    await this.#places.setMuted(who.user.id, room, muted);
    await this.tell(who.user.id, room);
  }

  /** Tells somebody how a room stands on their list, where it is on it. */
  async tell(userId: string, room: string): Promise<void> {
    const place = await this.#places.find(userId, room);
    if (place?.listed) this.personal.tell(userId, { type: "listed", ...this.#listed(place) });
  }

  async #find(userId: string, room: string): Promise<ListedRoom | undefined> {
    const place = await this.#places.find(userId, room);
    return place && this.#listed(place);
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
