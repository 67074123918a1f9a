/** Which reactions are the reader's own: the one thing in a page that is not the same for everybody. */

import type { Message } from "./protocol.ts";
import type { Store } from "./store.ts";

/**
 * The messages with `mine` where the reader has reacted; the same objects where they have not. They may
 * have reacted since the page was read, and the event which says so follows.
 */
export async function withOwnReactions(
  store: Pick<Store, "reacted">,
  readerId: string,
  room: string,
  messages: readonly Message[],
): Promise<Message[]> {
  const seqs = messages.filter(({ reactions }) => reactions).map(({ seq }) => seq);
  if (seqs.length === 0) return [...messages];
  const own = Map.groupBy(await store.reacted(readerId, room, seqs), ({ seq }) => seq);
  return messages.map((message) => {
    const found = own.get(message.seq);
    if (!found) return message;
    const reactions = message.reactions!.map((reaction) =>
      found.some(({ emoji }) => emoji === reaction.emoji)
        ? { ...reaction, mine: true as const }
        : reaction
    );
    return { ...message, reactions };
  });
}
