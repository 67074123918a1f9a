/** What a log says by itself, as simply as it can be told: against it, what a store says is held. */

import { assertEquals } from "@std/assert";
import {
  LIMITS,
  type LogEvent,
  type Message,
  type Reactors,
  type RoomSettings,
} from "../../server/protocol.ts";
import type { MemberRecord } from "../../server/store.ts";
import { changedSettings } from "../../server/store_rules.ts";

/** The messages as they stand after all of a room's events, oldest first. */
export function foldMessages(events: readonly LogEvent[]): Message[] {
  return foldReactors(events).map(shown);
}

/** The same with everybody who reacted. */
export function foldReactors(events: readonly LogEvent[]): FoldedMessage[] {
  const messages = new Map<number, FoldedMessage>();
  for (const event of events) {
    if (event.type === "chat") messages.set(event.seq, structuredClone(event));
    if (!("target" in event)) continue;
    const message = messages.get(event.target)!;
    // The log says of what was deleted since that it was; the event says by whom.
    if (!message.deleted || event.type === "delete") {
      messages.set(event.target, changed(message, event));
    }
  }
  return [...messages.values()];
}

/** A message with everybody who reacted, however many. */
type FoldedMessage = Omit<Message, "reactions"> & { reactions?: Reactors[] };

/** Only few people are named. */
function shown({ reactions, ...message }: FoldedMessage): Message {
  if (!reactions) return message;
  const total = reactions.reduce((sum, { count }) => sum + count, 0);
  const named = total <= LIMITS.reactionPeople;
  return {
    ...message,
    reactions: named ? reactions : reactions.map(({ emoji, count }) => ({ emoji, count })),
  };
}

function changed(
  { mentions, edited, reactions = [], pinned, ...message }: FoldedMessage,
  event: LogEvent,
): FoldedMessage {
  if (event.type === "delete") {
    const { type, room, seq, timestamp, user, id } = message;
    const left = { type, room, seq, timestamp, user, id, message: "", deleted: true as const };
    return event.user.id === user.id ? left : { ...left, deletedBy: event.user };
  }
  if (event.type === "edit") {
    message.message = event.message;
    mentions = event.mentions;
    edited = event.timestamp;
  }
  if (event.type === "pin") pinned = event.on || undefined;
  if (event.type === "react") {
    const { emoji, user, on } = event;
    const all = reactions.some((each) => each.emoji === emoji)
      ? reactions
      : [...reactions, { emoji, count: 0, people: [] }];
    reactions = all.map((each) => {
      if (each.emoji !== emoji) return each;
      const others = each.people.filter(({ id }) => id !== user.id);
      const isThere = others.length < each.people.length;
      const people = !on ? others : isThere ? each.people : [...others, user];
      return { emoji, count: people.length, people };
    }).filter(({ count }) => count > 0);
    assertEquals(event.count, reactions.find((each) => each.emoji === emoji)?.count ?? 0);
  }
  return {
    ...message,
    ...(mentions ? { mentions } : {}),
    ...(edited === undefined ? {} : { edited }),
    ...(reactions.length > 0 ? { reactions } : {}),
    ...(pinned ? { pinned } : {}),
  };
}

/** Settings and members as they stand after all of a room's events. */
export function foldRoom(
  events: readonly LogEvent[],
): { settings: RoomSettings; members: MemberRecord[] } {
  let settings: RoomSettings = {};
  const members = new Map<string, MemberRecord>();
  for (const event of events) {
    const since = event.timestamp;
    if (event.type === "room") {
      settings = changedSettings(settings, event.settings);
      for (const member of event.members ?? []) {
        members.set(member.user.id, { ...member, since });
      }
    }
    if (event.type !== "member") continue;
    if (event.role === null) members.delete(event.member.id);
    else members.set(event.member.id, { user: event.member, role: event.role, since });
  }
  return { settings, members: [...members.values()] };
}
