/** What people do with messages that stand: edit, delete, react, pin. */

import type { Access } from "./access.ts";
import type { EventLog } from "./event_log.ts";
import type { Identity } from "./identity.ts";
import type { Limiter } from "./limits.ts";
import { may } from "./permissions.ts";
import {
  type DeleteCommand,
  type EditCommand,
  LIMITS,
  type Message,
  type PinCommand,
  type ReactCommand,
  Refusal,
} from "./protocol.ts";
import type { RoomState } from "./room_states.ts";
import type { Appended, Store } from "./store.ts";
import { gone, notFound } from "./store_rules.ts";

export type Change = EditCommand | DeleteCommand | ReactCommand | PinCommand;

/** Pinned messages in the list of a room. */
const PINS_LISTED = 100;
/** People in the list of who reacted. */
const REACTORS_LISTED = 1_000;

export class Messages {
  constructor(
    private readonly store: Store,
    private readonly events: EventLog,
    private readonly access: Access,
    private readonly limiter: Limiter,
  ) {}

  /** Changes a message. Resolves when that is kept and on its way to everybody. */
  async change(who: Identity, change: Change): Promise<Appended> {
    const state = await this.access.permit(who, "post", change.room);
    this.limiter.message(who);
    const message = await this.#find(change.room, change.target);
    mayChange(who, change, message, state);
    const { mentions: _, ...draft } = { mentions: undefined, ...change };
    return await this.events.commit({ ...draft, user: who.user });
  }

  /** The messages at these positions, as they stand. */
  async at(who: Identity, room: string, seqs: readonly number[]): Promise<Message[]> {
    await this.access.permit(who, "read", room);
    return await this.store.messages(room, seqs);
  }

  /** The pinned messages, the last pinned first. */
  async pins(who: Identity, room: string): Promise<Message[]> {
    await this.access.permit(who, "read", room);
    return await this.store.pins(room, PINS_LISTED);
  }

  /** Everybody who put an emoji on a message. */
  async reactors(who: Identity, room: string, seq: number, emoji: string) {
    await this.access.permit(who, "read", room);
    return await this.store.reactors(room, seq, emoji, REACTORS_LISTED);
  }

  async #find(room: string, seq: number): Promise<Message> {
    const [message] = await this.store.messages(room, [seq]);
    if (!message) throw notFound();
    return message;
  }
}

/** Throws the refusal of what somebody may not do with a message. */
function mayChange(who: Identity, change: Change, message: Message, state: RoomState): void {
  const isAuthor = message.user.id === who.user.id;
  switch (change.type) {
    case "edit":
      if (!isAuthor) {
        throw new Refusal("forbidden", "Only who has said something may edit it.");
      }
      return mustBeInTime(message, state);
    case "delete":
      if (may(who.grant, "moderate", change.room, state.roles.get(who.user.id))) return;
      if (!isAuthor) {
        throw new Refusal("forbidden", "Only who has said it, and moderators, may delete it.");
      }
      return mustBeInTime(message, state);
    case "react": {
      if (message.deleted) throw gone();
      const reactions = message.reactions ?? [];
      const isNew = change.on && !reactions.some(({ emoji }) => emoji === change.emoji);
      if (isNew && reactions.length >= LIMITS.reactionsPerMessage) {
        throw new Refusal(
          "forbidden",
          `A message has at most ${LIMITS.reactionsPerMessage} different reactions.`,
        );
      }
      return;
    }
    case "pin":
      return;
  }
}

function mustBeInTime({ timestamp }: Message, { settings: { editMinutes } }: RoomState): void {
  if (editMinutes === undefined || Date.now() - timestamp <= editMinutes * 60_000) return;
  const minutes = editMinutes === 1 ? "one minute" : `${editMinutes} minutes`;
  throw new Refusal(
    "too_late",
    editMinutes === 0
      ? "In this room, what was said stays as it is."
      : `In this room a message can be changed for ${minutes} after it was sent.`,
  );
}
