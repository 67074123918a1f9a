/**
 * Who is here, wherever they are: counted connections of each signed-in person on this node. Told only
 * to connections that watch the person, and to each of them together and as seldom as `pace.ts` says.
 */

import type { Directory } from "./directory.ts";
import { Pace, type PaceOptions } from "./pace.ts";
import type { PersonStatus, Status, StatusEvent, User } from "./protocol.ts";

/** Milliseconds for which a connection that has ended still counts: a reload does not flicker. */
const GRACE = 5_000;
/** Milliseconds after which everybody who is here is noted again, so that a crash loses no more. */
const LEASE = 60_000;
/** Bytes that may wait in a connection for which statuses are not held back. */
const BACKLOG = 64 * 1024;
/** Milliseconds after which it is looked at again. */
const BACKLOG_AGAIN = 1_000;

/** A connection, as far as statuses go. */
export interface StatusPeer {
  readonly identity: { user: User };
  /** Bytes handed over that the network has not taken yet. */
  readonly buffered: number;
}

/** A connection that can be told of others. */
export interface Watcher extends StatusPeer {
  /** About how many characters of messages were said in its rooms since each of them was opened here. */
  readonly heard: number;
  send(events: readonly StatusEvent[]): void;
}

interface Person {
  user: User;
  /** Each connection, and whether it says that nobody sits there. */
  connections: Map<StatusPeer, boolean>;
  status: Status;
}

interface Watch {
  /** User id → what the watcher was told last; undefined before the first answer. */
  told: Map<string, Status | undefined>;
  /** Whose status has changed since. */
  changed: Set<string>;
  /** Nothing is being looked up to be told. */
  isAnswered: boolean;
  pace: Pace;
  timer?: ReturnType<typeof setTimeout>;
}

export interface StatusesOptions extends PaceOptions {
  grace?: number;
  lease?: number;
}

export class Statuses {
  readonly #people = new Map<string, Person>();
  readonly #watches = new Map<Watcher, Watch>();
  /** User id → who watches them. */
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #grace: number;
  readonly #pacing: PaceOptions;
  readonly #leaseTimer: ReturnType<typeof setInterval>;
  /** Connections that have ended and still count. */
  readonly #ending = new Map<StatusPeer, ReturnType<typeof setTimeout>>();
  #isClosed = false;

  constructor(
    private readonly directory: Directory,
    { grace = GRACE, lease = LEASE, ...pacing }: StatusesOptions = {},
  ) {
    this.#grace = grace;
    this.#pacing = pacing;
    this.#leaseTimer = setInterval(() => this.#noteAll(), lease);
  }

  /** One more connection of a signed-in person. */
  enter(peer: StatusPeer): void {
    const { user } = peer.identity;
    const person = this.#people.get(user.id) ??
      { user, connections: new Map<StatusPeer, boolean>(), status: "offline" };
    // The newest connection has the newest name.
    person.user = user;
    this.#people.set(user.id, person);
    person.connections.set(peer, false);
    this.directory.note(user);
    this.#update(person);
  }

  /** A connection has ended. Idempotent. */
  leave(peer: StatusPeer): void {
    this.#unwatch(peer as Watcher);
    const person = this.#people.get(peer.identity.user.id);
    if (!person?.connections.has(peer) || this.#ending.has(peer)) return;
    if (this.#isClosed) return;
    this.directory.note(person.user);
    this.#ending.set(peer, setTimeout(() => this.#forget(person, peer), this.#grace));
  }

  /** A connection goes on under another name. */
  rename(peer: StatusPeer): void {
    const { user } = peer.identity;
    const person = this.#people.get(user.id);
    if (!person || person.user.name === user.name) return;
    person.user = user;
    this.directory.note(user);
  }

  /** A connection says whether anybody sits at its screen. */
  setAway(peer: StatusPeer, away: boolean): void {
    const person = this.#people.get(peer.identity.user.id);
    if (!person?.connections.has(peer) || this.#ending.has(peer)) return;
    person.connections.set(peer, away);
    this.#update(person);
  }

  /** How somebody is, as far as this node knows. */
  of(userId: string): Status {
    return this.#people.get(userId)?.status ?? "offline";
  }

  /**
   * Tells a connection how these people are, and from then on what changes, in place of those whom it
   * watched before.
   */
  async watch(peer: Watcher, userIds: readonly string[]): Promise<void> {
    // Whoever scrolls through many people watches others all the time.
    const pace = this.#watches.get(peer)?.pace ?? new Pace(peer.heard, this.#pacing);
    this.#unwatch(peer);
    if (this.#isClosed) return;
    const watch: Watch = {
      told: new Map(userIds.map((id) => [id, undefined])),
      changed: new Set(userIds),
      isAnswered: false,
      pace,
    };
    this.#watches.set(peer, watch);
    for (const id of userIds) {
      const watchers = this.#watchers.get(id) ?? new Set();
      this.#watchers.set(id, watchers.add(peer));
    }
    await this.#answer(peer, watch, userIds);
  }

  /** Ends all timers. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#leaseTimer);
    for (const timer of this.#ending.values()) clearTimeout(timer);
    for (const { timer } of this.#watches.values()) clearTimeout(timer);
  }

  #forget(person: Person, peer: StatusPeer): void {
    this.#ending.delete(peer);
    person.connections.delete(peer);
    if (person.connections.size === 0) this.#people.delete(person.user.id);
    this.#update(person);
  }

  #update(person: Person): void {
    const before = person.status;
    const connections = [...person.connections.values()];
    person.status = connections.length === 0
      ? "offline"
      : connections.every((away) => away)
      ? "away"
      : "online";
    if (person.status === before) return;
    const { id } = person.user;
    for (const peer of this.#watchers.get(id) ?? []) {
      const watch = this.#watches.get(peer)!;
      watch.changed.add(id);
      if (watch.isAnswered) this.#schedule(peer, watch);
    }
  }

  #schedule(peer: Watcher, watch: Watch, least = 0): void {
    if (this.#isClosed || watch.timer !== undefined) return;
    const wait = Math.max(least, this.#waitOf(peer, watch));
    watch.timer = setTimeout(() => this.#tellChanges(peer, watch), wait);
  }

  #waitOf(peer: Watcher, { pace }: Watch): number {
    return pace.wait(peer.heard, this.#people.size);
  }

  async #tellChanges(peer: Watcher, watch: Watch): Promise<void> {
    delete watch.timer;
    // Who does not read gets it later, as it stands then.
    if (peer.buffered > BACKLOG) return this.#schedule(peer, watch, BACKLOG_AGAIN);
    // Asked again, as the wait depends on what is said meanwhile.
    if (this.#waitOf(peer, watch) > 0) return this.#schedule(peer, watch);
    const changed = [...watch.changed].filter((id) => watch.told.get(id) !== this.of(id));
    watch.changed.clear();
    if (changed.length > 0) await this.#answer(peer, watch, changed);
  }

  /** Tells how these people are; a change in between is told next time. */
  async #answer(peer: Watcher, watch: Watch, userIds: readonly string[]): Promise<void> {
    watch.isAnswered = false;
    const people = await this.#describe(userIds);
    // Gone, or watching others, meanwhile.
    if (this.#watches.get(peer) !== watch) return;
    watch.isAnswered = true;
    for (const { id, status } of people) {
      watch.told.set(id, status);
      if (this.of(id) === status) watch.changed.delete(id);
    }
    const event: StatusEvent = { type: "status", people };
    watch.pace.told(peer.heard, JSON.stringify(event).length);
    peer.send([event]);
    if (watch.changed.size > 0) this.#schedule(peer, watch);
  }

  /** How people are, and when those were last here who are not. */
  async #describe(userIds: readonly string[]): Promise<PersonStatus[]> {
    const absent = userIds.filter((id) => this.of(id) === "offline");
    // Who is here can be told also where the store cannot say when the others were.
    const found = absent.length === 0 ? [] : await this.directory.find(absent).catch(() => []);
    const seen = new Map(found.map((person) => [person.id, person.seen]));
    return userIds.map((id): PersonStatus => {
      const status = this.of(id);
      const last = seen.get(id);
      return status === "offline" && last !== undefined
        ? { id, status, seen: last }
        : { id, status };
    });
  }

  #unwatch(peer: Watcher): void {
    const watch = this.#watches.get(peer);
    if (!watch) return;
    clearTimeout(watch.timer);
    this.#watches.delete(peer);
    for (const id of watch.told.keys()) {
      const watchers = this.#watchers.get(id);
      if (watchers?.delete(peer) && watchers.size === 0) this.#watchers.delete(id);
    }
  }

  #noteAll(): void {
    for (const { user, connections } of this.#people.values()) {
      const isHere = [...connections.keys()].some((peer) => !this.#ending.has(peer));
      if (isHere) this.directory.note(user);
    }
  }
}
