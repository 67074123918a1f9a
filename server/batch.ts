/** What one flush of one room carries. Each encoding is made at most once, whoever wants it. */

import type { Publication, RawFrame } from "./bus.ts";
import type { ChatEvent, LogEvent } from "./protocol.ts";

/** A publication that goes to a room's peers in order. */
export type Delivery = Extract<Publication, { kind: "event" | "raw" }>;

export class Batch {
  #frame: string | undefined;
  #plain: RawFrame[] | undefined;
  readonly events: readonly LogEvent[];

  /** @param size about how many characters a peer gets of it */
  constructor(
    readonly room: string,
    private readonly deliveries: readonly Delivery[],
    readonly size: number,
  ) {
    const events: LogEvent[] = [];
    for (const delivery of deliveries) if (delivery.kind === "event") events.push(delivery.event);
    this.events = events;
  }

  /** The kept events as one JSON array; undefined when there are none. */
  get frame(): string | undefined {
    if (this.events.length === 0) return undefined;
    return this.#frame ??= JSON.stringify(this.events);
  }

  /** A frame for each delivery, as plain sockets get them. */
  get plain(): readonly RawFrame[] {
    return this.#plain ??= this.deliveries.flatMap((delivery) => {
      if (delivery.kind === "raw") return [delivery.raw];
      if (delivery.raw) return [delivery.raw];
      // Only what is said: an edit would look like the message said twice.
      return delivery.event.type === "chat" ? [plainRendering(delivery.event)] : [];
    });
  }
}

/** What plain sockets see of a message that did not come from one of them. */
function plainRendering(event: ChatEvent): RawFrame {
  return {
    text: `${event.user.name}: ${event.message}`,
    json: JSON.stringify({
      type: "chat",
      user: event.user.name,
      message: event.message,
      timestamp: new Date(event.timestamp).toISOString(),
    }),
  };
}
