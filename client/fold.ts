/** What an event does to a message: the same on every screen as in the server's pages. No DOM. */

import type {
  DeleteEvent,
  EditEvent,
  LogEvent,
  Message,
  PinEvent,
  ReactEvent,
  Reaction,
  User,
} from "../server/protocol.ts";
import { LIMITS } from "../server/protocol.ts";

/** An event about a message that stands. */
export type ChangeEvent = EditEvent | DeleteEvent | ReactEvent | PinEvent;

export function isChange(event: LogEvent): event is ChangeEvent {
  return "target" in event;
}

/** The message as it stands after an event; the same object where that changes nothing. */
export function folded(message: Message, event: ChangeEvent): Message {
  if (message.deleted) return message;
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
      return { type, room, seq, timestamp, user, id, message: "", deleted: true };
    }
    case "react": {
      const { reactions = [], ...rest } = message;
      const changed = reacted(reactions, event.emoji, event.user, event.on);
      return changed.length > 0 ? { ...rest, reactions: changed } : rest;
    }
    case "pin": {
      const { pinned: _, ...rest } = message;
      return event.on ? { ...rest, pinned: true } : rest;
    }
  }
}

function reacted(
  reactions: readonly Reaction[],
  emoji: string,
  user: User,
  on: boolean,
): Reaction[] {
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  if (!known) return on ? [...reactions, { emoji, count: 1, people: [user] }] : [...reactions];
  const isThere = known.people.some(({ id }) => id === user.id);
  if (isThere === on) return [...reactions];
  // Of more than are named nobody knows here whether this one was among them; the next page does.
  const people = on
    ? [...known.people, user].slice(0, LIMITS.reactionPeople)
    : known.people.filter(({ id }) => id !== user.id);
  const changed = { emoji, count: known.count + (on ? 1 : -1), people };
  return reactions
    .map((reaction) => reaction === known ? changed : reaction)
    .filter(({ count }) => count > 0);
}
