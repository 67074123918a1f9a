/** Which connections are in which rooms: entering, leaving, and being taken out. */

import type { Access } from "./access.ts";
import type { History } from "./history.ts";
import type { Hub } from "./hub.ts";
import { type Identity, isSignedIn } from "./identity.ts";
import type { Limiter } from "./limits.ts";
import type { Peer } from "./peer.ts";
import { may } from "./permissions.ts";
import type { Personal, PersonalPeer } from "./personal.ts";
import type { Presence } from "./presence.ts";
import { type Cursor, type JoinedEvent, parseCursor, Refusal, type User } from "./protocol.ts";
import { aboutOf } from "./room_states.ts";
import type { Statuses } from "./statuses.ts";

export class Attendance {
  constructor(
    private readonly access: Access,
    private readonly history: History,
    private readonly hub: Hub,
    private readonly presence: Presence,
    private readonly personal: Personal,
    private readonly statuses: Statuses,
    private readonly limiter: Limiter,
  ) {}

  /** A connection begins to hear what concerns its person. */
  connect(peer: PersonalPeer & Peer): void {
    if (!isSignedIn(peer.identity)) return;
    this.personal.enter(peer);
    this.statuses.enter(peer);
  }

  /**
   * Enters a room. What was missed, or the last page, is handed to `send`; then the peer is live,
   * unless there is more to catch up, which it has to ask for by joining again. Where history cannot
   * be read the peer is out of the room, also if it was in it: nothing may be held for it without end.
   */
  async join(
    peer: Peer,
    who: Identity,
    room: string,
    since: Cursor | undefined,
    send: (joined: JoinedEvent) => void,
  ): Promise<void> {
    await this.access.permit(who, "join", room);
    if (peer.hasEnded) return;
    this.limiter.join(who);
    const isNew = !peer.rooms.has(room);
    const { roomsPerConnection } = this.limiter.sizes;
    if (isNew && peer.rooms.size >= roomsPerConnection) {
      throw new Refusal(
        "too_many_rooms",
        `One connection may be in ${roomsPerConnection} rooms. Leave one first.`,
      );
    }
    if (isNew) this.#enter(who.user, room);
    try {
      const subscription = await this.hub.hold(room, peer);
      const caughtUp = await this.history.catchUp(who, room, since);
      if (!peer.rooms.has(room)) return;
      // Read after the log, so that no event in between is missing from it.
      const state = await this.access.permit(who, "join", room);
      if (!peer.rooms.has(room)) return;
      const about = aboutOf(state, who);
      send({ type: "joined", room, about, ...this.presence.in(room), ...caughtUp });
      if (caughtUp.more) subscription.pause();
      else subscription.release(parseCursor(caughtUp.cursor)!.seq);
    } catch (error) {
      this.#forget(peer, who.user, room);
      throw error;
    }
  }

  /** Enters a room from now on, without history. */
  async attach(peer: Peer, who: Identity, room: string): Promise<void> {
    await this.access.permit(who, "join", room);
    if (peer.hasEnded) return;
    this.#enter(who.user, room);
    await this.hub.attach(room, peer);
  }

  /** Leaves a room. What was said before still reaches the peer: its own messages may be among it. */
  async leave(peer: Peer, user: User, room: string): Promise<void> {
    await this.hub.flushed(room);
    this.hub.handOver(room, peer);
    this.#forget(peer, user, room);
  }

  /**
   * Goes on with a newer identity of the same user. Rooms that it may not be in are cut at once;
   * returns them.
   */
  async renew(peer: PersonalPeer & Peer, who: Identity): Promise<string[]> {
    const cut: string[] = [];
    for (const room of [...peer.rooms]) {
      if (await this.access.may(who, "join", room)) continue;
      this.#forget(peer, who.user, room);
      cut.push(room);
    }
    for (const room of peer.rooms) this.presence.rename(room, who.user);
    this.statuses.rename(peer);
    return cut;
  }

  #enter(user: User, room: string): void {
    this.limiter.enterRoom(user.id);
    this.presence.enter(room, user);
  }

  #forget(peer: Peer, user: User, room: string): void {
    if (!peer.rooms.has(room)) return;
    this.limiter.leaveRoom(user.id);
    this.hub.leave(room, peer);
    this.presence.leave(room, user.id);
  }

  /** Takes a connection out of a room that its person was removed from, unless its token lets it in. */
  cut(peer: PersonalPeer & Peer, room: string): void {
    const { user, grant } = peer.identity;
    if (!may(grant, "join", room)) this.#forget(peer, user, room);
  }

  /** Forgets a connection that has ended. Idempotent. */
  disconnect(peer: Peer | (Peer & PersonalPeer), user: User): void {
    for (const room of [...peer.rooms]) this.#forget(peer, user, room);
    this.hub.forget(peer);
    if (!("personal" in peer)) return;
    this.personal.leave(peer);
    this.statuses.leave(peer);
  }

  /** Who is in a room: the first so many, and how many there are. */
  async people(
    who: Identity,
    room: string,
    most: number,
  ): Promise<{ online: number; people: User[] }> {
    await this.access.permit(who, "read", room);
    return { online: this.online(room), people: this.presence.list(room, most) };
  }

  /** How many people are in a room. */
  online(room: string): number {
    return this.presence.in(room).online;
  }
}
