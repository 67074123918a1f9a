/**
 * What people say. Every transport enters here, and nothing is shown to anybody before it is kept.
 */

import type { Access } from "./access.ts";
import type { RawFrame } from "./bus.ts";
import type { EventLog } from "./event_log.ts";
import type { Identity } from "./identity.ts";
import type { Limiter } from "./limits.ts";
import type { Lists } from "./lists.ts";
import type { Mentions } from "./mentions.ts";
import type { LogEvent } from "./protocol.ts";
import type { RoomState } from "./room_states.ts";
import type { Appended, ChatDraft, Store } from "./store.ts";
import { gone, notFound } from "./store_rules.ts";

/** Something to say, as it comes from any transport. `mentions`: ids of people whom it may name. */
export type Saying = Omit<ChatDraft, "type" | "user" | "mentions"> & { mentions?: string[] };

export class Chat {
  constructor(
    private readonly store: Store,
    private readonly events: EventLog,
    private readonly access: Access,
    private readonly lists: Lists,
    private readonly mentions: Mentions,
    private readonly limiter: Limiter,
  ) {}

  /**
   * Says something. Resolves when it is kept and on its way to everybody; a retry resolves to what is
   * there and is not sent again. `raw` makes the frame for plain sockets where it came from one.
   */
  async post(
    who: Identity,
    { room, id, message, replyTo, bytes, mentions: ids }: Saying,
    raw?: (event: LogEvent) => RawFrame,
  ): Promise<Appended> {
    const draft: ChatDraft = { type: "chat", user: who.user, room, id, message };
    if (replyTo !== undefined) draft.replyTo = replyTo;
    if (bytes !== undefined) draft.bytes = bytes;
    let state: RoomState;
    try {
      state = await this.access.permit(who, "post", room);
      this.limiter.message(who);
      if (replyTo !== undefined) await this.#mustStand(room, replyTo);
    } catch (refusal) {
      return await this.events.orKept(draft, refusal);
    }
    const found = this.mentions.in(message, who, state, ids);
    // Not awaited where it is known: messages of one connection stay in their order.
    const mentions = found instanceof Promise ? await found : found;
    if (mentions) draft.mentions = mentions;
    const appended = await this.events.commit(draft, raw);
    for (const id of appended.relisted ?? []) await this.lists.tell(id, room);
    return appended;
  }

  /** Refuses an answer to what is no message, or no longer one. */
  async #mustStand(room: string, seq: number): Promise<void> {
    const [message] = await this.store.messages(room, [seq]);
    if (!message) throw notFound();
    if (message.deleted) throw gone();
  }

  /** Passes a plain frame on to the plain sockets of a room; nothing is kept. */
  async passOn(who: Identity, room: string, raw: RawFrame): Promise<void> {
    await this.access.permit(who, "post", room);
    this.limiter.message(who);
    this.events.publish(room, { kind: "raw", raw });
  }

  /** Tells everybody in a room that somebody is typing. */
  async typing(who: Identity, room: string): Promise<void> {
    await this.access.permit(who, "post", room);
    this.limiter.typing(who);
    this.events.publish(room, {
      kind: "signal",
      signal: { type: "typing", room, user: who.user },
    });
  }
}
