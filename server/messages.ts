/** What people do with messages that stand: edit, delete, react, pin. */

import type { Access } from "./access.ts";
import type { EventLog } from "./event_log.ts";
import type { Identity } from "./identity.ts";
import type { Limiter } from "./limits.ts";
import type { Mentions } from "./mentions.ts";
import { withOwnReactions } from "./own_reactions.ts";
import { may, mustBeSignedIn } from "./permissions.ts";
import {
  type DeleteCommand,
  type EditCommand,
  type Message,
  type PinCommand,
  type ReactCommand,
  type Reactors,
  Refusal,
  type User,
} from "./protocol.ts";
import type { RoomState } from "./room_states.ts";
import type { Appended, Draft, Store } from "./store.ts";
import { gone, notFound } from "./store_rules.ts";

export type Change = EditCommand | DeleteCommand | ReactCommand | PinCommand;

/** Ids of people whom a text may name; of the changes only an edit has one. */
type Mentioning = Pick<EditCommand, "mentions">;

/** Messages as they stand. */
export interface Standing {
  /** The position as of which they do; what comes after it may be in them already. */
  head: number;
  messages: Message[];
}

/** Pinned messages in the list of a room. */
const PINS_LISTED = 100;
/** People in the list of who put one emoji on a message. */
const REACTORS_LISTED = 1_000;
/** People for each emoji in the list of all reactions of a message. */
const REACTORS_NAMED = 50;

export class Messages {
  constructor(
    private readonly store: Store,
    private readonly events: EventLog,
    private readonly access: Access,
    private readonly mentions: Mentions,
    private readonly limiter: Limiter,
  ) {}

  /**
   * Changes a message. Resolves when that is kept and on its way to everybody; a retry resolves to what
   * is there and is not sent again. Only for people whom the server knows again, as their reactions
   * count and their messages stay theirs.
   */
  async change(
    who: Identity,
    { mentions: ids, ...change }: Change & Mentioning,
  ): Promise<Appended> {
    const draft: Draft = { ...change, user: who.user };
    let state: RoomState;
    try {
      state = await this.access.permit(who, "post", change.room);
      mustBeSignedIn(who);
      this.limiter.message(who);
      mayChange(who, change, await this.#find(change.room, change.target), state);
    } catch (refusal) {
      return await this.events.orKept(draft, refusal);
    }
    if (draft.type !== "edit") return await this.events.commit(draft);
    const mentions = await this.mentions.in(draft.message, who, state, ids);
    return await this.events.commit(mentions ? { ...draft, mentions } : draft);
  }

  /** The messages at these positions. */
  async at(who: Identity, room: string, seqs: readonly number[]): Promise<Standing> {
    await this.access.permit(who, "read", room);
    const head = await this.store.head(room);
    return { head, messages: await this.#seenBy(who, room, this.store.messages(room, seqs)) };
  }

  /** The pinned messages, the last pinned first. */
  async pins(who: Identity, room: string): Promise<Standing> {
    await this.access.permit(who, "read", room);
    const head = await this.store.head(room);
    return { head, messages: await this.#seenBy(who, room, this.store.pins(room, PINS_LISTED)) };
  }

  /** Everybody who put an emoji on a message. */
  async reactors(who: Identity, room: string, seq: number, emoji: string): Promise<User[]> {
    await this.access.permit(who, "read", room);
    await this.#find(room, seq);
    return await this.store.reactors(room, seq, emoji, REACTORS_LISTED);
  }

  /** Everything that people put on a message, in the order in which each emoji came first. */
  async reactions(who: Identity, room: string, seq: number): Promise<Reactors[]> {
    await this.access.permit(who, "read", room);
    const { reactions = [] } = await this.#find(room, seq);
    return await Promise.all(reactions.map(async ({ emoji, count }) => ({
      emoji,
      count,
      people: await this.store.reactors(room, seq, emoji, REACTORS_NAMED),
    })));
  }

  /** They may stand far from one another, so each is looked up by itself. */
  async #seenBy(who: Identity, room: string, found: Promise<Message[]>): Promise<Message[]> {
    const seen = (await found).map((message) => withOwnReactions(this.store, who, room, [message]));
    return (await Promise.all(seen)).flat();
  }

  async #find(room: string, seq: number): Promise<Message> {
    const [message] = await this.store.messages(room, [seq]);
    if (!message) throw notFound();
    if (message.deleted) throw gone();
    return message;
  }
}

/** Throws the refusal of what somebody may not do with a message. */
function mayChange(
  who: Identity,
  { type, room }: Pick<Change, "type" | "room">,
  message: Message,
  state: RoomState,
): void {
  const isAuthor = message.user.id === who.user.id;
  switch (type) {
    case "edit":
      if (!isAuthor) {
        throw new Refusal("forbidden", "Only who has said something may edit it.");
      }
      if (message.bytes !== undefined) {
        throw new Refusal("forbidden", "This message stands for data and has no text to edit.");
      }
      return mustBeInTime(message, state);
    case "delete":
      if (may(who.grant, "moderate", room, state.roles.get(who.user.id))) return;
      if (!isAuthor) {
        throw new Refusal("forbidden", "Only who has said it, and moderators, may delete it.");
      }
      return mustBeInTime(message, state);
    case "react":
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
