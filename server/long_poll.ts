/** Long-polling: one request that answers as soon as something is said in a room. */

import type { Access } from "./access.ts";
import type { Batch } from "./batch.ts";
import type { Connection } from "./connections.ts";
import type { CatchUp, History } from "./history.ts";
import type { Hub } from "./hub.ts";
import { type Identity, isSignedIn } from "./identity.ts";
import type { Peer } from "./peer.ts";
import type { Personal, PersonalPeer } from "./personal.ts";
import { type CloseReason, type Cursor, Refusal } from "./protocol.ts";

export interface LongPollDependencies {
  history: Pick<History, "catchUp">;
  access: Pick<Access, "permit">;
  hub: Hub;
  personal: Personal;
}

export class LongPoll implements Peer, PersonalPeer, Connection {
  readonly id = "long-poll";
  readonly rooms = new Set<string>();
  readonly hasEnded = false;
  readonly buffered = 0;
  readonly isWritten = true;
  /** Resolves when there is no more reason to wait. */
  readonly #over = Promise.withResolvers<void>();
  #ended: CloseReason | undefined;

  constructor(
    private readonly dependencies: LongPollDependencies,
    readonly identity: Identity,
  ) {}

  /**
   * What came after `after`, waiting at most `wait` milliseconds for something to come. Without a cursor
   * the last page is there at once. Ends early, with nothing, when `signal` aborts. Rejects where the
   * person may not read the room and where their session has ended, also where that happens while it
   * waits: at once, and with nothing of what came since. Called once.
   */
  async answer(
    room: string,
    after: Cursor | undefined,
    wait: number,
    signal: AbortSignal,
  ): Promise<CatchUp> {
    const { access, hub, personal } = this.dependencies;
    await access.permit(this.identity, "read", room);
    const wake = () => this.#over.resolve();
    const timer = setTimeout(wake, signal.aborted ? 0 : wait);
    signal.addEventListener("abort", wake);
    if (isSignedIn(this.identity)) personal.enter(this);
    try {
      // Listening before looking, so that nothing falls in between.
      await hub.attach(room, this);
      const caughtUp = await this.#catchUp(room, after);
      if (caughtUp.events?.length !== 0) return caughtUp;
      await this.#over.promise;
      return await this.#catchUp(room, after);
    } finally {
      clearTimeout(timer);
      // The signal outlives the request where it is also that of the server's stop.
      signal.removeEventListener("abort", wake);
      hub.forget(this);
      personal.leave(this);
    }
  }

  deliver({ events }: Batch): void {
    if (events.length > 0) this.#over.resolve();
  }

  signal(): void {}

  personal(): void {}

  /** Taken out of any room, it looks again. */
  removed(): void {
    this.#over.resolve();
  }

  fallBehind(): void {
    this.#over.resolve();
  }

  close(reason: CloseReason): void {
    this.#ended ??= reason;
    this.#over.resolve();
  }

  dismiss(): void {
    this.#over.resolve();
  }

  async #catchUp(room: string, after: Cursor | undefined): Promise<CatchUp> {
    const { history, access } = this.dependencies;
    const caughtUp = await history.catchUp(this.identity, room, after);
    // The end may have come while it was looked up: what is no longer theirs is not handed out.
    if (this.#ended && !this.#ended.reconnect) {
      throw new Refusal("unauthorized", "Your session has ended. Sign in again to go on.");
    }
    await access.permit(this.identity, "read", room);
    return caughtUp;
  }
}
