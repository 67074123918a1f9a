/**
 * What every implementation of `Store` does and says alike, so that none of them drifts.
 */

import {
  type ChatEvent,
  type DeleteEvent,
  type EditEvent,
  LIMITS,
  type LogEvent,
  type Member,
  type MemberEvent,
  type Mention,
  type Message,
  type PinEvent,
  type ReactEvent,
  type Reaction,
  Refusal,
  type RoomEvent,
  type RoomSettings,
  type SettingsChange,
  type User,
} from "./protocol.ts";
import type { Draft, Page, PagePlace, ReactDraft } from "./store.ts";

/** A random name for a new history: 12 characters of `[A-Za-z0-9_-]`, 72 bits. */
export function newEpoch(): string {
  return crypto.getRandomValues(new Uint8Array(9)).toBase64({ alphabet: "base64url" });
}

/**
 * The event that a draft becomes at its place in the log. Shares nothing with the draft.
 *
 * @param count how many people have the emoji of a reaction on the message then
 */
export function eventOf(draft: Draft, seq: number, timestamp: number, count = 0): LogEvent {
  const { type, room, user, id } = draft;
  const place = { room, seq, timestamp, user: { ...user }, id };
  switch (type) {
    case "chat": {
      const event: ChatEvent = { type, ...place, message: draft.message };
      if (draft.bytes !== undefined) event.bytes = draft.bytes;
      if (draft.replyTo !== undefined) event.replyTo = draft.replyTo;
      if (draft.mentions) event.mentions = copiesOf(draft.mentions);
      return event;
    }
    case "edit": {
      const event: EditEvent = { type, ...place, target: draft.target, message: draft.message };
      if (draft.mentions) event.mentions = copiesOf(draft.mentions);
      return event;
    }
    case "delete":
      return { type, ...place, target: draft.target };
    case "react":
      return { type, ...place, target: draft.target, emoji: draft.emoji, on: draft.on, count };
    case "pin":
      return { type, ...place, target: draft.target, on: draft.on };
    case "room":
      return {
        type,
        ...place,
        ...(draft.created === undefined ? {} : { created: draft.created }),
        settings: { ...draft.settings },
        ...(draft.members === undefined ? {} : { members: structuredClone(draft.members) }),
      };
    case "member":
      return { type, ...place, member: { ...draft.member }, role: draft.role };
  }
}

function copiesOf(mentions: readonly Mention[]): Mention[] {
  return mentions.map((mention) => ({ ...mention }));
}

/** Whether a draft that has the author and id of a kept event says the same: then it is a retry. */
export function isRetry(draft: Draft, kept: LogEvent): boolean {
  if (draft.type !== kept.type || draft.room !== kept.room) return false;
  switch (draft.type) {
    case "chat": {
      const event = kept as ChatEvent;
      if (event.deleted) return true;
      return draft.message === event.message && draft.replyTo === event.replyTo;
    }
    case "edit": {
      const event = kept as EditEvent;
      return draft.target === event.target && (event.deleted || draft.message === event.message);
    }
    case "delete":
      return draft.target === (kept as DeleteEvent).target;
    case "react": {
      const { target, emoji, on } = kept as ReactEvent;
      return draft.target === target && draft.emoji === emoji && draft.on === on;
    }
    case "pin": {
      const { target, on } = kept as PinEvent;
      return draft.target === target && draft.on === on;
    }
    case "room": {
      const { created, settings, members } = kept as RoomEvent;
      return draft.created === created && areSame(draft.settings, settings) &&
        rolesOf(draft.members) === rolesOf(members);
    }
    case "member": {
      const { member, role } = kept as MemberEvent;
      return draft.member.id === member.id && draft.role === role;
    }
  }
}

/** Who is what, whatever they are called. */
function rolesOf(members: readonly Member[] | undefined): string {
  return JSON.stringify(members?.map(({ user, role }) => [user.id, role]) ?? null);
}

function areSame(one: SettingsChange, other: SettingsChange): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)] as (keyof SettingsChange)[]);
  return [...names].every((name) => one[name] === other[name]);
}

/** Settings after a change; what is null or an empty text is no longer set. */
export function changedSettings(settings: RoomSettings, change: SettingsChange): RoomSettings {
  const entries = Object.entries({ ...settings, ...change })
    .filter(([, value]) => value !== null && value !== undefined && value !== "");
  return Object.fromEntries(entries) as RoomSettings;
}

/** An event without its text, as it stands in the log once its message was deleted. */
export function blanked(event: ChatEvent | EditEvent): ChatEvent | EditEvent {
  const { room, seq, timestamp, user, id } = event;
  const place = { room, seq, timestamp, user, id, message: "", deleted: true as const };
  return event.type === "chat"
    ? { type: "chat", ...place }
    : { type: "edit", ...place, target: event.target };
}

/** A message once somebody has deleted it: who that was stays where it was not the author. */
export function deletedBy(user: User, message: Message): Message {
  const left = blanked(message) as ChatEvent;
  return user.id === message.user.id ? left : { ...left, deletedBy: user };
}

/** Whether a message's reactions are few enough to name everybody. */
export function areNamed(reactions: readonly Pick<Reaction, "count">[]): boolean {
  return reactions.reduce((sum, { count }) => sum + count, 0) <= LIMITS.reactionPeople;
}

/** Whether somebody was taken out of a room by somebody else. */
export function isRemoval({ user, member, role }: MemberEvent): boolean {
  return role === null && user.id !== member.id;
}

/** Names the conversation of some people, whatever their order. User ids have no spaces. */
export function conversationKey(userIds: readonly string[]): string {
  return userIds.toSorted().join(" ");
}

/** Names the conversation that a room is of which these are the members. */
export function conversationOf(members: readonly Member[]): string {
  return conversationKey(members.map(({ user }) => user.id));
}

/** A page as a cut through a log: so many messages before a position, so many from it on. */
export interface PageCut {
  seq: number;
  before: number;
  from: number;
}

/**
 * Where the page of a place is cut.
 *
 * @param head the last position of the room
 * @param firstSince the first position written at or after a moment; `head + 1` where there is none
 */
export function cutOf(
  place: PagePlace,
  limit: number,
  head: number,
  firstSince: (timestamp: number) => number,
): PageCut {
  switch (place.at) {
    case "end":
      return { seq: head + 1, before: limit, from: 0 };
    case "before":
      return { seq: place.seq, before: limit, from: 0 };
    case "after":
      return { seq: place.seq + 1, before: 0, from: limit };
    case "around": {
      const before = Math.floor(limit / 2);
      return { seq: place.seq, before, from: limit - before };
    }
    case "time":
      return { seq: firstSince(place.timestamp), before: 0, from: limit };
  }
}

/** A stretch of a log, from the position after `after` up to the one before `before`. */
export interface Stretch {
  after: number;
  before: number;
}

/**
 * The stretch of a log that a page stands for: whoever reads page after page, in either direction, has
 * been shown all of the log.
 *
 * @param next the position of the message after those of the page, where there is one
 */
export function stretchOf(
  place: PagePlace,
  { messages, head, older }: Pick<Page, "messages" | "head" | "older">,
  next: number | undefined,
): Stretch {
  const before = next ?? head + 1;
  if (place.at === "after") return { after: place.seq, before };
  return { after: older ? messages[0]?.seq ?? head : 0, before };
}

/**
 * The first position from 1 to `head` that was written at or after a moment, `head + 1` where there
 * is none. Halves the range each time, as timestamps never go back within a room.
 */
export function firstSince(
  timestamp: number,
  head: number,
  timestampAt: (seq: number) => number,
): number {
  let low = 1;
  let high = head + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (timestampAt(middle) < timestamp) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The refusal of a draft whose id its author has used before for something else. */
export function conflict(): Refusal {
  return new Refusal(
    "conflict",
    "This id was used before for something else. Send it again with a new id.",
  );
}

/** The refusal of what is about a message that is not there. */
export function notFound(): Refusal {
  return new Refusal("not_found", "There is no such message in this room.");
}

/** The refusal of what is about a message that was deleted. */
export function gone(): Refusal {
  return new Refusal("gone", "This message was deleted.");
}

/** Whether a reaction would be one emoji more than a message may have, which has these. */
export function isOneTooMany(
  { emoji, on }: ReactDraft,
  standing: readonly Reaction[] = [],
): boolean {
  return on && standing.length >= LIMITS.reactionsPerMessage &&
    !standing.some((reaction) => reaction.emoji === emoji);
}

/** The refusal of one emoji more than a message may have. */
export function tooManyReactions(): Refusal {
  return new Refusal(
    "forbidden",
    `A message has at most ${LIMITS.reactionsPerMessage} different reactions.`,
  );
}

/** The refusal of one edit more than a message may have. */
export function tooManyEdits(): Refusal {
  return new Refusal(
    "forbidden",
    `This message was edited ${LIMITS.editsPerMessage} times and stays as it is. Write another one.`,
  );
}

/** The refusal of creating a room that is there. */
export function roomExists(): Refusal {
  return new Refusal("room_exists", "There is a room of this name already. Please choose another.");
}

/** The refusal of every call after `close`. */
export function closed(): Refusal {
  return new Refusal("unavailable", "This server is shutting down. Please try again in a moment.");
}
