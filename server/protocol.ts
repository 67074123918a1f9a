/**
 * The wire contract of Parlor: commands, events, codes and limits. What a client sends is parsed in
 * `protocol_parse.ts`. Server and browser client share both files, so they import nothing else.
 *
 * A client frame is one JSON command or an array of them. A server frame is always a JSON array of
 * self-contained events. Sizes are UTF-8 bytes, times are integer milliseconds.
 */

/** The WebSocket subprotocol of this contract. */
export const SUBPROTOCOL = "parlor.v1";

// ---------------------------------------------------------------------------------------------
// Limits

/** What one client may send or ask for at a time. The server tells its values in `welcome`. */
export const LIMITS = {
  /** Longest message text. */
  messageBytes: 16 * 1024,
  /** Longest frame a client may send, and longest HTTP body. */
  frameBytes: 256 * 1024,
  /** Longest binary frame on a plain socket. */
  binaryBytes: 64 * 1024,
  /** Most commands in one array. */
  commandsPerFrame: 100,
  /** Most commands of one connection that wait to be carried out. */
  commandsWaiting: 1_000,
  /** Longest client-chosen message id. */
  idBytes: 64,
  /** Longest display name. */
  nameBytes: 64,
  /** Longest title of a room. */
  titleBytes: 128,
  /** Longest topic of a room. */
  topicBytes: 1024,
  /** Most rooms one connection may be in. */
  roomsPerConnection: 200,
  /** Most missed events that a join replays; someone further behind gets a fresh page. */
  replayEvents: 5_000,
  /** Most messages in one page of history. */
  pageMessages: 200,
  /** Most people in a room whose events name them; of more, the count is told and HTTP has names. */
  peopleListed: 20,
  /** Most people in a conversation between people. */
  peoplePerConversation: 10,
  /** Most people whose status one connection may watch. */
  peopleWatched: 200,
  /** How often one message may be edited. */
  editsPerMessage: 200,
  /** Most different emoji on one message. */
  reactionsPerMessage: 20,
  /** Most reactions of a message that come with names; of more, counts are told and HTTP has names. */
  reactionPeople: 5,
  /** Most people mentioned in one message. */
  mentionsPerMessage: 50,
} as const;

/** Unread messages are counted up to this. */
export const UNREAD_MOST = 100;

export type Limits = { -readonly [Name in keyof typeof LIMITS]: number };

/** How long a `typing` signal holds unless it is repeated, in milliseconds. */
export const TYPING_LASTS = 6_000;

// ---------------------------------------------------------------------------------------------
// Words shared by commands and events

export interface User {
  /** Opaque, and never changes. */
  id: string;
  /** As shown; may change. */
  name: string;
  /** Present where nobody vouches for the name: a plain socket chose it by itself. */
  unverified?: true;
}

const PUBLIC_ROOM = /^[a-z0-9-]{1,64}$/;
const PRIVATE_ROOM = /^~[A-Za-z0-9_-]{1,64}$/;

/** The cookie by which a browser says in which theme its page is to arrive: `light` or `dark`. */
export const THEME_COOKIE = "parlor-theme";

/** The public room in which everybody begins. It is nobody's own. */
export const LOBBY = "lobby";

/** Whether a room id is of the form of a public room: it exists for everybody. */
export function isPublicRoom(room: string): boolean {
  return PUBLIC_ROOM.test(room);
}

/** Whether a room id is of the form of a private room or a conversation between people. */
export function isPrivateRoom(room: string): boolean {
  return PRIVATE_ROOM.test(room);
}

/** Ids of an application's users begin with this, those of guests with other letters. */
export const APPLICATION_PREFIX = "h_";

/** Whether somebody was signed in by the application that this chat belongs to, under its name for them. */
export function isOfApplication({ id }: User): boolean {
  return id.startsWith(APPLICATION_PREFIX);
}

/** `epoch:seq`, a position in a room's log. Another epoch means another history. */
export type Cursor = string;

/** A cursor taken apart. */
export interface Position {
  epoch: string;
  seq: number;
}

export function formatCursor(epoch: string, seq: number): Cursor {
  return `${epoch}:${seq}`;
}

/** The position that a cursor names, or undefined where the text is none. */
export function parseCursor(text: unknown): Position | undefined {
  if (typeof text !== "string" || text.length > 64) return undefined;
  const found = /^([A-Za-z0-9_-]{1,32}):(0|[1-9][0-9]{0,14})$/.exec(text);
  return found ? { epoch: found[1]!, seq: Number(found[2]) } : undefined;
}

/** Whether a room is open to everybody, to its members, or is a conversation between people. */
export type RoomKind = "public" | "private" | "direct";

/** What somebody is in a room, from the most rights to the fewest. */
export const ROOM_ROLES = ["owner", "moderator", "member", "reader"] as const;
export type RoomRole = (typeof ROOM_ROLES)[number];

export interface Member {
  user: User;
  role: RoomRole;
}

/** What can be set for a room. */
export interface RoomSettings {
  /** As shown; the id never changes. Absent: the id is shown. */
  title?: string;
  /** What the room is about. */
  topic?: string;
  /** Nothing more can be said in it. */
  archived?: true;
  /** Minutes in which authors may edit and delete what they said; absent: for ever. */
  editMinutes?: number;
}

/** A change of settings: what is not named stays, null clears. */
export type SettingsChange = { [Name in keyof RoomSettings]?: RoomSettings[Name] | null };

/** A room, as those who may read it see it. */
export interface RoomAbout extends RoomSettings {
  room: string;
  kind: RoomKind;
  /** What the reader is there, by their role or by their token; absent: what everybody is. */
  role?: RoomRole;
  /** Everybody in a conversation between people, the reader too. */
  people?: User[];
}

/** A room in somebody's own list. */
export interface ListedRoom extends RoomAbout {
  /** Where its log stands. */
  cursor: Cursor;
  /** When something last happened in it; 0 where nothing has. */
  timestamp: number;
  /** The last position that the reader has read. */
  read: number;
  /** Messages after it, counted up to `UNREAD_MOST`. */
  unread: number;
  /** How many of those mention the reader, counted alike. */
  mentions: number;
  /** The reader does not want to be told of it. */
  muted?: true;
}

/** Whether somebody is here. `away`: connected, but at no screen. */
export type Status = "online" | "away" | "offline";

// ---------------------------------------------------------------------------------------------
// Commands: client → server

export interface JoinCommand {
  type: "join";
  room: string;
  /** Replay what came after this position. Without it, the last page of messages comes. */
  since?: Cursor;
}

export interface LeaveCommand {
  type: "leave";
  room: string;
}

/** Says something, in a room or `to` people. */
export interface ChatCommand {
  type: "chat";
  /** The client's own unique id: the same id again is the same message, not a second one. */
  id: string;
  room: string;
  message: string;
  /** The position of the message that this one answers. */
  replyTo?: number;
  /** Ids of people whom the text names with `@name`; those in the room are found without it. */
  mentions?: string[];
}

/** Says something to people: in their conversation, which begins with it where there is none. */
export interface DirectCommand extends Omit<ChatCommand, "room" | "replyTo"> {
  /** User ids, without one's own; one of them may be given as a text. */
  to: string[];
}

export interface EditCommand {
  type: "edit";
  id: string;
  room: string;
  /** The position of the message. */
  target: number;
  message: string;
  mentions?: string[];
}

export interface DeleteCommand {
  type: "delete";
  id: string;
  room: string;
  target: number;
}

export interface ReactCommand {
  type: "react";
  id: string;
  room: string;
  target: number;
  emoji: string;
  /** Whether the reaction is to be there; doing it twice changes nothing. */
  on: boolean;
}

export interface PinCommand {
  type: "pin";
  id: string;
  room: string;
  target: number;
  on: boolean;
}

/** How far one has read. Never goes back, except to mark as unread what comes after it. */
export interface ReadCommand {
  type: "read";
  room: string;
  upTo: number;
  unread?: true;
}

/** Whose status is to be told, in place of those before: the people on screen. */
export interface WatchCommand {
  type: "watch";
  people: string[];
}

/** Whether anybody sits at this connection's screen. */
export interface AwayCommand {
  type: "away";
  away: boolean;
}

export interface TypingCommand {
  type: "typing";
  room: string;
}

/** A newer token of the same user, before the one that the connection began with expires. */
export interface TokenCommand {
  type: "token";
  token: string;
}

/** What changes a room's log. Each has an `id`, so that a retry is the same. */
export type LogCommand =
  | ChatCommand
  | DirectCommand
  | EditCommand
  | DeleteCommand
  | ReactCommand
  | PinCommand;

export type Command =
  | LogCommand
  | JoinCommand
  | LeaveCommand
  | TypingCommand
  | ReadCommand
  | WatchCommand
  | AwayCommand
  | TokenCommand;

// ---------------------------------------------------------------------------------------------
// Events: server → client. Clients ignore types that they do not know.

/** First event of every connection: who you are and what holds here. */
export interface WelcomeEvent {
  type: "welcome";
  user: User;
  epoch: string;
  /** A silence of more than twice this, in milliseconds, means that the connection is dead. */
  heartbeat: number;
  limits: Limits;
  /** Names the client build that the server serves, so that an old tab can tell. */
  build: string;
  /**
   * The person's own list of rooms, the most recent first; absent for guests without a session. What is
   * no longer on the list can be told by its absence only where there are not `moreRooms`.
   */
  rooms?: ListedRoom[];
  /** There are more on the list: `GET /api/me/rooms?after=` brings all of them in parts. */
  moreRooms?: true;
}

/** What every event of a room's log has. */
export interface Logged {
  room: string;
  /** Position in the room: 1, 2, 3 … without holes. */
  seq: number;
  /** The server's clock; never goes back within a room. */
  timestamp: number;
  /** Who did it. */
  user: User;
  /** The id that its author chose. */
  id: string;
}

/** Somebody named in a text: `@` and this name stand there, whatever they are called today. */
export type Mention = Pick<User, "id" | "name">;

/** `@room` in a moderator's text is everybody: as a mention, its id is this. */
export const EVERYBODY = "@room";

/** Something said. */
export interface ChatEvent extends Logged {
  type: "chat";
  /** Empty where it was deleted since. */
  message: string;
  /** Size of a binary frame that a plain socket sent; `message` then says so in words. */
  bytes?: number;
  /** The position of the message that this one answers. */
  replyTo?: number;
  mentions?: Mention[];
  /** It was deleted since. */
  deleted?: true;
}

/** A message has another text. */
export interface EditEvent extends Logged {
  type: "edit";
  target: number;
  /** Empty where the message was deleted since. */
  message: string;
  mentions?: Mention[];
  deleted?: true;
}

/** A message was deleted; its text is gone from everywhere. */
export interface DeleteEvent extends Logged {
  type: "delete";
  target: number;
}

/** A reaction of `user` was put on a message, or taken off. */
export interface ReactEvent extends Logged {
  type: "react";
  target: number;
  emoji: string;
  on: boolean;
  /** How many people have this emoji on the message from then on; the same where it was so already. */
  count: number;
}

/** A message was pinned, or unpinned. */
export interface PinEvent extends Logged {
  type: "pin";
  target: number;
  on: boolean;
}

/** A room was created, or its settings changed. */
export interface RoomEvent extends Logged {
  type: "room";
  /** The room begins with this event. */
  created?: RoomKind;
  settings: SettingsChange;
  /** Who is in it from the beginning. */
  members?: Member[];
}

/** Somebody's place in a room changed. */
export interface MemberEvent extends Logged {
  type: "member";
  member: User;
  /** Null: they are no longer in it. `user` says whether they left or were removed. */
  role: RoomRole | null;
}

/** What happens to the room itself, not in it. */
export type SettingEvent = RoomEvent | MemberEvent;

/** What a room's log holds. */
export type LogEvent =
  | ChatEvent
  | EditEvent
  | DeleteEvent
  | ReactEvent
  | PinEvent
  | RoomEvent
  | MemberEvent;

/** How many people put one emoji on a message. */
export interface Reaction {
  emoji: string;
  count: number;
  /** The reader is one of them. */
  mine?: true;
  /** All of them, in the order in which they did; only on a message with few reactions. */
  people?: User[];
}

/** Who put one emoji on a message. */
export interface Reactors {
  emoji: string;
  count: number;
  /** The first of them, in the order in which they did. */
  people: User[];
}

/** A message as it stands, as pages of history show it. */
export interface Message extends ChatEvent {
  /** When its text was last changed. */
  edited?: number;
  /** In the order in which each emoji came first. */
  reactions?: Reaction[];
  pinned?: true;
  /** Who deleted it, where that was not its author. */
  deletedBy?: User;
}

/** The answer to `join`. Holds either `events` or `messages`, never both. */
export interface JoinedEvent {
  type: "joined";
  room: string;
  /** The position that the receiver has reached with this event. */
  cursor: Cursor;
  /** The room as it stands at `cursor`. */
  about: RoomAbout;
  /** How many people are in the room. */
  online: number;
  /** All of them, where there are at most `limits.peopleListed`. */
  people?: User[];
  /** Every event after `since`, in order. */
  events?: LogEvent[];
  /** There is more to catch up and nothing is live yet: join again with `cursor`. */
  more?: true;
  /** The latest messages, oldest first, in place of all that was known of the room before. */
  messages?: Message[];
  /** There are older messages than the first of `messages`. */
  older?: boolean;
  /** What happened to the room itself among `messages`; at most the last 50. */
  notices?: SettingEvent[];
  /** Why `since` could not be followed: another history, or too much was missed. */
  reset?: "epoch" | "cap";
}

/** Somebody is typing; holds for `TYPING_LASTS`. */
export interface TypingEvent {
  type: "typing";
  room: string;
  user: User;
}

/** Who is in the room changed. */
export interface PresenceEvent {
  type: "presence";
  room: string;
  online: number;
  /** All of them, where there are at most `limits.peopleListed`. */
  people?: User[];
}

/** A heartbeat: where the room's log stands. */
export interface HeadEvent {
  type: "head";
  room: string;
  cursor: Cursor;
}

/** Your connection could not keep up and nothing more of this room comes: join with `cursor`. */
export interface BehindEvent {
  type: "behind";
  room: string;
  cursor: Cursor;
}

/** The connection's token expires soon: send a newer one, or the connection ends then. */
export interface ExpiringEvent {
  type: "expiring";
  /** When, by the server's clock. */
  expires: number;
  /** Milliseconds until then. */
  left: number;
}

/** The answer to `token`. Rooms that the new token does not allow were left, each with an error. */
export interface RenewedEvent {
  type: "renewed";
  /** As the new token names them. */
  user: User;
  /** When the new token expires, by the server's clock; absent where it does not. */
  expires?: number;
}

/** A command was refused. The connection lives on. */
export interface ErrorEvent {
  type: "error";
  code: ErrorCode;
  /** A sentence for people: what is wrong and what to do. */
  message: string;
  /** The refused command's own `id`, where it had one. */
  id?: string;
  room?: string;
  /** Milliseconds after which the same may be tried again. */
  retryAfter?: number;
  /** Which limit was reached, where it was one: its name in `--limit`. */
  limit?: string;
  /** A name that is free, where the one asked for is not. */
  suggestion?: string;
}

/** The server ends this connection; come back after `retryAfter` milliseconds. */
export interface ByeEvent {
  type: "bye";
  code: number;
  retryAfter?: number;
}

/** Not in the log, may be dropped on the way. */
export type Signal = TypingEvent | PresenceEvent | HeadEvent;

/** A room came onto the person's own list, or what the list says of it changed. */
export interface ListedEvent extends ListedRoom {
  type: "listed";
}

/** A room is off the person's own list; `removed`: and they may not be in it any more. */
export interface UnlistedEvent {
  type: "unlisted";
  room: string;
  removed?: true;
}

/** The person has read, on whichever device. */
export interface ReadEvent {
  type: "read";
  room: string;
  upTo: number;
  unread: number;
  mentions: number;
}

/** What concerns one person: it reaches all of their connections, whatever rooms those are in. */
export type PersonalEvent = ListedEvent | UnlistedEvent | ReadEvent;

/** Whether people on the watch list are here. Only those whose status is news to the connection. */
export interface StatusEvent {
  type: "status";
  people: PersonStatus[];
}

export interface PersonStatus {
  id: string;
  status: Status;
  /** When an offline person was last here; absent where that is not known. */
  seen?: number;
}

export type ServerEvent =
  | WelcomeEvent
  | JoinedEvent
  | LogEvent
  | Signal
  | PersonalEvent
  | StatusEvent
  | BehindEvent
  | ExpiringEvent
  | RenewedEvent
  | ErrorEvent
  | ByeEvent;

// ---------------------------------------------------------------------------------------------
// Codes

/** Why a command was refused, and the HTTP status of the same refusal. */
export const ERROR_STATUS = {
  bad_frame: 400,
  bad_command: 400,
  unknown_command: 400,
  bad_room: 400,
  bad_name: 400,
  bad_id: 400,
  bad_cursor: 400,
  empty_message: 400,
  message_too_long: 413,
  frame_too_long: 413,
  too_many_commands: 429,
  too_many_rooms: 429,
  /** Too much in too short a time; `limit` says of what. */
  rate_limited: 429,
  /** Somebody else has this name, or one that looks like it. */
  name_taken: 409,
  /** There is a room with this id already. */
  room_exists: 409,
  /** The room is archived: it can be read, and nothing more happens in it. */
  archived: 409,
  /** The message was deleted. */
  gone: 410,
  /** The time in which it could be changed is over. */
  too_late: 403,
  /** An earlier command of the same array was refused, so this one was not carried out. */
  not_carried_out: 409,
  /** The same id was used before with another text. */
  conflict: 409,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  /** The disk is full: nothing can be kept, so nothing is accepted. */
  storage_full: 507,
  /** Whether it was kept is not known, or nothing can be now: retry with the same id. */
  unavailable: 503,
  internal: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** The close code that asks for another token. */
export const TOKEN_EXPIRED = 4002;

/**
 * Why the server closes a socket. `reconnect` says whether a client may come back by itself.
 * Numbers from 4000 are ours (RFC 6455, section 7.4.2): up to 4004 for good, above for a while.
 */
export const CLOSE = {
  normal: { code: 1000, reconnect: false, reason: "closed" },
  goingAway: { code: 1001, reconnect: true, reason: "server is restarting" },
  badBytes: { code: 1007, reconnect: false, reason: "text frames must be UTF-8" },
  tooLong: { code: 1009, reconnect: false, reason: "frame is too long" },
  internal: { code: 1011, reconnect: true, reason: "server error" },
  signedOut: { code: 4000, reconnect: false, reason: "signed out" },
  unauthorized: { code: 4001, reconnect: false, reason: "sign in first" },
  expired: { code: TOKEN_EXPIRED, reconnect: false, reason: "the token has expired" },
  refused: { code: 4003, reconnect: false, reason: "not allowed" },
  notFound: { code: 4004, reconnect: false, reason: "no such room" },
  renamed: { code: 4005, reconnect: true, reason: "the name has changed" },
  idle: { code: 4008, reconnect: true, reason: "no sign of life" },
  slow: { code: 4009, reconnect: true, reason: "reading too slowly" },
  flooding: { code: 4029, reconnect: true, reason: "too many commands waiting" },
  rateLimited: { code: 4030, reconnect: true, reason: "too much in too short a time" },
} as const;

export type CloseReason = (typeof CLOSE)[keyof typeof CLOSE];

/** Whether a client may reconnect by itself after a close with this code. Unknown codes: yes. */
export function mayReconnect(code: number): boolean {
  // As the table says, without the table: a client needs none of its words.
  return code < 4000 ? ![1000, 1007, 1009].includes(code) : code > 4004;
}

/** What a parser found wrong. The server turns it into an `error` event or an HTTP status. */
export class Refusal extends Error {
  override name = "Refusal";
  constructor(
    readonly code: ErrorCode,
    message: string,
    /** Milliseconds after which the same may be tried again. */
    readonly retryAfter?: number,
    /** What else a client is told, in fields of the same name. */
    readonly details?: { limit?: string; suggestion?: string },
  ) {
    super(message);
  }
}
