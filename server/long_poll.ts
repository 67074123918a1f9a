/** Long-polling: one request that answers as soon as something is said in a room. */

import type { Batch } from "./batch.ts";
import type { CatchUp, Chat } from "./chat.ts";
import type { Hub } from "./hub.ts";
import type { Peer } from "./peer.ts";
import type { Cursor } from "./protocol.ts";

/**
 * What came after `after`, waiting at most `wait` milliseconds for something to come. Without a cursor
 * the last page is there at once. Ends early, with nothing, when `signal` aborts.
 */
export async function longPoll(
  chat: Pick<Chat, "catchUp">,
  hub: Hub,
  room: string,
  after: Cursor | undefined,
  wait: number,
  signal: AbortSignal,
): Promise<CatchUp> {
  const { promise: news, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  const peer = new Waiter(wake);
  const timer = setTimeout(wake, signal.aborted ? 0 : wait);
  signal.addEventListener("abort", wake);
  try {
    // Listening before looking, so that nothing falls in between.
    await hub.attach(room, peer);
    const caughtUp = await chat.catchUp(room, after);
    if (caughtUp.events?.length !== 0) return caughtUp;
    await news;
    return await chat.catchUp(room, after);
  } finally {
    clearTimeout(timer);
    // The signal outlives the request where it is also that of the server's stop.
    signal.removeEventListener("abort", wake);
    hub.forget(peer);
  }
}

/** A peer that only wants to know that there is something. */
class Waiter implements Peer {
  readonly id = "long-poll";
  readonly rooms = new Set<string>();
  readonly hasEnded = false;
  readonly buffered = 0;
  constructor(private readonly wake: () => void) {}
  deliver({ events }: Batch): void {
    if (events.length > 0) this.wake();
  }
  signal(): void {}
  fallBehind(): void {
    this.wake();
  }
  close(): void {
    this.wake();
  }
}
