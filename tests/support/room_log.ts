/** A reader's copy of one room's log, put together from events as a client does it. */

import {
  type ChatEvent,
  type Cursor,
  formatCursor,
  type JoinedEvent,
  parseCursor,
  type ServerEvent,
} from "../../server/protocol.ts";

export class RoomLog {
  /** What is known, in order; after a reset only the fresh page and what came after it. */
  events: ChatEvent[] = [];
  /** What broke the promise: a hole, or something delivered twice. Empty when all is well. */
  readonly faults: string[] = [];
  /** How often a fresh page took the place of what was known. */
  resets = 0;
  #cursor: Cursor | undefined;

  constructor(readonly room: string) {}

  /** Where to join again. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  /** The position reached, 0 before the first event. */
  get seq(): number {
    return parseCursor(this.#cursor)?.seq ?? 0;
  }

  /** What is known, by id: what two readers must have in common. */
  get ids(): string[] {
    return this.events.map(({ id }) => id);
  }

  /** Takes an event; those of other rooms and those that are not kept change nothing. */
  take(event: ServerEvent): void {
    if (!("room" in event) || event.room !== this.room) return;
    if (event.type === "joined") {
      if (event.messages) {
        if (this.#cursor !== undefined) this.resets++;
        this.events = [...event.messages];
      }
      this.#cursor ??= startOf(event);
      for (const missed of event.events ?? []) {
        if (missed.type === "chat") this.#append(missed, "replayed");
      }
      this.#cursor = event.cursor;
    } else if (event.type === "chat") {
      this.#append(event, "live");
    } else if (event.type === "behind" && event.cursor !== this.#cursor) {
      this.faults.push(`behind at ${event.cursor}, but ${this.#cursor} was reached`);
    }
  }

  #append(event: ChatEvent, how: string): void {
    const position = parseCursor(this.#cursor);
    if (!position) {
      this.faults.push(`${how} ${event.seq} before the room was joined`);
    } else if (event.seq !== position.seq + 1) {
      this.faults.push(`${how} ${event.seq} after ${position.seq}`);
    } else {
      this.events.push(event);
      this.#cursor = formatCursor(position.epoch, event.seq);
    }
  }
}

/** Where the part of the log begins that a first join has brought. */
function startOf({ cursor, events = [] }: JoinedEvent): Cursor {
  const { epoch, seq } = parseCursor(cursor)!;
  return formatCursor(epoch, seq - events.length);
}

/** The log of a room made from everything that a connection has received. */
export function logOf(received: readonly ServerEvent[], room = "lobby"): RoomLog {
  const log = new RoomLog(room);
  for (const event of received) log.take(event);
  return log;
}
