/** A client that comes back by itself, resumes where it was, and says again what was not acknowledged. */

import { type ServerEvent, SUBPROTOCOL } from "../../server/protocol.ts";
import { within } from "./deadline.ts";
import { RoomLog } from "./room_log.ts";

export interface ResumingOptions {
  /** Where to connect; asked anew each time. */
  url: string;
  token: string;
  room?: string;
  /** A silence of so many milliseconds means that the connection is dead. */
  silence: number;
  /** Milliseconds until the next attempt, unless the server has said when. */
  backoff: () => number;
}

export class ResumingClient implements AsyncDisposable {
  readonly log: RoomLog;
  /** How often it was back with everything it had missed. */
  resumed = 0;
  /** When it was last back, as `performance.now()` tells it. */
  resumedAt = 0;
  readonly #options: ResumingOptions;
  readonly #outbox = new Map<string, string>();
  readonly #closing = new Set<Promise<void>>();
  #socket: WebSocket | undefined;
  #isLive = false;
  #isOver = false;
  #retryAfter: number | undefined;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;
  #connectTimer: ReturnType<typeof setTimeout> | undefined;
  #wake = () => {};

  constructor(options: ResumingOptions) {
    this.#options = options;
    this.log = new RoomLog(options.room ?? "lobby");
    this.#connect();
  }

  /** Says something, now or as soon as it is possible, until it is acknowledged. */
  say(id: string, message: string): void {
    this.#outbox.set(id, message);
    if (this.#isLive) this.#send(id, message);
  }

  /** Waits until it is as wanted. */
  async until(
    wanted: (client: this) => boolean,
    what: string,
    milliseconds: number,
  ): Promise<void> {
    const become = async () => {
      while (!wanted(this)) await new Promise<void>((resolve) => this.#wake = resolve);
    };
    const describe = () =>
      `${what}; at ${this.log.cursor}, ${this.#outbox.size} not acknowledged, resumed ${this.resumed}`;
    await within(become(), describe, milliseconds);
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  /** How many of its messages are not acknowledged yet. */
  get unsent(): number {
    return this.#outbox.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#silenceTimer);
    clearTimeout(this.#connectTimer);
    this.#socket?.close();
    await within(Promise.all(this.#closing), () => "A connection did not close");
  }

  #connect(): void {
    const { url, token, silence } = this.#options;
    const address = new URL(`/ws?token=${token}`, url);
    address.protocol = "ws:";
    const socket = new WebSocket(address, SUBPROTOCOL);
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    this.#socket = socket;
    this.#closing.add(closed);
    socket.onopen = () => this.#join();
    socket.onmessage = ({ data }) => {
      if (socket !== this.#socket) return;
      this.#listen(silence);
      for (const event of JSON.parse(data)) this.#take(event);
      this.#wake();
    };
    socket.onclose = () => {
      this.#closing.delete(closed);
      resolve();
      if (socket === this.#socket) this.#comeBack();
    };
    this.#listen(silence);
  }

  /** Gives up a connection that says nothing: it may never end by itself. */
  #listen(silence: number): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => {
      this.#socket?.close();
      this.#comeBack();
    }, silence);
  }

  #comeBack(): void {
    this.#isLive = false;
    this.#socket = undefined;
    clearTimeout(this.#silenceTimer);
    if (this.#isOver) return;
    clearTimeout(this.#connectTimer);
    const wait = this.#retryAfter ?? this.#options.backoff();
    this.#retryAfter = undefined;
    this.#connectTimer = setTimeout(() => this.#connect(), wait);
  }

  #join(): void {
    const { cursor, room } = this.log;
    this.#command({ type: "join", room, ...cursor === undefined ? {} : { since: cursor } });
  }

  #take(event: ServerEvent): void {
    const { log } = this;
    if (event.type === "chat" && this.#outbox.delete(event.id)) {
      // An acknowledgement may come outside the order of the log; in its place it comes as well.
      if (event.seq !== log.seq + 1) return;
    } else if (event.type === "chat" && event.seq <= log.seq && log.ids.includes(event.id)) {
      // That of a retry whose message the replay has brought already.
      return;
    }
    log.take(event);
    if (event.type === "bye") this.#retryAfter = event.retryAfter;
    if (event.type === "behind" || event.type === "joined" && event.more) this.#join();
    if (event.type === "joined") {
      for (const { id } of [...event.events ?? [], ...event.messages ?? []]) {
        this.#outbox.delete(id);
      }
      if (!event.more) this.#becomeLive();
    }
  }

  #becomeLive(): void {
    this.#isLive = true;
    this.resumed++;
    this.resumedAt = performance.now();
    for (const [id, message] of this.#outbox) this.#send(id, message);
  }

  #send(id: string, message: string): void {
    this.#command({ type: "chat", id, room: this.log.room, message });
  }

  #command(command: unknown): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(command));
  }
}
