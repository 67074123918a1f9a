/** About how much room events take on the way, in characters. */

import type { Delivery } from "./batch.ts";
import type { LogEvent, Mention, Message, Reaction } from "./protocol.ts";

/** A rough size of an event without its text, in characters. */
const EVENT_OVERHEAD = 200;
/**
 * About how many characters a peer gets, in the dialect that takes more: a plain frame may carry far
 * more than what is kept of it.
 */
export function sizeOf(delivery: Delivery): number {
  const { raw } = delivery;
  const plain = raw ? Math.max(raw.text.length, raw.json.length) : 0;
  const text = delivery.kind === "event" ? lengthOf(delivery.event) : 0;
  return EVENT_OVERHEAD + Math.max(plain, text);
}

/** About how much text an event has beside what every one has, in characters. */
export function lengthOf(event: LogEvent): number {
  if ("message" in event) return event.message.length + lengthOfPeople(event.mentions);
  // A room may begin with many people.
  return event.type === "room" ? (event.members?.length ?? 0) * EVENT_OVERHEAD : 0;
}

/** About how much a message takes as it stands, in characters. */
export function lengthOfMessage(message: Message): number {
  return EVENT_OVERHEAD + lengthOf(message) +
    (message.reactions ?? []).reduce((sum, reaction) => sum + lengthOfReaction(reaction), 0);
}

function lengthOfReaction({ emoji, people }: Reaction): number {
  // With the names of the fields and the count.
  return emoji.length + 30 + lengthOfPeople(people);
}

function lengthOfPeople(people: readonly Mention[] = []): number {
  // With the names of the fields.
  return people.reduce((sum, { id, name }) => sum + id.length + name.length + 20, 0);
}
