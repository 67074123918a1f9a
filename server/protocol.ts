/**
 * The wire contract of Parlor: commands, events, codes, limits and the parsers of what a client
 * sends. Server and browser client share this file, so it imports nothing.
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
  /** Most rooms one connection may be in. */
  roomsPerConnection: 200,
  /** Most missed events that a join replays; someone further behind gets a fresh page. */
  replayEvents: 5_000,
  /** Most messages in one page of history. */
  pageMessages: 200,
  /** Most people in a room whose events name them; of more, the count is told and HTTP has names. */
  peopleListed: 20,
} as const;

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

export interface ChatCommand {
  type: "chat";
  /** The client's own unique id: the same id again is the same message, not a second one. */
  id: string;
  room: string;
  message: string;
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

export type Command = JoinCommand | LeaveCommand | ChatCommand | TypingCommand | TokenCommand;

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
}

/** Something said. One of the events of a room's log. */
export interface ChatEvent {
  type: "chat";
  room: string;
  /** Position in the room: 1, 2, 3 … without holes. */
  seq: number;
  /** The server's clock; never goes back within a room. */
  timestamp: number;
  user: User;
  /** The id that its author chose. */
  id: string;
  message: string;
  /** Size of a binary frame that a plain socket sent; `message` then says so in words. */
  bytes?: number;
}

/** What a room's log holds. */
export type LogEvent = ChatEvent;

/** A message as it stands, as pages of history show it. */
export type Message = ChatEvent;

/** The answer to `join`. Holds either `events` or `messages`, never both. */
export interface JoinedEvent {
  type: "joined";
  room: string;
  /** The position that the receiver has reached with this event. */
  cursor: Cursor;
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

export type ServerEvent =
  | WelcomeEvent
  | JoinedEvent
  | LogEvent
  | Signal
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

/**
 * Why the server closes a socket. `reconnect` says whether a client may come back by itself.
 * Numbers from 4000 are ours (RFC 6455, section 7.4.2).
 */
export const CLOSE = {
  normal: { code: 1000, reconnect: false, reason: "closed" },
  goingAway: { code: 1001, reconnect: true, reason: "server is restarting" },
  badBytes: { code: 1007, reconnect: false, reason: "text frames must be UTF-8" },
  tooLong: { code: 1009, reconnect: false, reason: "frame is too long" },
  internal: { code: 1011, reconnect: true, reason: "server error" },
  signedOut: { code: 4000, reconnect: false, reason: "signed out" },
  unauthorized: { code: 4001, reconnect: false, reason: "sign in first" },
  expired: { code: 4002, reconnect: false, reason: "the token has expired" },
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
  return Object.values(CLOSE).find((reason) => reason.code === code)?.reconnect ?? true;
}

// ---------------------------------------------------------------------------------------------
// Parsers: hostile text in, typed command out

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

const utf8 = new TextEncoder();

/** The UTF-8 size of a text in bytes. */
export function byteLength(text: string): number {
  // Most texts are far below every limit: a UTF-16 unit is at most three bytes.
  return utf8.encode(text).byteLength;
}

/** Whether a text takes more than `bytes` bytes of UTF-8; encodes only where it must. */
export function isLongerThan(text: string, bytes: number): boolean {
  if (text.length * 3 <= bytes) return false;
  return text.length > bytes || byteLength(text) > bytes;
}

const PUBLIC_ROOM = /^[a-z0-9-]{1,64}$/;
const PRIVATE_ROOM = /^~[A-Za-z0-9_-]{1,64}$/;

/** Whether a room id is of the form of a public room: it exists for everybody. */
export function isPublicRoom(room: string): boolean {
  return PUBLIC_ROOM.test(room);
}

/** The room id, or a refusal that says what one looks like. */
export function parseRoom(room: unknown): string {
  if (typeof room === "string" && (PUBLIC_ROOM.test(room) || PRIVATE_ROOM.test(room))) return room;
  throw new Refusal(
    "bad_room",
    "A room is named with 1 to 64 lower-case letters, digits and hyphens, for example “lobby”.",
  );
}

// Controls, zero-width and bidirectional characters: they hide or reorder what is shown.
// Joiners inside emoji and scripts that need them (U+200C, U+200D) stay allowed between others.
const HIDDEN =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb]|^[\u200c\u200d]|[\u200c\u200d]$|[\ud800-\udfff]/u;

/** A display name in its one form (NFC, trimmed, single spaces), or a refusal. */
export function parseName(name: unknown, limit: number = LIMITS.nameBytes): string {
  if (typeof name !== "string") throw new Refusal("bad_name", "A name is a text.");
  // Bounded before normalising: hostile text may be megabytes.
  if (name.length > limit * 4) throw nameTooLong(limit);
  const clean = name.normalize("NFC").trim().replace(/[\p{Zs}]+/gu, " ");
  if (clean === "") throw new Refusal("bad_name", "Please enter a name.");
  if (HIDDEN.test(clean)) {
    throw new Refusal(
      "bad_name",
      "This name has invisible or control characters. Please type another.",
    );
  }
  if (isLongerThan(clean, limit)) throw nameTooLong(limit);
  return clean;
}

function nameTooLong(limit: number): Refusal {
  return new Refusal("bad_name", `This name is too long. At most ${limit} bytes are possible.`);
}

/** A client-chosen id: short printable ASCII, so that it is safe in headers and logs. */
export function parseId(id: unknown, limit: number = LIMITS.idBytes): string {
  if (typeof id === "string" && id.length <= limit && /^[\x21-\x7e]+$/.test(id)) return id;
  throw new Refusal(
    "bad_id",
    `A message needs an “id”: 1 to ${limit} printable ASCII characters, different for each message.`,
  );
}

/** Message text that is worth keeping and fits. */
export function parseMessage(message: unknown, limit: number = LIMITS.messageBytes): string {
  if (typeof message !== "string") {
    throw new Refusal("bad_command", "A message is a text in the field “message”.");
  }
  if (isLongerThan(message, limit)) {
    throw new Refusal("message_too_long", `A message may have at most ${limit} bytes.`);
  }
  if (isBlank(message)) throw new Refusal("empty_message", "This message is empty.");
  if (!message.isWellFormed()) {
    throw new Refusal("bad_command", "This message has half of a character (a lone surrogate).");
  }
  return message;
}

/** Whether a text shows nothing. */
export function isBlank(text: string): boolean {
  // deno-lint-ignore no-control-regex
  return !/[^\s\u200b-\u200f\u2028-\u202e\u2060\ufeff\u0000-\u001f\u007f]/u.test(text);
}

/** One parsed value → one command, or a refusal. Fields that the command does not have are ignored. */
export function parseCommand(value: unknown, limits: Limits = LIMITS): Command {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal("bad_command", "A command is a JSON object with a “type”.");
  }
  const fields = value as Record<string, unknown>;
  switch (fields.type) {
    case "join": {
      const room = parseRoom(fields.room);
      if (fields.since === undefined || fields.since === null) return { type: "join", room };
      if (!parseCursor(fields.since)) {
        throw new Refusal("bad_cursor", "“since” is a cursor that the server sent: epoch:seq.");
      }
      return { type: "join", room, since: fields.since as Cursor };
    }
    case "leave":
      return { type: "leave", room: parseRoom(fields.room) };
    case "chat":
      return {
        type: "chat",
        id: parseId(fields.id, limits.idBytes),
        room: parseRoom(fields.room),
        message: parseMessage(fields.message, limits.messageBytes),
      };
    case "typing":
      return { type: "typing", room: parseRoom(fields.room) };
    case "token":
      if (typeof fields.token === "string") return { type: "token", token: fields.token };
      throw new Refusal("bad_command", "A token is a text in the field “token”.");
    default:
      throw new Refusal(
        "unknown_command",
        "This server knows the commands join, leave, chat, typing and token.",
      );
  }
}

/**
 * A text frame → the values of its commands, not yet parsed: each is parsed when its turn comes, so
 * that one bad command does not hide which ones before it were carried out.
 */
export function parseFrame(text: string, limits: Limits = LIMITS): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal("bad_frame", "A frame is JSON: one command, or an array of commands.");
  }
  if (!Array.isArray(value)) return [value];
  if (value.length > limits.commandsPerFrame) {
    throw new Refusal(
      "too_many_commands",
      `A frame may have at most ${limits.commandsPerFrame} commands; none of this one was carried out.`,
    );
  }
  return value;
}
