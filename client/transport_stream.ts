/**
 * Server-sent events for what comes, HTTP requests for what is said: for networks that block
 * WebSockets. Rooms are part of the stream's address, so entering one opens the stream anew.
 */

import {
  type Command,
  type ErrorEvent,
  type JoinCommand,
  parseCursor,
  type ServerEvent,
} from "../server/protocol.ts";
import type { OpenTransport, Transport, TransportHandlers } from "./transport.ts";

/** Of a connection, or not worth a request each. */
const PASSING: ReadonlySet<Command["type"]> = new Set(["typing", "watch", "away", "token"]);

/** Milliseconds that a post may take. */
const POST_PATIENCE = 30_000;

/** Streams from an origin such as `https://chat.example`. */
export function streamAt(origin: string): OpenTransport {
  return (joins, handlers) => new StreamTransport(origin, joins, handlers);
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
    const posts: Command[] = [];
    for (const command of commands) {
      if (command.type === "join") this.#enter(command);
      else if (command.type === "leave") {
        if (this.#rooms.delete(command.room)) this.#reopen();
      } else if (!PASSING.has(command.type)) posts.push(command);
    }
    if (posts.length > 0) this.#posting = this.#posting.then(() => this.#post(posts));
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

  async #post(commands: readonly Command[]): Promise<void> {
    if (this.#isOver) return;
    let answers: readonly ServerEvent[];
    try {
      const response = await fetch(new URL("/api/commands", this.origin), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(commands),
        signal: AbortSignal.timeout(POST_PATIENCE),
      });
      const answer = await response.json();
      const { error } = answer;
      // A proxy may answer with anything.
      if (!Array.isArray(answer) && !error) throw new TypeError("not an answer of the server");
      answers = error ? commands.map((command) => refusal(command, error)) : answer;
    } catch {
      const message = "The server cannot be reached.";
      answers = commands.map((command) => refusal(command, { code: "unavailable", message }));
    }
    if (!this.#isOver) this.handlers.events(answers.filter((event) => !this.#willCome(event)));
  }

  /** What is new in a room comes along the stream, in its order. */
  #willCome(event: ServerEvent): boolean {
    if (!("seq" in event)) return false;
    const position = parseCursor(this.#rooms.get(event.room));
    return position !== undefined && event.seq > position.seq;
  }
}

function refusal(
  command: Command,
  error: Pick<ErrorEvent, "code" | "message" | "retryAfter" | "limit">,
): ErrorEvent {
  return {
    type: "error",
    ...error,
    ...("id" in command ? { id: command.id } : {}),
    ...("room" in command ? { room: command.room } : {}),
  };
}
