/** The one way into a room's log: what happens is kept first, then handed to everybody. */

import { setImmediate } from "node:timers/promises";
import type { Bus, Publication, RawFrame } from "./bus.ts";
import type { Hub } from "./hub.ts";
import type { Log } from "./log.ts";
import { type LogEvent, Refusal } from "./protocol.ts";
import type { RoomStates } from "./room_states.ts";
import type { Appended, Draft, Store } from "./store.ts";
import { isRetry } from "./store_rules.ts";

export class EventLog {
  #unsettled = 0;
  #closing = false;
  #onSettled: (() => void) | undefined;

  constructor(
    private readonly store: Store,
    private readonly bus: Bus,
    private readonly hub: Hub,
    private readonly states: RoomStates,
    private readonly log: Log,
  ) {}

  /**
   * Resolves when a draft is kept and on its way to everybody; a retry resolves to what is there and is
   * not sent again. `raw` makes the frame for plain sockets where it came from one.
   */
  async commit(draft: Draft, raw?: (event: LogEvent) => RawFrame): Promise<Appended> {
    if (this.#closing) {
      throw new Refusal("unavailable", "The server is restarting. Please send it again.", 1_000);
    }
    // Counted for an orderly stop, and so that the hub knows what to wait for.
    const settle = this.hub.expect(draft.room);
    this.#unsettled++;
    let appended: Appended;
    try {
      appended = await this.store.append(draft);
    } catch (error) {
      // “Unavailable” may have been kept.
      this.states.doubted(draft);
      throw error;
    } finally {
      settle();
      if (--this.#unsettled === 0) this.#onSettled?.();
    }
    if (appended.repeated) return appended;
    const { event } = appended;
    this.states.noted(event);
    this.publish(
      event.room,
      raw ? { kind: "event", event, raw: raw(event) } : { kind: "event", event },
    );
    return appended;
  }

  /**
   * What is there where something was kept before that is refused by now, as the room or the message is
   * another since: a retry is safe for ever. Rejects with the refusal where there is nothing.
   */
  async orKept(draft: Draft, refusal: unknown): Promise<Appended> {
    if (!(refusal instanceof Refusal) || refusal.code === "rate_limited") throw refusal;
    const event = await this.store.find(draft.user.id, draft.id);
    if (!event || !isRetry(draft, event)) throw refusal;
    return { event, repeated: true };
  }

  /** The log already holds what matters, so a bus that fails delays and never loses. */
  publish(room: string, publication: Publication): void {
    this.bus.publish(room, publication).catch((error) =>
      this.log.warn("not published", { room, error: String(error) })
    );
  }

  /**
   * Takes nothing more, and resolves when all that was taken is kept and handed to everybody who is
   * connected: who goes on posting does not hold up an orderly stop.
   */
  async settled(): Promise<void> {
    // What was received before has been let through by then.
    await setImmediate();
    this.#closing = true;
    if (this.#unsettled > 0) await new Promise<void>((resolve) => this.#onSettled = resolve);
    // What was kept last is published, and its author told, within this turn of the event loop.
    await setImmediate();
    await this.hub.drain();
  }
}
