/** What an event does to a message: the same on every screen as in the server's pages. No DOM. */

import type {
  DeleteEvent,
  EditEvent,
  Message,
  PinEvent,
  ReactEvent,
  Reaction,
  User,
} from "../server/protocol.ts";
import { LIMITS } from "../server/protocol.ts";

/** A reaction as the reader has it: `isOwn` where it is theirs, without a `count` while on its way. */
export type ReactChange = Omit<ReactEvent, "count"> & { count?: number; isOwn?: true };

/** An event about a message that stands. */
export type ChangeEvent = EditEvent | DeleteEvent | ReactChange | PinEvent;

/** An event as the reader has it. */
export function asSeenBy(userId: string | undefined, event: ChangeEvent): ChangeEvent {
  return event.type === "react" && event.user.id === userId ? { ...event, isOwn: true } : event;
}

/** The message as it stands after an event; the same object where that changes nothing. */
export function folded(message: Message, event: ChangeEvent): Message {
  // What was deleted since says in the log that it was; the event says by whom.
  if (message.deleted && event.type !== "delete") return message;
  switch (event.type) {
    case "edit": {
      // Its text is gone from the log, as the message was deleted afterwards.
      if (event.deleted) return message;
      const { mentions: _, ...rest } = message;
      const stands = { ...rest, message: event.message, edited: event.timestamp };
      return event.mentions ? { ...stands, mentions: event.mentions } : stands;
    }
    case "delete": {
      const { type, room, seq, timestamp, user, id } = message;
      const left = { type, room, seq, timestamp, user, id, message: "", deleted: true as const };
      return event.user.id === user.id ? left : { ...left, deletedBy: event.user };
    }
    case "react": {
      const { reactions = [], ...rest } = message;
      const changed = reacted(reactions, event);
      return changed.length > 0 ? { ...rest, reactions: changed } : rest;
    }
    case "pin": {
      const { pinned: _, ...rest } = message;
      return event.on ? { ...rest, pinned: true } : rest;
    }
  }
}

function reacted(reactions: readonly Reaction[], event: ReactChange): Reaction[] {
  const { emoji, user, on, isOwn } = event;
  const known = reactions.find((reaction) => reaction.emoji === emoji) ??
    { emoji, count: 0, people: [] };
  // Whether it changes anything is known of one's own, and others' never are without a count.
  const count = event.count ?? known.count + Number(on) - Number(known.mine ?? false);
  const mine = isOwn ? on : known.mine;
  const people = known.people && reactors(known.people, user, on);
  const changed = {
    emoji,
    count,
    ...(mine ? { mine } : {}),
    ...(people?.length === count ? { people } : {}),
  };
  const all = reactions.some((reaction) => reaction.emoji === emoji)
    ? reactions.map((reaction) => reaction === known ? changed : reaction)
    : [...reactions, changed];
  const standing = all.filter((reaction) => reaction.count > 0);
  const total = standing.reduce((sum, reaction) => sum + reaction.count, 0);
  return total <= LIMITS.reactionPeople ? standing : standing.map(({ people: _, ...rest }) => rest);
}

function reactors(people: readonly User[], user: User, on: boolean): User[] {
  const others = people.filter(({ id }) => id !== user.id);
  if (!on) return others;
  return others.length < people.length ? [...people] : [...people, user];
}
