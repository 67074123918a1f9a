/**
 * Keeps one connection to the server: opens it, notices when it is dead, comes back by itself, and
 * takes another way where WebSockets are blocked. Knows nothing of rooms or messages. No DOM: what it
 * needs of the browser comes in.
 */

import { type ReadonlySignal, signal } from "@preact/signals";
import {
  type Command,
  type JoinCommand,
  mayReconnect,
  type ServerEvent,
  type WelcomeEvent,
} from "../server/protocol.ts";
import { backoff } from "./backoff.ts";
import type { OpenTransport, Transport } from "./transport.ts";

/** A connection that says nothing for so long is given up, in milliseconds. */
const OPENING = 10_000;
/** One that lasted so long was a good one: the next wait is short again. */
const STABLE = 5_000;
/** How long a suspect connection has to answer. */
const PROBE = 3_000;
/** Sockets in a row that never opened, while plain HTTP worked, before another way is tried. */
const BLOCKED = 3;
/** How often the way back to the socket is tried. */
const SOCKET_AGAIN = 60_000;

export type Status = "connecting" | "online" | "reconnecting" | "offline" | "ended";

/** What the connection needs of its surroundings. */
export interface Surroundings {
  openSocket: OpenTransport;
  /** Loads the other way, which few need; undefined where it cannot be had now. */
  loadStream(): Promise<OpenTransport | undefined>;
  /** Whether the server answers plain HTTP. */
  isReachable(): Promise<boolean>;
  /** Whether the machine has a network at all. */
  isOnline(): boolean;
  random(): number;
}

export interface ConnectionHandlers {
  /** The rooms to be in, and where to resume. */
  joins(): JoinCommand[];
  /** A connection stands. Told before its first events. */
  opened(welcome: WelcomeEvent): void;
  events(events: readonly ServerEvent[]): void;
  /** It is gone; what was sent and not acknowledged may be lost. */
  closed(): void;
  /** It could not be opened. Another try follows. */
  unopened(): void;
  /** The server has ended it for good, with a code of `CLOSE`. */
  ended(code: number): void;
}

export class Connection {
  readonly #status = signal<Status>("connecting");
  readonly #detail = signal<string | null>(null);
  readonly #fallback = signal(false);
  /** The way around blocked WebSockets, as long as it is taken. */
  #openStream: OpenTransport | undefined;
  #transport: Transport | undefined;
  /** A socket that is tried beside the stream. */
  #trial: Transport | undefined;
  /** The rooms that the transport was told at its start. */
  #joined: ReadonlySet<string> = new Set();
  #isWelcomed = false;
  #attempt = 0;
  #unopened = 0;
  #heardAt = 0;
  #welcomedAt = 0;
  #heartbeat = 30_000;
  #retryAfter: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #again: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly handlers: ConnectionHandlers,
    private readonly surroundings: Surroundings,
  ) {}

  get status(): ReadonlySignal<Status> {
    return this.#status;
  }

  /** Why it ended, in words for people. */
  get detail(): ReadonlySignal<string | null> {
    return this.#detail;
  }

  /** Whether the way around blocked WebSockets is taken. */
  get fallback(): ReadonlySignal<boolean> {
    return this.#fallback;
  }

  /** Sends commands where the connection stands; otherwise they go nowhere. */
  send(commands: readonly Command[]): void {
    if (this.#isWelcomed) this.#transport?.send(commands);
  }

  /** Connects at once: at first, and again whatever the state is. */
  reconnectNow(): void {
    this.#drop();
    this.#attempt = 0;
    if (this.#status.value !== "connecting") this.#status.value = this.#without;
    this.#open();
  }

  /** The tab woke or the network came back: a wait ends, and a connection that stands is doubted. */
  wake(): void {
    if (!this.#watch) return;
    if (this.#isWelcomed) {
      this.#probe();
    } else if (!this.#transport || this.#silence() > PROBE) {
      // One that is just being opened has had its chance only after a while.
      this.reconnectNow();
    }
  }

  /** The browser says that the network is gone. The server may be reachable all the same. */
  lost(): void {
    if (this.#isWelcomed) this.#probe();
    else if (this.#status.value !== "ended") this.#status.value = "offline";
  }

  close(): void {
    this.#drop();
    this.#trial?.close();
    this.#trial = undefined;
    clearInterval(this.#watch);
    clearInterval(this.#again);
    this.#watch = undefined;
    this.#again = undefined;
  }

  /** Ends it for good, for a reason in words for people. */
  end(detail: string | null): void {
    this.close();
    this.#status.value = "ended";
    this.#detail.value = detail;
  }

  /** What to call the time without a connection. */
  get #without(): Status {
    return this.surroundings.isOnline() ? "reconnecting" : "offline";
  }

  /** Asks for what is known anyway; without an answer the connection is dead. */
  #probe(): void {
    const asked = Date.now();
    this.#transport?.send(this.handlers.joins());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#heardAt < asked) this.reconnectNow();
    }, PROBE);
  }

  #open(): void {
    this.#watch ??= setInterval(() => this.#listen(), 1_000);
    if (this.#fallback.value) this.#again ??= setInterval(() => this.#trySocket(), SOCKET_AGAIN);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#retryAfter = undefined;
    this.#heardAt = Date.now();
    const open = this.#openStream ?? this.surroundings.openSocket;
    const joins = this.handlers.joins();
    this.#joined = new Set(joins.map(({ room }) => room));
    // Each transport tells only about itself: one that was dropped is not listened to.
    const transport: Transport = open(joins, {
      events: (events) => this.#transport === transport && this.#receive(events),
      closed: (code, reason) => this.#transport === transport && this.#ended(code, reason),
    });
    this.#transport = transport;
  }

  #receive(events: readonly ServerEvent[]): void {
    this.#heardAt = Date.now();
    for (const event of events) {
      if (event.type === "welcome") this.#welcomed(event);
      else if (event.type === "bye") this.#retryAfter = event.retryAfter;
    }
    // The welcome may have led to leaving at once.
    if (this.#isWelcomed) this.handlers.events(events);
  }

  #welcomed(welcome: WelcomeEvent): void {
    this.#heartbeat = welcome.heartbeat;
    this.#unopened = 0;
    this.#status.value = "online";
    this.#detail.value = null;
    // A stream welcomes anew whenever it is opened for other rooms.
    if (this.#isWelcomed) return;
    this.#isWelcomed = true;
    this.#welcomedAt = Date.now();
    // Rooms that were opened while the connection was not there yet.
    const late = this.handlers.joins().filter(({ room }) => !this.#joined.has(room));
    if (late.length > 0) this.#transport?.send(late);
    this.handlers.opened(welcome);
  }

  #ended(code: number, reason: string): void {
    const wasWelcomed = this.#isWelcomed;
    const retryAfter = this.#retryAfter;
    if (wasWelcomed && Date.now() - this.#welcomedAt > STABLE) this.#attempt = 0;
    this.#drop();
    if (!mayReconnect(code)) {
      this.end(reason ? `The server ended the connection: ${reason}.` : null);
      this.handlers.ended(code);
      return;
    }
    this.#status.value = this.#without;
    if (!wasWelcomed && !this.#fallback.value) this.#suspectBlocking();
    const wait = retryAfter ?? backoff(this.#attempt++, this.surroundings.random);
    this.#timer = setTimeout(() => this.#open(), wait);
    if (!wasWelcomed) this.handlers.unopened();
  }

  /** A socket did not open. Where plain HTTP works all the time, something in between blocks it. */
  async #suspectBlocking(): Promise<void> {
    const isReachable = await this.surroundings.isReachable();
    if (this.#isWelcomed || !this.#watch || this.#fallback.value) return;
    this.#unopened = isReachable ? this.#unopened + 1 : 0;
    if (this.#unopened < BLOCKED) return;
    const openStream = await this.surroundings.loadStream();
    if (!openStream || this.#isWelcomed || !this.#watch || this.#fallback.value) return;
    this.#openStream = openStream;
    this.#fallback.value = true;
    this.reconnectNow();
  }

  /** Opens a socket beside the stream and moves over once it is welcomed. */
  #trySocket(): void {
    // One that has not opened until now never will.
    this.#trial?.close();
    const joins = this.handlers.joins();
    this.#joined = new Set(joins.map(({ room }) => room));
    const trial: Transport = this.surroundings.openSocket(joins, {
      events: (events) => {
        if (this.#transport === trial) this.#receive(events);
        else if (this.#trial === trial) this.#moveTo(trial, events);
      },
      closed: (code, reason) => {
        if (this.#trial === trial) this.#trial = undefined;
        if (this.#transport === trial) this.#ended(code, reason);
      },
    });
    this.#trial = trial;
  }

  #moveTo(trial: Transport, events: readonly ServerEvent[]): void {
    this.#drop();
    clearInterval(this.#again);
    this.#again = undefined;
    this.#trial = undefined;
    this.#transport = trial;
    this.#openStream = undefined;
    this.#fallback.value = false;
    this.#receive(events);
  }

  /** Gives up a connection that has been silent for too long. */
  #listen(): void {
    if (!this.#transport) return;
    // Heartbeats come by room: without any, silence means nothing.
    if (this.#isWelcomed && this.handlers.joins().length === 0) return;
    const patience = this.#isWelcomed ? 2 * this.#heartbeat : OPENING;
    if (this.#silence() > patience) this.#ended(1006, "");
  }

  #silence(): number {
    return Date.now() - this.#heardAt;
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#transport?.close();
    this.#transport = undefined;
    if (!this.#isWelcomed) return;
    this.#isWelcomed = false;
    this.handlers.closed();
  }
}
