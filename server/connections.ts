/** Every open connection of this node, for the log's totals and for an orderly end. */

import { Deadlines } from "./deadlines.ts";
import type { Limiter } from "./limits.ts";
import type { Log } from "./log.ts";
import { type ByeEvent, CLOSE, type CloseReason } from "./protocol.ts";

/** What the log says of a connection when it opens. */
export interface About {
  /** The dialect, for example `parlor.v1`. */
  kind: string;
  /** The id of the user whom it speaks for; absent where it speaks for nobody. */
  user?: string;
  /** The address that it comes from. */
  address: string;
  /** The same as limits count it. */
  network: string;
}

export interface Connection {
  readonly id: string;
  /** Says when to come back, then closes, as soon as nothing comes any more. */
  dismiss(bye: ByeEvent): void;
  close(reason: CloseReason): void;
}

/** Seconds of silence after which a peer is taken for gone; it is pinged at half of that. */
const IDLE_SECONDS = 60;

/** Most milliseconds from the answer to a handshake until the socket is open. */
const OPENING_MOST = 10_000;

/**
 * Milliseconds of silence after which a peer that was told to go is taken to have nothing on its way. The
 * runtime drops a socket on which something comes after the server's close, and what the peer has not read
 * yet is lost with it: acknowledgements, and when to come back.
 */
const QUIET = 50;

/** Telling apart the nodes of a cluster and the runs of a server. */
const NODE = crypto.getRandomValues(new Uint8Array(3)).toHex();

/** A connection whose handshake has been answered. */
export interface Opening {
  /** The time to open is over. The runtime does not tell of a client that left before. */
  neverOpened(): void;
}

/** A connection that was told to go. */
export interface Leaving {
  /** Nothing has come for a while, or the time for that is over. */
  quiet(): void;
}

export class Connections {
  /** Those that are not open yet. */
  readonly opening: Deadlines<Opening>;
  /** Those that were told to go and may still have something on its way. */
  readonly leaving = new Deadlines<Leaving>(QUIET, (leaving) => leaving.quiet());
  /** Each connection that can be ended, open or about to be, and whose it is. */
  readonly #known = new Map<Connection, string | undefined>();
  /** Those of them that have opened. */
  readonly #open = new Set<Connection>();
  #total = 0;
  /** Those that the network has not let go of. */
  #admitted = 0;
  #onGone: (() => void) | undefined;

  constructor(
    private readonly log: Log,
    private readonly limiter: Limiter,
    readonly idleSeconds: number = IDLE_SECONDS,
  ) {
    this.opening = new Deadlines(
      Math.min(OPENING_MOST, idleSeconds * 1_000),
      (late) => late.neverOpened(),
    );
  }

  /** A name for a new connection. */
  nextId(): string {
    this.#total++;
    return `${NODE}-${this.#total}`;
  }

  get size(): number {
    return this.#open.size;
  }

  /**
   * Counts a connection that is about to open. Returns what to call, once, when it is gone. Refuses where
   * there are too many of that person or from that network.
   */
  admit({ user, network }: About): () => void {
    const release = this.limiter.connect(network, user);
    this.#admitted++;
    return () => {
      release();
      if (--this.#admitted === 0) this.#onGone?.();
    };
  }

  /**
   * Resolves when the network has let go of every connection. A socket that is closed in spite of what
   * its peer is still sending ends in an error there, and takes with it what was not read yet.
   */
  async gone(): Promise<void> {
    if (this.#admitted > 0) await new Promise<void>((resolve) => this.#onGone = resolve);
  }

  /** From now on it is ended with the others, though it may not be open yet. */
  add(connection: Connection, { user }: About): void {
    this.#known.set(connection, user);
  }

  /** It is open, which the log is told. It was added before. */
  opened(connection: Connection, { kind, user, address }: About): void {
    this.#open.add(connection);
    this.log.info("connected", { connection: connection.id, kind, user, address, open: this.size });
  }

  /** Idempotent: some ends are told twice. */
  closed(connection: Connection, code: number, reason: string): void {
    this.#known.delete(connection);
    if (!this.#open.delete(connection)) return;
    this.log.info("disconnected", {
      connection: connection.id,
      code,
      reason,
      open: this.size,
      total: this.#total,
    });
  }

  /** Ends every connection that speaks for a user who may not go on as before. */
  async closeOf(userId: string, reason: CloseReason): Promise<void> {
    // A request that was let in at the last moment has become a connection by then: from there on
    // nothing waits.
    await new Promise((resolve) => setTimeout(resolve));
    for (const [connection, user] of [...this.#known]) {
      if (user === userId) connection.close(reason);
    }
  }

  /** Waits for nobody any more. */
  close(): void {
    this.opening.close();
    this.leaving.close();
  }

  /**
   * Ends every connection. Each is told its own moment to come back: `after` milliseconds from now at
   * the earliest and spread over `spread` more, so that they do not all return at once.
   */
  dismissAll(after: number, spread: number): void {
    const slot = spread / Math.max(1, this.size);
    let retryAfter = after;
    for (const connection of [...this.#known.keys()]) {
      connection.dismiss({
        type: "bye",
        code: CLOSE.goingAway.code,
        retryAfter: Math.round(retryAfter),
      });
      retryAfter += slot;
    }
  }
}
