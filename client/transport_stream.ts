/**
 * Server-sent events for what comes, HTTP requests for what is said: for networks that block
 * WebSockets. Rooms are part of the stream's address, so entering one opens the stream anew.
 */

import {
  type ChatCommand,
  type Command,
  type ErrorCode,
  type JoinCommand,
  parseCursor,
  type ServerEvent,
} from "../server/protocol.ts";
import type { Transport, TransportHandlers } from "./transport.ts";

/** Milliseconds that a post may take. */
const POST_PATIENCE = 30_000;

export function openStream(
  origin: string,
  joins: readonly JoinCommand[],
  handlers: TransportHandlers,
): Transport {
  return new StreamTransport(origin, joins, handlers);
}

class StreamTransport implements Transport {
  #stream: EventSource | undefined;
  /** The cursor reached in each room; undefined before the first. */
  readonly #rooms = new Map<string, string | undefined>();
  /** The history that the server has, once it has said so. */
  #epoch: string | undefined;
  #isOver = false;
  #isReopening = false;
  /** Posts one after the other. */
  #posting: Promise<void> = Promise.resolve();

  constructor(
    private readonly origin: string,
    joins: readonly JoinCommand[],
    private readonly handlers: TransportHandlers,
  ) {
    for (const { room, since } of joins) this.#rooms.set(room, since);
    this.#open();
  }

  send(commands: readonly Command[]): void {
    const posts: ChatCommand[] = [];
    for (const command of commands) {
      if (command.type === "chat") posts.push(command);
      else if (command.type === "join") this.#enter(command);
      else if (command.type === "leave" && this.#rooms.delete(command.room)) this.#reopen();
      // Typing is not worth a request each.
    }
    if (posts.length > 0) this.#posting = this.#posting.then(() => this.#postAll(posts));
  }

  close(): void {
    this.#isOver = true;
    this.#stream?.close();
  }

  /** Asking again for a room that has a position is a doubt: the stream is opened anew. */
  #enter({ room, since }: JoinCommand): void {
    if (this.#rooms.has(room) && since === undefined) return;
    this.#rooms.set(room, since);
    this.#reopen();
  }

  /** Once for all that is asked for at the same time. */
  #reopen(): void {
    if (this.#isReopening) return;
    this.#isReopening = true;
    queueMicrotask(() => {
      this.#isReopening = false;
      if (!this.#isOver) this.#open();
    });
  }

  #open(): void {
    this.#stream?.close();
    const address = new URL("/api/events", this.origin);
    const positions = [...this.#rooms].map(([room, cursor]) => ({ room, at: parseCursor(cursor) }));
    // All positions are of one epoch; a room of another history begins afresh.
    const epoch = this.#epoch ?? positions.find(({ at }) => at)?.at?.epoch;
    const resumed = positions.filter(({ at }) => at && at.epoch === epoch);
    const begun = positions.filter(({ at }) => !at || at.epoch !== epoch);
    // Rooms with a position first: the list of positions may be shorter than that of rooms.
    address.searchParams.set("rooms", [...resumed, ...begun].map(({ room }) => room).join(","));
    if (resumed.length > 0) {
      address.searchParams.set("since", `${epoch}:${resumed.map(({ at }) => at!.seq).join(",")}`);
    }
    const stream = new EventSource(address);
    stream.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    stream.onerror = () => {
      if (this.#isOver || stream !== this.#stream) return;
      // The browser's own retries know nothing of our waits and limits.
      this.close();
      this.handlers.closed(1006, "");
    };
    this.#stream = stream;
  }

  #receive(events: readonly ServerEvent[]): void {
    for (const event of events) {
      if (event.type === "welcome") this.#epoch = event.epoch;
      else if (event.type === "joined") {
        this.#rooms.set(event.room, event.cursor);
        // A stream goes on by itself.
        delete event.more;
      } else if ("seq" in event) this.#advance(event.room, event.seq);
    }
    this.handlers.events(events);
  }

  #advance(room: string, seq: number): void {
    const position = parseCursor(this.#rooms.get(room));
    if (position) this.#rooms.set(room, `${position.epoch}:${seq}`);
  }

  /** A refused post stops the rest, as in an array over a socket. */
  async #postAll(posts: readonly ChatCommand[]): Promise<void> {
    let isStopped = false;
    for (const post of posts) {
      if (this.#isOver) return;
      if (isStopped) {
        this.#refused(post, "not_carried_out", "An earlier message was refused.");
        continue;
      }
      isStopped = !await this.#post(post);
    }
  }

  async #post({ id, room, message }: ChatCommand): Promise<boolean> {
    try {
      const response = await fetch(new URL(`/api/rooms/${room}/messages`, this.origin), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ id, message }),
        signal: AbortSignal.timeout(POST_PATIENCE),
      });
      const answer = await response.json();
      if (this.#isOver) return false;
      if (response.ok) {
        // A new one comes along the stream, in its order.
        if (response.status !== 201 || !this.#rooms.has(room)) this.handlers.events([answer]);
        return true;
      }
      const { code, message: words, retryAfter } = answer.error;
      this.#refused({ id, room }, code, words, retryAfter);
    } catch {
      this.#refused({ id, room }, "unavailable", "The server cannot be reached.");
    }
    return false;
  }

  #refused(
    { id, room }: Pick<ChatCommand, "id" | "room">,
    code: ErrorCode,
    message: string,
    retryAfter?: number,
  ): void {
    if (this.#isOver) return;
    const event = { type: "error" as const, code, message, id, room };
    this.handlers.events([retryAfter === undefined ? event : { ...event, retryAfter }]);
  }
}
