/**
 * Topic → connections on this node. The bus hears only of a topic's first subscriber and of its last
 * one leaving; what it brings is encoded once and delivered in batches (`topic.ts`).
 */

import { setImmediate } from "node:timers/promises";
import type { Bus } from "./bus.ts";
import type { Log } from "./log.ts";
import type { Peer } from "./peer.ts";
import { CLOSE, formatCursor, type Signal } from "./protocol.ts";
import type { Store } from "./store.ts";
import { type Bounds, Topic } from "./topic.ts";

/** Heartbeats in one go: less than a millisecond of work. */
const BEAT_SLICE = 50;

export interface HubOptions {
  /** Milliseconds between two heartbeats of a room. */
  heartbeat?: number;
  /** Milliseconds that a connection past its bound has to catch up before it is cut. */
  patience?: number;
  bounds?: Bounds;
}

/** A topic on its way to be, or open. */
interface Entry {
  topic: Topic;
  opened: Promise<void>;
  unsubscribe?: () => Promise<void>;
}

/** A peer's place in a room, from `join` on. */
export interface Subscription {
  /** Delivers what is newer than `seq`, from now on live. */
  release(seq: number): void;
  /** Stops: the peer has to join again to hear more. */
  pause(): void;
}

export class Hub {
  readonly heartbeat: number;
  readonly #patience: number;
  readonly #bounds: Bounds;
  readonly #entries = new Map<string, Entry>();
  /** Peers past their bound, and since when. */
  readonly #slow = new Map<Peer, number>();
  readonly #heartbeatTimer: ReturnType<typeof setInterval>;
  #slowTimer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly store: Store,
    private readonly bus: Bus,
    private readonly log: Log,
    options: HubOptions = {},
  ) {
    this.heartbeat = options.heartbeat ?? 25_000;
    this.#patience = options.patience ?? 30_000;
    this.#bounds = options.bounds ?? { signals: 64 * 1024, events: 1024 * 1024 };
    this.#heartbeatTimer = setInterval(() => this.#beat(), this.heartbeat);
  }

  /** Enters a peer into a room and holds what comes, so that a snapshot can be read. */
  async hold(room: string, peer: Peer): Promise<Subscription> {
    peer.rooms.add(room);
    const entry = this.#entry(room);
    entry.topic.hold(peer);
    await entry.opened;
    return {
      release: (seq) => entry.topic.release(peer, seq),
      pause: () => entry.topic.remove(peer),
    };
  }

  /** Enters a peer that wants only what comes from now on. */
  async attach(room: string, peer: Peer): Promise<void> {
    peer.rooms.add(room);
    const entry = this.#entry(room);
    entry.topic.attach(peer);
    await entry.opened;
  }

  /** Settles when what is being handed to the peers of a room at this moment is with all of them. */
  async flushed(room: string): Promise<void> {
    await this.#entries.get(room)?.topic.flushed;
  }

  /** Sends everything that waits to be sent, in all rooms, without gathering more. */
  async drain(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ topic }) => topic.drain()));
  }

  /** Hands a peer what waits to be sent in a room, as it is about to leave. */
  handOver(room: string, peer: Peer): void {
    this.#entries.get(room)?.topic.handOver(peer);
  }

  /** Takes a peer out of a room. Idempotent. */
  leave(room: string, peer: Peer): void {
    if (!peer.rooms.delete(room)) return;
    this.#entries.get(room)?.topic.remove(peer);
    this.#closeIfUnused(room);
  }

  /** Takes a peer out of everything. Idempotent. */
  forget(peer: Peer): void {
    this.#slow.delete(peer);
    for (const room of [...peer.rooms]) this.leave(room, peer);
  }

  /** A message of a room is on its way into the log. Returns what to call when it no longer is. */
  expect(room: string): () => void {
    return this.#entries.get(room)?.topic.expect() ?? (() => {});
  }

  /** Sends a signal to the peers of a room on this node. */
  signal(signal: Signal): void {
    this.#entries.get(signal.room)?.topic.signal(signal);
  }

  /** About how many characters of messages each peer of a room was handed since it was opened. */
  said(room: string): number {
    return this.#entries.get(room)?.topic.said ?? 0;
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeatTimer);
    clearInterval(this.#slowTimer);
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    for (const entry of entries) {
      entry.topic.close();
      await entry.opened.catch(() => {});
      await entry.unsubscribe?.();
    }
  }

  #entry(room: string): Entry {
    const known = this.#entries.get(room);
    if (known) return known;
    const topic = new Topic(
      room,
      this.store,
      this.#bounds,
      (peer) => this.#fellBehind(peer),
      this.log,
    );
    const entry: Entry = { topic, opened: Promise.resolve() };
    entry.opened = this.#open(entry).catch(async (error) => {
      // The next one who comes opens the room anew. One may have been opened already.
      if (this.#entries.get(room) === entry) this.#entries.delete(room);
      topic.close();
      await entry.unsubscribe?.();
      throw error;
    });
    this.#entries.set(room, entry);
    return entry;
  }

  async #open(entry: Entry): Promise<void> {
    const { topic } = entry;
    // Subscribed before the head is read: what comes in between is held by the topic itself.
    entry.unsubscribe = await this.bus.subscribe(
      topic.room,
      (publication) => topic.accept(publication),
    );
    topic.open(await this.store.head(topic.room));
  }

  #closeIfUnused(room: string): void {
    const entry = this.#entries.get(room);
    if (!entry?.topic.empty) return;
    this.#entries.delete(room);
    entry.topic.close();
    // One that could not be opened is off the bus already.
    entry.opened.then(() => entry.unsubscribe?.(), () => {}).catch((error) =>
      this.log.warn("could not leave the bus", { room, error: String(error) })
    );
  }

  #fellBehind(peer: Peer): void {
    if (!this.#slow.has(peer)) this.#slow.set(peer, performance.now());
    this.#slowTimer ??= setInterval(() => this.#cutSlow(), Math.min(1_000, this.#patience));
  }

  #cutSlow(): void {
    const now = performance.now();
    for (const [peer, since] of [...this.#slow]) {
      if (peer.buffered <= this.#bounds.events) {
        this.#slow.delete(peer);
      } else if (now - since > this.#patience) {
        this.log.warn("cut a connection that does not read", {
          connection: peer.id,
          buffered: peer.buffered,
        });
        this.#slow.delete(peer);
        // Its end takes it out of its rooms, as any end of a connection does.
        peer.close(CLOSE.slow);
      }
    }
    if (this.#slow.size === 0) {
      clearInterval(this.#slowTimer);
      this.#slowTimer = undefined;
    }
  }

  /**
   * Tells each room where its log stands, and looks for what the bus may have lost. A few rooms at a
   * time: ten thousand in one go would hold up everybody for a fifth of a second.
   */
  async #beat(): Promise<void> {
    let count = 0;
    for (const [room, { topic }] of [...this.#entries]) {
      if (++count % BEAT_SLICE === 0) await setImmediate();
      if (this.#entries.get(room)?.topic !== topic) continue;
      try {
        await topic.repair(await this.store.head(room));
      } catch (error) {
        this.log.warn("no heartbeat", { room, error: String(error) });
        continue;
      }
      // Only as far as everybody was brought: a position ahead of that would make them all ask for it.
      const cursor = formatCursor(this.store.epoch, topic.delivered);
      topic.signal({ type: "head", room, cursor });
    }
  }
}
