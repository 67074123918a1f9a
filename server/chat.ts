/**
 * The domain: what a command means and who may do it. Every transport enters here, and nothing is
 * shown to anybody before it is kept.
 */

import { setImmediate } from "node:timers/promises";
import type { Bus, RawFrame } from "./bus.ts";
import type { Hub } from "./hub.ts";
import type { Identity } from "./identity.ts";
import type { Limiter } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Peer } from "./peer.ts";
import { may, mayEverywhere, permit } from "./permissions.ts";
import type { Presence } from "./presence.ts";
import {
  type Cursor,
  formatCursor,
  type JoinedEvent,
  type Limits,
  type LogEvent,
  parseCursor,
  Refusal,
  type User,
} from "./protocol.ts";
import type { Appended, Draft, Page, PagePlace, RoomHead, Store } from "./store.ts";

/** Messages in the page that a join without a cursor brings. */
const JOIN_PAGE = 50;
/** Events in one part of a replay; the client asks for the next one, so a slow one sets the pace. */
const REPLAY_PART = 500;
/** Characters of text in one part of a replay. */
const REPLAY_CHARACTERS = 256 * 1024;

/** Among how many recent rooms those are looked for that somebody may read who may not read all. */
const ROOMS_SEARCHED = 10_000;

/** Something to say, as it comes from any transport. */
export type Saying = Omit<Draft, "type" | "user">;

export interface ChatDependencies {
  store: Store;
  bus: Bus;
  hub: Hub;
  presence: Presence;
  log: Log;
  limiter: Limiter;
}

/** What was missed after a position, or a fresh page and why. */
export type CatchUp = Pick<
  JoinedEvent,
  "cursor" | "events" | "more" | "messages" | "older" | "reset"
>;

export class Chat {
  readonly limits: Limits;
  readonly #store: Store;
  readonly #bus: Bus;
  readonly #hub: Hub;
  readonly #presence: Presence;
  readonly #log: Log;
  readonly #limiter: Limiter;
  #unsettled = 0;
  #closing = false;
  #onSettled: (() => void) | undefined;

  constructor(dependencies: ChatDependencies) {
    this.#store = dependencies.store;
    this.#bus = dependencies.bus;
    this.#hub = dependencies.hub;
    this.#presence = dependencies.presence;
    this.#log = dependencies.log;
    this.#limiter = dependencies.limiter;
    this.limits = dependencies.limiter.sizes;
  }

  /** Names the history that cursors belong to. */
  get epoch(): string {
    return this.#store.epoch;
  }

  /**
   * Says something. Resolves when it is kept and on its way to everybody; a retry resolves to what is
   * there and is not sent again. `raw` makes the frame for plain sockets where it came from one.
   */
  async post(
    who: Identity,
    saying: Saying,
    raw?: (event: LogEvent) => RawFrame,
  ): Promise<Appended> {
    permit(who.grant, "post", saying.room);
    this.#limiter.message(who);
    const appended = await this.#append({ type: "chat", user: who.user, ...saying });
    if (!appended.repeated) {
      const { event } = appended;
      this.#publish(
        saying.room,
        raw ? { kind: "event", event, raw: raw(event) } : { kind: "event", event },
      );
    }
    return appended;
  }

  /** Passes a plain frame on to the plain sockets of a room; nothing is kept. */
  passOn(who: Identity, room: string, raw: RawFrame): void {
    permit(who.grant, "post", room);
    this.#limiter.message(who);
    this.#publish(room, { kind: "raw", raw });
  }

  /** Counts what is refused over a connection. Throws a refusal where the connection is to end. */
  refused(who: Identity): void {
    this.#limiter.refusal(who);
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
    permit(who.grant, "join", room);
    this.#limiter.join(who);
    const isNew = !peer.rooms.has(room);
    if (isNew && peer.rooms.size >= this.limits.roomsPerConnection) {
      throw new Refusal(
        "too_many_rooms",
        `One connection may be in ${this.limits.roomsPerConnection} rooms. Leave one first.`,
      );
    }
    if (isNew) this.#enter(who.user, room);
    try {
      const subscription = await this.#hub.hold(room, peer);
      const caughtUp = await this.catchUp(room, since);
      if (!peer.rooms.has(room)) return;
      send({ type: "joined", room, ...this.#presence.in(room), ...caughtUp });
      if (caughtUp.more) subscription.pause();
      else subscription.release(parseCursor(caughtUp.cursor)!.seq);
    } catch (error) {
      this.#forget(peer, who.user, room);
      throw error;
    }
  }

  /** Enters a room from now on, without history. */
  async attach(peer: Peer, who: Identity, room: string): Promise<void> {
    permit(who.grant, "join", room);
    this.#enter(who.user, room);
    await this.#hub.attach(room, peer);
  }

  /** Leaves a room. What was said before still reaches the peer: its own messages may be among it. */
  async leave(peer: Peer, user: User, room: string): Promise<void> {
    await this.#hub.flushed(room);
    this.#hub.handOver(room, peer);
    this.#forget(peer, user, room);
  }

  /**
   * Goes on with a newer identity of the same user. Rooms that it may not be in are cut at once;
   * returns them.
   */
  renew(peer: Peer, who: Identity): string[] {
    const cut = [...peer.rooms].filter((room) => !may(who.grant, "join", room));
    for (const room of cut) this.#forget(peer, who.user, room);
    for (const room of peer.rooms) this.#presence.rename(room, who.user);
    return cut;
  }

  #enter(user: User, room: string): void {
    this.#limiter.enterRoom(user.id);
    this.#presence.enter(room, user);
  }

  #forget(peer: Peer, user: User, room: string): void {
    if (!peer.rooms.has(room)) return;
    this.#limiter.leaveRoom(user.id);
    this.#hub.leave(room, peer);
    this.#presence.leave(room, user.id);
  }

  /** Forgets a connection that has ended. Idempotent. */
  disconnect(peer: Peer, user: User): void {
    for (const room of [...peer.rooms]) this.#forget(peer, user, room);
    this.#hub.forget(peer);
  }

  typing(who: Identity, room: string): void {
    permit(who.grant, "post", room);
    this.#limiter.typing(who);
    this.#publish(room, { kind: "signal", signal: { type: "typing", room, user: who.user } });
  }

  /** Who is in a room: the first so many, and how many there are. */
  people(who: Identity, room: string, most: number): { online: number; people: User[] } {
    permit(who.grant, "read", room);
    return { online: this.online(room), people: this.#presence.list(room, most) };
  }

  /** How many people are in a room. */
  online(room: string): number {
    return this.#presence.in(room).online;
  }

  /** What came after a cursor, or the last page where there is no cursor or it cannot be followed. */
  async catchUp(room: string, since: Cursor | undefined): Promise<CatchUp> {
    const position = since === undefined ? undefined : parseCursor(since);
    if (!position) return await this.#freshPage(room);
    if (position.epoch !== this.epoch) return { ...await this.#freshPage(room), reset: "epoch" };
    const { events, head } = await this.#store.since(room, position.seq, REPLAY_PART);
    // A position that the log has not reached was never given out by this history.
    if (position.seq > head) return { ...await this.#freshPage(room), reset: "epoch" };
    if (head - position.seq > this.limits.replayEvents) {
      return { ...await this.#freshPage(room), reset: "cap" };
    }
    const part = events.slice(0, countWithin(events, REPLAY_CHARACTERS));
    const reached = part.at(-1)?.seq ?? position.seq;
    const cursor = formatCursor(this.epoch, reached);
    return reached < head ? { cursor, events: part, more: true } : { cursor, events: part };
  }

  /** A page of a room's messages. */
  async history(who: Identity, room: string, place: PagePlace, limit: number): Promise<Page> {
    permit(who.grant, "read", room);
    return await this.#store.page(room, place, Math.min(limit, this.limits.pageMessages));
  }

  /** Public rooms in which something was said and that one may read, the most recent first. */
  async rooms({ grant }: Identity, limit: number): Promise<RoomHead[]> {
    if (mayEverywhere(grant, "read")) return await this.#store.rooms(limit);
    const heads = await this.#store.rooms(ROOMS_SEARCHED);
    return heads.filter(({ room }) => may(grant, "read", room)).slice(0, limit);
  }

  /**
   * Takes nothing more to say, and resolves when all that was said is kept and handed to everybody who
   * is connected: who goes on posting does not hold up an orderly stop.
   */
  async settled(): Promise<void> {
    this.#closing = true;
    if (this.#unsettled > 0) await new Promise<void>((resolve) => this.#onSettled = resolve);
    // What was kept last is published, and its author told, within this turn of the event loop.
    await setImmediate();
    await this.#hub.drain();
  }

  /** Counts what is on its way: for an orderly stop, and so that the hub knows what to wait for. */
  async #append(draft: Draft): Promise<Appended> {
    if (this.#closing) {
      throw new Refusal("unavailable", "The server is restarting. Please send it again.", 1_000);
    }
    const settle = this.#hub.expect(draft.room);
    this.#unsettled++;
    try {
      return await this.#store.append(draft);
    } finally {
      settle();
      if (--this.#unsettled === 0) this.#onSettled?.();
    }
  }

  async #freshPage(room: string): Promise<CatchUp> {
    const { messages, head, older } = await this.#store.page(room, { at: "end" }, JOIN_PAGE);
    return { cursor: formatCursor(this.epoch, head), messages, older };
  }

  /** The log already holds what matters, so a bus that fails delays and never loses. */
  #publish(room: string, publication: Parameters<Bus["publish"]>[1]): void {
    this.#bus.publish(room, publication).catch((error) =>
      this.#log.warn("not published", { room, error: String(error) })
    );
  }
}

/** How many of the first events have at most so many characters of text together; at least one. */
function countWithin(events: readonly LogEvent[], characters: number): number {
  let sum = 0;
  for (let count = 0; count < events.length; count++) {
    sum += events[count]!.message.length;
    if (sum > characters && count > 0) return count;
  }
  return events.length;
}
