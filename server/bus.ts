/**
 * What carries events between nodes. Implementations: `bus_local.ts`. All pass `tests/contract/bus.ts`.
 */

import type { LogEvent, PersonalEvent, Signal } from "./protocol.ts";

/** A room id, or `user:<id>` for what concerns one person. */
export type Topic = string;

/** The frame of a plain socket as it came, for the other plain sockets; never kept. */
export interface RawFrame {
  /** The connection that sent it and does not get it back; absent: everybody gets it. */
  from?: string;
  /** What text sockets get: the very bytes. */
  text: string | Uint8Array;
  /** What JSON sockets get. */
  json: string;
}

/** One thing to deliver. */
export type Publication =
  /** A kept event, and the frame it came in where that was a plain one. */
  | { kind: "event"; event: LogEvent; raw?: RawFrame }
  /** A plain frame of which nothing is kept. */
  | { kind: "raw"; raw: RawFrame }
  | { kind: "signal"; signal: Signal }
  /** On a topic `user:<id>`. */
  | { kind: "personal"; event: PersonalEvent };

/**
 * What an implementation keeps:
 *
 * - Delivers to every subscriber of the topic on every node, the publisher's own included, at most
 *   once. What was published before `subscribe` resolved may be missing, what comes after is not.
 * - Order holds per publishing node and topic. Gaps (an outage) show in `seq`; the hub repairs them
 *   from the store, so a lost publication delays and never loses.
 * - `publish` never throws what a subscriber throws. It rejects only when nothing could be sent;
 *   callers log that and go on, as the log already holds the event.
 */
export interface Bus {
  publish(topic: Topic, publication: Publication): Promise<void>;
  /** Resolves when the subscription stands, with the function that ends it. */
  subscribe(topic: Topic, on: (publication: Publication) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
