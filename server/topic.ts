/** One topic on this node: who listens, in what order things reach them, and when. */

import { Batch, type Delivery } from "./batch.ts";
import type { Publication } from "./bus.ts";
import { sizeOf } from "./event_sizes.ts";
import { Gathering } from "./gathering.ts";
import type { Log } from "./log.ts";
import type { Peer } from "./peer.ts";
import { CLOSE, formatCursor, type LogEvent, type Signal } from "./protocol.ts";
import { SignalGathering } from "./signal_gathering.ts";
import type { Store } from "./store.ts";
import { Subscribers } from "./subscribers.ts";

/** How much may wait in one connection before something is dropped, in bytes. */
export interface Bounds {
  /** Past this, signals are skipped. */
  signals: number;
  /** Past this, events stop and `behind` is sent. */
  events: number;
}

/** A joining peer. */
interface Held {
  /** What came since it began to join. */
  readonly events: LogEvent[];
  /** The position of the snapshot that it was sent; undefined while that is being read. */
  snapshot?: number;
}

/** Most milliseconds for which a stream is gathered. */
const GATHER_MOST = 25;
/**
 * A frame takes no further event once it has this many characters of text. Smaller frames are more sends:
 * for 1,000 receivers and 64 messages of 1 kB outstanding, at most 72 K cost 0.54 µs a delivery, this 0.47
 * and 320 K no less. What waits for a receiver that is slow is kept by the frame.
 */
const FRAME_CHARACTERS = 160 * 1024;
/** Events fetched at a time to fill a gap. */
const REPAIR_EVENTS = 500;

export class Topic {
  readonly #live = new Subscribers((peer, error) => this.#failed(peer, error));
  /** Joining peers. */
  readonly #holding = new Map<Peer, Held>();
  /** The last position taken for delivery; what was said before the topic was opened counts. */
  #reached = 0;
  /** The last position whose fan-out has begun: who becomes live now gets what comes after it. */
  #fannedOut = 0;
  /** The last position that everybody has been handed who is to get it. */
  #delivered = 0;
  /** The last position heard of. */
  #heard = 0;
  /** What came before `#reached` was known. */
  #early: Publication[] | undefined = [];
  #pending: Delivery[] = [];
  /** Says when to flush: one system call a receiver is what delivery costs. */
  readonly #gathering = new Gathering(() => this.#flushed = this.#flush(), {
    most: GATHER_MOST,
    isOver: () => this.#live.isWritten,
  });
  #flushed: Promise<void> = Promise.resolve();
  #said = 0;
  #repairing = false;
  readonly #signals = new SignalGathering((signals, frame) => {
    this.#live.fanOut({
      bytes: frame.length,
      mostBuffered: this.bounds.signals,
      send: (peer) => peer.signal(signals, frame),
    });
  });
  #closed = false;

  constructor(
    readonly room: string,
    private readonly store: Store,
    private readonly bounds: Bounds,
    private readonly onBehind: (peer: Peer) => void,
    private readonly log: Log,
  ) {}

  /** The last position that every live peer has been handed. */
  get delivered(): number {
    return this.#delivered;
  }

  /** About how many characters of messages everybody here was handed so far. */
  get said(): number {
    return this.#said;
  }

  get empty(): boolean {
    return this.#live.size === 0 && this.#holding.size === 0;
  }

  /** Starts delivery after `head`, the room's last position read after the subscription stood. */
  open(head: number): void {
    this.#reached = this.#heard = head;
    this.#fannedOut = this.#delivered = head;
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const publication of early) this.accept(publication);
  }

  /** Takes what the bus brings. */
  accept(publication: Publication): void {
    if (this.#early) {
      this.#early.push(publication);
    } else if (publication.kind === "signal") {
      this.signal(publication.signal);
    } else if (publication.kind === "personal") {
      return;
    } else if (publication.kind === "raw" || this.#isNext(publication.event.seq)) {
      if (publication.kind === "event") this.#signals.noted(publication.event);
      this.#pending.push(publication);
      this.#gathering.came();
    }
  }

  /** A message is on its way into the log. Returns what to call when it is there, or refused. */
  expect(): () => void {
    this.#gathering.expect();
    return () => this.#gathering.arrived();
  }

  /** Contiguous delivery: a position seen before is dropped, a gap is filled from the store. */
  #isNext(seq: number): boolean {
    this.#heard = Math.max(this.#heard, seq);
    if (seq <= this.#reached) return false;
    if (seq === this.#reached + 1) {
      this.#reached = seq;
      return true;
    }
    this.repair(seq);
    return false;
  }

  /** Fetches what is missing up to `head`, as the bus has lost it. */
  async repair(head: number): Promise<void> {
    this.#heard = Math.max(this.#heard, head);
    if (this.#repairing || this.#heard <= this.#reached) return;
    this.#repairing = true;
    try {
      while (this.#heard > this.#reached && !this.#closed) {
        const { events } = await this.store.since(this.room, this.#reached, REPAIR_EVENTS);
        if (events.length === 0) break;
        for (const event of events) this.accept({ kind: "event", event });
      }
    } catch (error) {
      // The next event or heartbeat tries again.
      this.log.warn("gap not filled yet", { room: this.room, error: String(error) });
    } finally {
      this.#repairing = false;
    }
  }

  /** Adds a peer whose snapshot is being read: events are held until `release`. */
  hold(peer: Peer): void {
    this.remove(peer);
    this.#holding.set(peer, { events: [] });
  }

  /**
   * Makes a held peer live after position `seq`: what was held and is newer comes first. Where the
   * snapshot was ahead of the fan-out, that happens when the fan-out has come as far.
   */
  release(peer: Peer, seq: number): void {
    const held = this.#holding.get(peer);
    if (!held) return;
    held.snapshot = seq;
    this.#admit(peer, held);
  }

  #admit(peer: Peer, { events, snapshot }: Held): void {
    if (snapshot === undefined || snapshot > this.#fannedOut) return;
    this.#holding.delete(peer);
    const newer = events.filter((event) => event.seq > snapshot);
    this.attach(peer);
    for (const batch of this.#cut(newer.map((event) => ({ kind: "event", event })))) {
      this.#live.attempt(peer, (peer) => peer.deliver(batch));
    }
  }

  /** Adds a peer that wants only what comes from now on. */
  attach(peer: Peer): void {
    this.#live.add(peer);
  }

  /** Settles with the last flush that was begun. */
  get flushed(): Promise<void> {
    return this.#flushed;
  }

  /** Sends what is pending, without gathering more, and settles when it is with everybody. */
  async drain(): Promise<void> {
    await this.#flushed;
    while (this.#gathering.cut()) await this.#flushed;
  }

  /** Hands a leaving peer what is pending, ahead of the others. Only between two flushes. */
  handOver(peer: Peer): void {
    if (!this.#live.has(peer) || peer.buffered > this.bounds.events) return;
    for (const batch of this.#cut(this.#pending)) peer.deliver(batch);
  }

  /** Forgets a peer: also what is being sent does not reach it, so that a rejoin brings nothing twice. */
  remove(peer: Peer): void {
    this.#holding.delete(peer);
    this.#live.remove(peer);
  }

  /** Sends a signal to the peers here, soon. */
  signal(signal: Signal): void {
    if (!this.#closed) this.#signals.add(signal);
  }

  close(): void {
    this.#closed = true;
    this.#gathering.close();
    this.#signals.close();
    this.#live.close();
  }

  /** Delivers everything pending. */
  async #flush(): Promise<void> {
    const deliveries = this.#pending;
    this.#pending = [];
    for (const batch of this.#cut(deliveries)) {
      const sending = this.#sendOut(batch);
      if (sending) await sending;
      if (this.#closed) return;
      this.#delivered = this.#fannedOut;
      if (this.#holding.size > 0) this.#admitHeld();
    }
    this.#gathering.through(deliveries.length);
  }

  #sendOut(batch: Batch): Promise<void> | undefined {
    // Before the fan-out, so that a join during it misses nothing: who comes later finds these events in
    // the store.
    for (const { events } of this.#holding.values()) events.push(...batch.events);
    this.#fannedOut = batch.events.at(-1)?.seq ?? this.#fannedOut;
    this.#said += batch.size;
    return this.#live.fanOut({
      bytes: batch.size,
      mostBuffered: this.bounds.events,
      send: (peer) => peer.deliver(batch),
      skip: (peer) => this.#leaveBehind(peer, batch),
    });
  }

  #admitHeld(): void {
    for (const [peer, held] of [...this.#holding]) this.#admit(peer, held);
  }

  /** Deliveries as batches, cut so that no frame grows without bound. */
  #cut(deliveries: readonly Delivery[]): Batch[] {
    const batches: Batch[] = [];
    let start = 0;
    let characters = 0;
    deliveries.forEach((delivery, index) => {
      characters += sizeOf(delivery);
      if (characters < FRAME_CHARACTERS && index < deliveries.length - 1) return;
      batches.push(new Batch(this.room, deliveries.slice(start, index + 1), characters));
      start = index + 1;
      characters = 0;
    });
    return batches;
  }

  #failed(peer: Peer, error: unknown): void {
    this.log.error("could not deliver", { connection: peer.id, error: String(error) });
    this.remove(peer);
    peer.close(CLOSE.internal);
  }

  #leaveBehind(peer: Peer, missed: Batch): void {
    this.remove(peer);
    const first = missed.events[0];
    // Not what was reached: some of that is still pending.
    const seq = first ? first.seq - 1 : this.#fannedOut;
    // Before it is told, as some transports then end.
    this.onBehind(peer);
    peer.fallBehind(this.room, formatCursor(this.store.epoch, seq));
  }
}
