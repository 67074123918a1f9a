/**
 * Where conversations are kept: one log of events per room, and how rooms, members and messages stand
 * after them. Implementations: `store_memory.ts`, `store_sqlite.ts`. All pass `tests/contract/store.ts`.
 */

import type { InviteRegistry } from "./invites.ts";
import type { NameRegistry } from "./names.ts";
import type { PeopleDirectory } from "./people.ts";
import type { Places } from "./places.ts";
import type {
  ChatEvent,
  DeleteEvent,
  EditEvent,
  LogEvent,
  Member,
  MemberEvent,
  Message,
  PinEvent,
  ReactEvent,
  RoomEvent,
  RoomKind,
  RoomRole,
  RoomSettings,
  SettingEvent,
  User,
} from "./protocol.ts";

/** An event on its way into the log: everything but its place there. */
type DraftOf<Event> = Omit<Event, "seq" | "timestamp" | "deleted" | "count">;

/** Something said. `(user.id, id)` is one event for ever, of whatever type. */
export type ChatDraft = DraftOf<ChatEvent>;
export type EditDraft = DraftOf<EditEvent>;
export type DeleteDraft = DraftOf<DeleteEvent>;
export type ReactDraft = DraftOf<ReactEvent>;
export type PinDraft = DraftOf<PinEvent>;
/** With `created: "direct"`, `members` are the people of the conversation: there is one for them all. */
export type RoomDraft = DraftOf<RoomEvent>;
/** `invite`: the token of the link by which somebody came. It is kept, and never told. */
export type MemberDraft = DraftOf<MemberEvent> & { invite?: string };

export type Draft =
  | ChatDraft
  | EditDraft
  | DeleteDraft
  | ReactDraft
  | PinDraft
  | RoomDraft
  | MemberDraft;

/** What became of a draft. */
export interface Appended {
  event: LogEvent;
  /** The event was there before: this was a retry. */
  repeated: boolean;
  /** Ids of people onto whose list a message has put their conversation back. */
  relisted?: string[];
}

/** A part of a room's log. */
export interface Replay {
  /** In order, without holes, starting right after the position asked for. */
  events: LogEvent[];
  /** The last position of the room when this was read; greater than the last event's if cut. */
  head: number;
}

/** Where a page of messages is taken from. Positions are `seq`; at most one of the fields. */
export type PagePlace =
  | { at: "end" }
  | { at: "before"; seq: number }
  | { at: "after"; seq: number }
  /** Half before, half from there on. */
  | { at: "around"; seq: number }
  /** From the first message of that moment (milliseconds) on. */
  | { at: "time"; timestamp: number };

/** Notices that come with a page. */
export const NOTICES_MOST = 50;

export interface Page {
  /** Oldest first. */
  messages: Message[];
  /**
   * What happened to the room itself in the stretch of the page, which goes up to the next message, and
   * begins with the first of these, with the position that the page comes after, or with the room.
   * Oldest first, at most the last `NOTICES_MOST`.
   */
  notices: SettingEvent[];
  /** The log position as of which the messages stand. */
  head: number;
  /** Whether there are older ones than the first, newer ones than the last. */
  older: boolean;
  newer: boolean;
}

/** An emoji that somebody has put on the message at a position. */
export interface OwnReaction {
  seq: number;
  emoji: string;
}

/** A room as it stands. */
export interface RoomRecord {
  room: string;
  kind: RoomKind;
  settings: RoomSettings;
  /** The last position of its log. */
  head: number;
  /** When the last event was written, in milliseconds. */
  timestamp: number;
  /** The people of a conversation between people, in the order of their ids; only there. */
  people?: Member[];
}

/** Which of the public rooms. */
export interface RoomQuery {
  /** Only those whose id or title has this text in it, whatever the case. */
  filter?: string;
  /** Only those that come after this one in the order of the list. */
  after?: Pick<RoomRecord, "room" | "timestamp">;
  limit: number;
}

/** A member, and how they came. */
export interface MemberRecord extends Member {
  /** When they came or their role changed last, in milliseconds. */
  since: number;
}

/**
 * What an implementation keeps:
 *
 * - **Durable.** `append` resolves only when the event would survive the loss of the process (and,
 *   for the implementations that say so, of power).
 * - **Atomic.** The log and what stands after it change together or not at all.
 * - **Dense.** `seq` is 1, 2, 3 … in each room, over events of all types; a refused append takes none.
 * - **In order.** Appends of one caller are written in the order in which `append` was called, and
 *   their promises settle in that order. `timestamp` never goes back within a room.
 * - **Idempotent.** The same `(user.id, id)` saying the same resolves to the event that is there,
 *   `repeated`; saying something else it rejects with `conflict`. A name that changed in between makes
 *   no difference, nor that the text was deleted since.
 * - **What stands.** An edit changes a message's text, mentions and `edited`; a delete blanks the text of
 *   the message and of its edits in the log too, and takes its mentions, reactions and pin away; a
 *   reaction or pin that is as asked already changes nothing but takes a position. A message says who
 *   deleted it where that was somebody else, and who reacted only while it has at most
 *   `LIMITS.reactionPeople` reactions; whose the reader's are is never in it. What has a target
 *   that is no message of the room rejects with `not_found`, one that was deleted with `gone`
 *   (taking a reaction or a pin off it, too); one emoji more than `LIMITS.reactionsPerMessage`, and one
 *   edit more than `LIMITS.editsPerMessage`, with `forbidden`: a delete has to blank them all at once.
 * - **Rooms.** A room is there from its first event on, whatever that is. A draft with `created` for a
 *   room that is there rejects with `room_exists`. `created: "direct"` for people who have a
 *   conversation already resolves to the event with which that one began, `repeated`, whatever its room.
 * - **Members.** Whoever becomes a member, in whatever role, has the room on their list; whoever is no
 *   longer one has it off. A message in a conversation puts it back on the list of all its people.
 * - **A failure keeps nothing.** A rejected append left no trace and took no `seq`, except for
 *   `unavailable`, after which nobody knows: retry with the same id.
 *   Rejections are `Refusal`s: `storage_full`, `unavailable` and those named above.
 * - **Reads see every settled append**, and never half of one.
 */
export interface Store {
  /** Names this history. Another epoch means that positions of before mean nothing. */
  readonly epoch: string;
  /** Who may be called what, and more of what is kept where the messages are. */
  readonly names: NameRegistry;
  readonly people: PeopleDirectory;
  readonly places: Places;
  readonly invites: InviteRegistry;
  append(draft: Draft): Promise<Appended>;
  /** At most `limit` events of the room after `seq`. A room that does not exist is empty. */
  since(room: string, seq: number, limit: number): Promise<Replay>;
  /** What somebody has done under an id; as it stands in the log now. */
  find(userId: string, id: string): Promise<LogEvent | undefined>;
  /** At most `limit` messages. */
  page(room: string, place: PagePlace, limit: number): Promise<Page>;
  /** The messages at these positions, as they stand, in order; those that are none are left out. */
  messages(room: string, seqs: readonly number[]): Promise<Message[]>;
  /** The pinned messages, the last pinned first, at most `limit`. */
  pins(room: string, limit: number): Promise<Message[]>;
  /** Which emoji somebody has put on the messages from one position to another, both included. */
  reacted(userId: string, room: string, first: number, last: number): Promise<OwnReaction[]>;
  /** Everybody who put an emoji on a message, the first first, at most `limit`. */
  reactors(room: string, seq: number, emoji: string, limit: number): Promise<User[]>;
  /** The last position of a room, 0 for one in which nothing happened. */
  head(room: string): Promise<number>;
  /** Undefined where nothing ever happened. */
  room(room: string): Promise<RoomRecord | undefined>;
  /** Public rooms in which something happened, the most recent first. */
  rooms(query: RoomQuery): Promise<RoomRecord[]>;
  /** The room of the conversation of these people, in whatever order; undefined where they have none. */
  conversation(userIds: readonly string[]): Promise<string | undefined>;
  /** Everybody who has a role in a room, in the order of their coming. */
  members(room: string): Promise<MemberRecord[]>;
  /** Somebody's role in a room. */
  role(room: string, userId: string): Promise<RoomRole | undefined>;
  /** Finishes what was begun, then frees everything. Later calls reject. */
  close(): Promise<void>;
}
