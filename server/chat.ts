/**
 * The domain: what a command means and who may do it. Every transport enters here, and nothing is
 * shown to anybody before it is kept.
 */

import type { Access } from "./access.ts";
import type { RawFrame } from "./bus.ts";
import type { EventLog } from "./event_log.ts";
import type { Hub } from "./hub.ts";
import { type Identity, isSignedIn } from "./identity.ts";
import type { Limiter } from "./limits.ts";
import type { Lists } from "./lists.ts";
import type { Mentions } from "./mentions.ts";
import { withOwnReactions } from "./own_reactions.ts";
import type { Peer } from "./peer.ts";
import { may, mayEverywhere } from "./permissions.ts";
import type { Personal, PersonalPeer } from "./personal.ts";
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
import { aboutOf, type RoomState } from "./room_states.ts";
import type { Statuses } from "./statuses.ts";
import type {
  Appended,
  ChatDraft,
  Page,
  PagePlace,
  RoomQuery,
  RoomRecord,
  Store,
} from "./store.ts";
import { gone, notFound } from "./store_rules.ts";
import { lengthOf, lengthOfMessage } from "./topic.ts";

/** Messages in the page that a join without a cursor brings. */
const JOIN_PAGE = 50;
/** Events in one part of a replay; the client asks for the next one, so a slow one sets the pace. */
const REPLAY_PART = 500;
/** Characters of text in one part of a replay. */
const REPLAY_CHARACTERS = 256 * 1024;
/** Characters in the page that a join brings: long messages make it a shorter one. */
const JOIN_CHARACTERS = 512 * 1024;

/** Among how many recent rooms those are looked for that somebody may read who may not read all. */
const ROOMS_SEARCHED = 10_000;

/** Something to say, as it comes from any transport. `mentions`: ids of people whom it may name. */
export type Saying = Omit<ChatDraft, "type" | "user" | "mentions"> & { mentions?: string[] };

export interface ChatDependencies {
  store: Store;
  events: EventLog;
  access: Access;
  hub: Hub;
  presence: Presence;
  personal: Personal;
  statuses: Statuses;
  lists: Lists;
  mentions: Mentions;
  limiter: Limiter;
}

/** What was missed after a position, or a fresh page and why. */
export type CatchUp = Pick<
  JoinedEvent,
  "cursor" | "events" | "more" | "messages" | "older" | "notices" | "reset"
>;

export class Chat {
  readonly limits: Limits;
  readonly #store: Store;
  readonly #events: EventLog;
  readonly #access: Access;
  readonly #hub: Hub;
  readonly #presence: Presence;
  readonly #personal: Personal;
  readonly #statuses: Statuses;
  readonly #lists: Lists;
  readonly #mentions: Mentions;
  readonly #limiter: Limiter;

  constructor(dependencies: ChatDependencies) {
    this.#store = dependencies.store;
    this.#events = dependencies.events;
    this.#access = dependencies.access;
    this.#hub = dependencies.hub;
    this.#presence = dependencies.presence;
    this.#personal = dependencies.personal;
    this.#statuses = dependencies.statuses;
    this.#lists = dependencies.lists;
    this.#mentions = dependencies.mentions;
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
    { mentions: ids, ...saying }: Saying,
    raw?: (event: LogEvent) => RawFrame,
  ): Promise<Appended> {
    const { room, message, replyTo } = saying;
    const draft: ChatDraft = { type: "chat", user: who.user, ...saying };
    let state: RoomState;
    try {
      state = await this.#access.permit(who, "post", room);
      this.#limiter.message(who);
      if (replyTo !== undefined) await this.#mustStand(room, replyTo);
    } catch (refusal) {
      return await this.#events.orKept(draft, refusal);
    }
    const found = this.#mentions.in(message, who, state, ids);
    // Not awaited where it is known: messages of one connection stay in their order.
    const mentions = found instanceof Promise ? await found : found;
    const appended = await this.#events.commit(mentions ? { ...draft, mentions } : draft, raw);
    for (const id of appended.relisted ?? []) await this.#lists.tell(id, room);
    return appended;
  }

  /** Refuses an answer to what is no message, or no longer one. */
  async #mustStand(room: string, seq: number): Promise<void> {
    const [message] = await this.#store.messages(room, [seq]);
    if (!message) throw notFound();
    if (message.deleted) throw gone();
  }

  /** Passes a plain frame on to the plain sockets of a room; nothing is kept. */
  async passOn(who: Identity, room: string, raw: RawFrame): Promise<void> {
    await this.#access.permit(who, "post", room);
    this.#limiter.message(who);
    this.#events.publish(room, { kind: "raw", raw });
  }

  /** A connection begins to hear what concerns its person. */
  connect(peer: PersonalPeer & Peer): void {
    if (!isSignedIn(peer.identity)) return;
    this.#personal.enter(peer);
    this.#statuses.enter(peer);
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
    await this.#access.permit(who, "join", room);
    if (peer.hasEnded) return;
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
      const caughtUp = await this.catchUp(who, room, since);
      if (!peer.rooms.has(room)) return;
      // Read after the log, so that no event in between is missing from it.
      const state = await this.#access.permit(who, "join", room);
      if (!peer.rooms.has(room)) return;
      const about = aboutOf(state, who);
      send({ type: "joined", room, about, ...this.#presence.in(room), ...caughtUp });
      if (caughtUp.more) subscription.pause();
      else subscription.release(parseCursor(caughtUp.cursor)!.seq);
    } catch (error) {
      this.#forget(peer, who.user, room);
      throw error;
    }
  }

  /** Enters a room from now on, without history. */
  async attach(peer: Peer, who: Identity, room: string): Promise<void> {
    await this.#access.permit(who, "join", room);
    if (peer.hasEnded) return;
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
  async renew(peer: PersonalPeer & Peer, who: Identity): Promise<string[]> {
    const cut: string[] = [];
    for (const room of [...peer.rooms]) {
      if (await this.#access.may(who, "join", room)) continue;
      this.#forget(peer, who.user, room);
      cut.push(room);
    }
    for (const room of peer.rooms) this.#presence.rename(room, who.user);
    this.#statuses.rename(peer);
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

  /** Takes a connection out of a room that its person was removed from, unless its token lets it in. */
  cut(peer: PersonalPeer & Peer, room: string): void {
    const { user, grant } = peer.identity;
    if (!may(grant, "join", room)) this.#forget(peer, user, room);
  }

  /** Forgets a connection that has ended. Idempotent. */
  disconnect(peer: Peer | (Peer & PersonalPeer), user: User): void {
    for (const room of [...peer.rooms]) this.#forget(peer, user, room);
    this.#hub.forget(peer);
    if (!("personal" in peer)) return;
    this.#personal.leave(peer);
    this.#statuses.leave(peer);
  }

  async typing(who: Identity, room: string): Promise<void> {
    await this.#access.permit(who, "post", room);
    this.#limiter.typing(who);
    this.#events.publish(room, {
      kind: "signal",
      signal: { type: "typing", room, user: who.user },
    });
  }

  /** Who is in a room: the first so many, and how many there are. */
  async people(
    who: Identity,
    room: string,
    most: number,
  ): Promise<{ online: number; people: User[] }> {
    await this.#access.permit(who, "read", room);
    return { online: this.online(room), people: this.#presence.list(room, most) };
  }

  /** How many people are in a room. */
  online(room: string): number {
    return this.#presence.in(room).online;
  }

  /** What came after a cursor, or the last page where there is no cursor or it cannot be followed. */
  async catchUp(
    { user }: Pick<Identity, "user">,
    room: string,
    since: Cursor | undefined,
  ): Promise<CatchUp> {
    const position = since === undefined ? undefined : parseCursor(since);
    if (!position) return await this.#freshPage(user, room);
    if (position.epoch !== this.epoch) {
      return { ...await this.#freshPage(user, room), reset: "epoch" };
    }
    const { events, head } = await this.#store.since(room, position.seq, REPLAY_PART);
    // A position that the log has not reached was never given out by this history.
    if (position.seq > head) return { ...await this.#freshPage(user, room), reset: "epoch" };
    if (head - position.seq > this.limits.replayEvents) {
      return { ...await this.#freshPage(user, room), reset: "cap" };
    }
    const part = events.slice(0, countWithin(events, REPLAY_CHARACTERS, lengthOf));
    const reached = part.at(-1)?.seq ?? position.seq;
    const cursor = formatCursor(this.epoch, reached);
    return reached < head ? { cursor, events: part, more: true } : { cursor, events: part };
  }

  /** A page of a room's messages. */
  async history(who: Identity, room: string, place: PagePlace, limit: number): Promise<Page> {
    await this.#access.permit(who, "read", room);
    const page = await this.#store.page(room, place, Math.min(limit, this.limits.pageMessages));
    const messages = await withOwnReactions(this.#store, who.user.id, room, page.messages);
    return { ...page, messages: [...messages] };
  }

  /** Public rooms in which something happened and that one may read, the most recent first. */
  async rooms(who: Identity, query: RoomQuery): Promise<RoomRecord[]> {
    this.#limiter.search(who);
    const { grant } = who;
    if (mayEverywhere(grant, "read")) return await this.#store.rooms(query);
    const found = await this.#store.rooms({ ...query, limit: ROOMS_SEARCHED });
    return found.filter(({ room }) => may(grant, "read", room)).slice(0, query.limit);
  }

  async #freshPage({ id }: User, room: string): Promise<CatchUp> {
    const page = await this.#store.page(room, { at: "end" }, JOIN_PAGE);
    const count = countWithin(page.messages.toReversed(), JOIN_CHARACTERS, lengthOfMessage);
    const last = page.messages.slice(page.messages.length - count);
    const isCut = count < page.messages.length;
    const notices = isCut ? page.notices.filter(({ seq }) => seq > last[0]!.seq) : page.notices;
    return {
      cursor: formatCursor(this.epoch, page.head),
      messages: [...await withOwnReactions(this.#store, id, room, last)],
      older: page.older || isCut,
      ...(notices.length > 0 && { notices }),
    };
  }
}

/** How many of the first items have at most so many characters together; at least one. */
function countWithin<Item>(
  items: readonly Item[],
  characters: number,
  lengthOf: (item: Item) => number,
): number {
  let sum = 0;
  for (let count = 0; count < items.length; count++) {
    sum += lengthOf(items[count]!);
    if (sum > characters && count > 0) return count;
  }
  return items.length;
}
