/** What a log says by itself, as simply as it can be told: against it, what a store says is held. */

import type { LogEvent, Message, RoomSettings } from "../../server/protocol.ts";
import type { MemberRecord } from "../../server/store.ts";
import { changedSettings } from "../../server/store_rules.ts";

/** The messages as they stand after all of a room's events, oldest first. */
export function foldMessages(events: readonly LogEvent[]): Message[] {
  const messages = new Map<number, Message>();
  for (const event of events) {
    if (event.type === "chat") messages.set(event.seq, structuredClone(event));
    if (!("target" in event)) continue;
    const message = messages.get(event.target)!;
    if (!message.deleted) messages.set(event.target, changed(message, event));
  }
  return [...messages.values()];
}

function changed(
  { mentions, edited, reactions = [], pinned, ...message }: Message,
  event: LogEvent,
): Message {
  if (event.type === "delete") {
    const { type, room, seq, timestamp, user, id } = message;
    return { type, room, seq, timestamp, user, id, message: "", deleted: true };
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
