/** A reader's copy of how a room's messages stand, put together from events as a client does it. */

import { assertEquals } from "@std/assert";
import { asSeenBy, type ChangeEvent, folded } from "../../client/fold.ts";
import {
  type Cursor,
  formatCursor,
  type LogEvent,
  type Message,
  parseCursor,
  type ServerEvent,
} from "../../server/protocol.ts";

export class StandingRoom {
  /** What broke the promise: a hole, or something delivered twice. */
  readonly faults: string[] = [];
  /** Every log event that came, in order. */
  readonly events: LogEvent[] = [];
  #messages = new Map<number, Message>();
  #cursor: Cursor | undefined;

  /** `reader` is the id of whom it is the copy of, where they are somebody. */
  constructor(readonly room: string, private readonly reader?: string) {}

  /** Where to join again. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  /** The position reached, 0 before the first. */
  get seq(): number {
    return parseCursor(this.#cursor)?.seq ?? 0;
  }

  /** The messages as they stand, oldest first. */
  get messages(): Message[] {
    return [...this.#messages.values()];
  }

  /** Takes whatever a connection receives; what is not of this room's log changes nothing. */
  take(event: ServerEvent): void {
    if (!("room" in event) || event.room !== this.room) return;
    if (event.type === "joined") {
      if (event.messages) {
        this.#messages = new Map(event.messages.map((message) => [message.seq, message]));
        this.#cursor = event.cursor;
      }
      for (const missed of event.events ?? []) this.#append(missed);
      this.#cursor = event.cursor;
    } else if ("seq" in event) {
      this.#append(event);
    }
  }

  #append(event: LogEvent): void {
    const { epoch, seq } = parseCursor(this.#cursor)!;
    if (event.seq !== seq + 1) this.faults.push(`${event.seq} after ${seq}`);
    this.#cursor = formatCursor(epoch, event.seq);
    this.events.push(event);
    if (event.type === "chat") this.#messages.set(event.seq, event);
    else if ("target" in event) this.#change(event);
  }

  #change(event: ChangeEvent): void {
    const message = this.#messages.get(event.target);
    if (!message) return;
    this.#messages.set(event.target, folded(message, asSeenBy(this.reader, event)));
  }
}

/** The room as a connection knows it that has received these events. */
export function standingRoom(
  received: readonly ServerEvent[],
  room = "lobby",
  reader?: string,
): StandingRoom {
  const standing = new StandingRoom(room, reader);
  for (const event of received) standing.take(event);
  return standing;
}

/**
 * Checks that messages stand as a page of the same reader has them. Who was there while many had reacted
 * and many took theirs off again knows counts and no names, until they ask; names that are known are right.
 */
export function assertStandAs(page: readonly Message[], messages: readonly Message[]): void {
  assertEquals(messages.length, page.length);
  const expected = page.map((message, index) => {
    const { reactions } = message;
    if (!reactions) return message;
    const known = messages[index]!.reactions ?? [];
    const named = reactions.map(({ people, ...reaction }) => {
      const isNamed = known.find(({ emoji }) => emoji === reaction.emoji)?.people;
      return people && isNamed ? { ...reaction, people } : reaction;
    });
    return { ...message, reactions: named };
  });
  assertEquals(messages, expected);
}
