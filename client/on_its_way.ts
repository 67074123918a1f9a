/** What one does with messages, shown before it is acknowledged. */

import type { Message, User } from "../server/protocol.ts";
import { asSeenBy, type ChangeEvent, folded } from "./fold.ts";
import { commandOf, type Outgoing } from "./outbox_store.ts";

/** The messages as they stand once what is on its way is done; the same array where nothing is. */
export function withChanges(
  messages: readonly Message[],
  changes: readonly Outgoing[],
  self: User | null,
): readonly Message[] {
  if (changes.length === 0 || !self) return messages;
  const byTarget = Map.groupBy(changes, ({ change }) => change!.target);
  return messages.map((message) =>
    (byTarget.get(message.seq) ?? [])
      .filter(({ state }) => state === "pending")
      .reduce((stands, outgoing) => folded(stands, eventOf(outgoing, self)), message)
  );
}

/** The event that will come of something on its way. */
function eventOf(outgoing: Outgoing, user: User): ChangeEvent {
  const { mentions: _, ...command } = { mentions: undefined, ...commandOf(outgoing) };
  const event = { ...command, seq: 0, timestamp: outgoing.at, user } as ChangeEvent;
  return asSeenBy(user.id, event);
}
