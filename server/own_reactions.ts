/** Which reactions are the reader's own: the one thing in a page that is not the same for everybody. */

import { type Identity, isSignedIn } from "./identity.ts";
import type { Message } from "./protocol.ts";
import type { Store } from "./store.ts";

/**
 * The messages of a page with `mine` where the reader has reacted; the same objects where they have not.
 * They may have reacted since the page was read, and the event which says so follows.
 */
export async function withOwnReactions(
  store: Pick<Store, "reacted">,
  reader: Pick<Identity, "user">,
  room: string,
  messages: readonly Message[],
): Promise<readonly Message[]> {
  const first = messages.find(({ reactions }) => reactions);
  // Only who is known again can have reacted.
  if (!first || !isSignedIn(reader)) return messages;
  const found = await store.reacted(reader.user.id, room, first.seq, messages.at(-1)!.seq);
  if (found.length === 0) return messages;
  const bySeq = Map.groupBy(found, ({ seq }) => seq);
  return messages.map((message) => {
    const own = bySeq.get(message.seq);
    // One who reacted to it only after it was read is not among its reactions.
    if (!own || !message.reactions) return message;
    const reactions = message.reactions.map((reaction) =>
      own.some(({ emoji }) => emoji === reaction.emoji)
        ? { ...reaction, mine: true as const }
        : reaction
    );
    return { ...message, reactions };
  });
}
