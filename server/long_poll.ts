/** Long-polling: one request that answers as soon as something is said in a room. */

import type { Batch } from "./batch.ts";
import type { CatchUp, Chat } from "./chat.ts";
import type { Connection } from "./connections.ts";
import type { Hub } from "./hub.ts";
import type { Peer } from "./peer.ts";
import { type CloseReason, type Cursor, Refusal } from "./protocol.ts";

export class LongPoll implements Peer, Connection {
  readonly id = "long-poll";
  readonly rooms = new Set<string>();
  readonly buffered = 0;
  /** Resolves when there is no more reason to wait. */
  readonly #over = Promise.withResolvers<void>();
  #ended: CloseReason | undefined;

  constructor(private readonly chat: Pick<Chat, "catchUp">, private readonly hub: Hub) {}

  /**
   * What came after `after`, waiting at most `wait` milliseconds for something to come. Without a cursor
   * the last page is there at once. Ends early, with nothing, when `signal` aborts, and rejects with
   * `unauthorized` when it is closed for somebody who may not come back. Called once.
   */
  async answer(
    room: string,
    after: Cursor | undefined,
    wait: number,
    signal: AbortSignal,
  ): Promise<CatchUp> {
    const wake = () => this.#over.resolve();
    const timer = setTimeout(wake, signal.aborted ? 0 : wait);
    signal.addEventListener("abort", wake);
    try {
      // Listening before looking, so that nothing falls in between.
      await this.hub.attach(room, this);
      const caughtUp = await this.#catchUp(room, after);
      if (caughtUp.events?.length !== 0) return caughtUp;
      await this.#over.promise;
      return await this.#catchUp(room, after);
    } finally {
      clearTimeout(timer);
      // The signal outlives the request where it is also that of the server's stop.
      signal.removeEventListener("abort", wake);
      this.hub.forget(this);
    }
  }

  deliver({ events }: Batch): void {
    if (events.length > 0) this.#over.resolve();
  }

  signal(): void {}

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
    const caughtUp = await this.chat.catchUp(room, after);
    // The end may have come while it was looked up: what is no longer theirs is not handed out.
    if (this.#ended && !this.#ended.reconnect) {
      throw new Refusal("unauthorized", "Your session has ended. Sign in again to go on.");
    }
    return caughtUp;
  }
}
