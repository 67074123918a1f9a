/** Long-polling: one request that answers as soon as something is said in a room. */

import type { Access } from "./access.ts";
import type { Batch } from "./batch.ts";
import type { CatchUp, Chat } from "./chat.ts";
import type { Hub } from "./hub.ts";
import { type Identity, isSignedIn } from "./identity.ts";
import type { Peer } from "./peer.ts";
import type { Personal, PersonalPeer } from "./personal.ts";
import type { Cursor } from "./protocol.ts";

export interface LongPollDependencies {
  chat: Pick<Chat, "catchUp">;
  access: Pick<Access, "permit">;
  hub: Hub;
  personal: Personal;
}

/**
 * What came after `after`, waiting at most `wait` milliseconds for something to come. Without a cursor
 * the last page is there at once. Ends early, with nothing, when `signal` aborts. Rejects where `who` may
 * not read the room, also where that changes while it waits: at once, and with nothing of what came since.
 */
export async function longPoll(
  { chat, access, hub, personal }: LongPollDependencies,
  who: Identity,
  room: string,
  after: Cursor | undefined,
  wait: number,
  signal: AbortSignal,
): Promise<CatchUp> {
  await access.permit(who, "read", room);
  const { promise: news, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  const peer = new Waiter(who, wake);
  const timer = setTimeout(wake, signal.aborted ? 0 : wait);
  signal.addEventListener("abort", wake);
  if (isSignedIn(who)) personal.enter(peer);
  try {
    // Listening before looking, so that nothing falls in between.
    await hub.attach(room, peer);
    let caughtUp = await chat.catchUp(room, after);
    if (caughtUp.events?.length === 0) {
      await news;
      caughtUp = await chat.catchUp(room, after);
    }
    // After reading, so that what was read is of a time at which it might be.
    await access.permit(who, "read", room);
    return caughtUp;
  } finally {
    clearTimeout(timer);
    // The signal outlives the request where it is also that of the server's stop.
    signal.removeEventListener("abort", wake);
    hub.forget(peer);
    personal.leave(peer);
  }
}

/** A peer that only wants to know that there is something. */
class Waiter implements Peer, PersonalPeer {
  readonly id = "long-poll";
  readonly rooms = new Set<string>();
  readonly hasEnded = false;
  readonly buffered = 0;
  constructor(
    readonly identity: Identity,
    private readonly wake: () => void,
  ) {}
  deliver({ events }: Batch): void {
    if (events.length > 0) this.wake();
  }
  signal(): void {}
  personal(): void {}
  /** Taken out of any room, it looks again. */
  removed(): void {
    this.wake();
  }
  fallBehind(): void {
    this.wake();
  }
  close(): void {
    this.wake();
  }
}
