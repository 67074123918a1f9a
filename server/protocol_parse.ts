/**
 * Hostile text in, typed command out: the parsers of what a client sends. Each throws a `Refusal` with a
 * sentence that says what is wrong. Server and browser client share this file.
 */

import {
  type ChatCommand,
  type Command,
  type Cursor,
  type DirectCommand,
  isPrivateRoom,
  isPublicRoom,
  LIMITS,
  type Limits,
  parseCursor,
  Refusal,
  type RoomRole,
  type SettingsChange,
} from "./protocol.ts";

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

/** The room id, or a refusal that says what one looks like. */
export function parseRoom(room: unknown): string {
  if (typeof room === "string" && (isPublicRoom(room) || isPrivateRoom(room))) return room;
  throw new Refusal("bad_room", PUBLIC_ROOM_FORM);
}

const PUBLIC_ROOM_FORM =
  "A room is named with 1 to 64 lower-case letters, digits and hyphens, for example “lobby”.";

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

/** A position in a room's log. */
export function parseSeq(value: unknown, field: string, least = 1): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  throw new Refusal("bad_command", `“${field}” is the position (seq) of a message, a number.`);
}

/** Whether something is to be on; yes where nothing is said. */
export function parseOn(value: unknown): boolean {
  return value === undefined ? true : parseFlag(value, "on");
}

/** One emoji, as Unicode (UTS 51) has them: with its skin tone, joiners and variation, or a flag. */
const EMOJI = /^\p{RGI_Emoji}$/v;
/** Longer than any emoji. */
const EMOJI_LENGTH = 64;

/** One emoji in its full form, or a refusal. */
export function parseEmoji(emoji: unknown): string {
  if (typeof emoji === "string" && emoji.length <= EMOJI_LENGTH) {
    if (EMOJI.test(emoji)) return emoji;
    // Some keyboards leave out the character that says “as a picture”: “❤” is “❤️”.
    if (EMOJI.test(`${emoji}\ufe0f`)) return `${emoji}\ufe0f`;
  }
  throw new Refusal("bad_command", "A reaction is one emoji in the field “emoji”.");
}

/** The form of user ids: ours, and the `sub` of a host application's tokens. */
const USER_ID = /^[\x21-\x7e]{1,255}$/;

/** Different user ids, at most so many. */
export function parseUserIds(value: unknown, field: string, most: number): string[] {
  const isList = Array.isArray(value) && value.length <= most &&
    value.every((id) => typeof id === "string" && USER_ID.test(id));
  if (isList) return [...new Set(value as string[])];
  throw new Refusal("bad_command", `“${field}” is a list of at most ${most} user ids.`);
}

/** A title for a room in its one form (NFC, trimmed, single spaces); empty where there is none. */
export function parseTitle(title: unknown, limit: number = LIMITS.titleBytes): string {
  return parseLine(title, "title", limit);
}

/** What a room is about, in the same form as a title. */
export function parseTopic(topic: unknown, limit: number = LIMITS.topicBytes): string {
  return parseLine(topic, "topic", limit);
}

function parseLine(value: unknown, field: "title" | "topic", limit: number): string {
  if (typeof value !== "string") throw new Refusal("bad_command", `A ${field} is a text.`);
  const tooLong = () =>
    new Refusal("bad_command", `This ${field} is too long. At most ${limit} bytes are possible.`);
  // Bounded before normalising: hostile text may be megabytes.
  if (value.length > limit * 4) throw tooLong();
  const clean = value.normalize("NFC").trim().replace(/\s+/gu, " ");
  if (HIDDEN.test(clean)) {
    throw new Refusal("bad_command", `This ${field} has invisible or control characters.`);
  }
  if (isLongerThan(clean, limit)) throw tooLong();
  return clean;
}

type Fields = Record<string, unknown>;

/** What a new room is to be. */
export interface NewRoom {
  /** The id of a public room; a private one gets an id of its own. */
  room?: string;
  isPrivate: boolean;
  /** Empty where there is none. */
  title: string;
  /** Empty where there is none. */
  topic: string;
}

export function parseNewRoom(fields: Fields, limits: Limits = LIMITS): NewRoom {
  const isPrivate = parseFlag(fields.private ?? false, "private");
  const title = parseTitle(fields.title ?? "", limits.titleBytes);
  const topic = parseTopic(fields.topic ?? "", limits.topicBytes);
  if (!isPrivate) {
    if (typeof fields.room === "string" && isPublicRoom(fields.room)) {
      return { room: fields.room, isPrivate, title, topic };
    }
    throw new Refusal("bad_room", PUBLIC_ROOM_FORM);
  }
  if (fields.room !== undefined) {
    throw new Refusal("bad_room", "A private room gets an address of its own. Leave out “room”.");
  }
  if (title === "") throw privateNeedsTitle();
  return { isPrivate, title, topic };
}

/** The refusal of a private room without a title. */
export function privateNeedsTitle(): Refusal {
  return new Refusal("bad_command", "A private room needs a title: its address is a random one.");
}

/** Minutes of a year: a longer time to edit is for ever. */
const EDIT_MINUTES_MOST = 365 * 24 * 60;

/** A change of a room's settings, in which at least one is named. */
export function parseSettings(fields: Fields, limits: Limits = LIMITS): SettingsChange {
  const { title, topic, archived, editMinutes } = fields;
  const change: SettingsChange = {};
  // What is empty is no longer set.
  if (title !== undefined) change.title = parseTitle(title ?? "", limits.titleBytes) || null;
  if (topic !== undefined) change.topic = parseTopic(topic ?? "", limits.topicBytes) || null;
  if (archived !== undefined) change.archived = parseFlag(archived ?? false, "archived") || null;
  if (editMinutes !== undefined) {
    change.editMinutes = editMinutes === null
      ? null
      : parseNumber(editMinutes, "editMinutes", 0, EDIT_MINUTES_MOST);
  }
  if (Object.keys(change).length > 0) return change;
  throw new Refusal(
    "bad_command",
    "Say what to change: “title”, “topic”, “archived” or “editMinutes”.",
  );
}

/** One of the roles that are possible here. */
export function parseRole<Role extends RoomRole>(value: unknown, possible: readonly Role[]): Role {
  const role = possible.find((one) => one === value);
  if (role !== undefined) return role;
  throw new Refusal("bad_command", `“role” is one of ${possible.join(", ")}.`);
}

/** The id of one user. */
export function parseUserId(value: unknown): string {
  if (typeof value === "string" && USER_ID.test(value)) return value;
  throw new Refusal("bad_command", "This is not the id of a person.");
}

/** True or false; `field` is how it is called. */
export function parseFlag(value: unknown, field: string): boolean {
  if (typeof value === "boolean") return value;
  throw new Refusal("bad_command", `“${field}” is true or false.`);
}

/** A whole number of a body; `field` is how it is called. */
export function parseNumber(value: unknown, field: string, least: number, most: number): number {
  if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) {
    return Number(value);
  }
  throw new Refusal("bad_command", `“${field}” is a whole number from ${least} to ${most}.`);
}

/** A text to search for in names or titles, in the form in which those are kept. */
export function parseSearch(value: string, field: string, limit: number): string {
  const text = value.length > limit ? value : value.normalize("NFC").trim();
  if (!isLongerThan(text, limit)) return text;
  throw new Refusal("bad_command", `“${field}” has at most ${limit} bytes.`);
}

function parseChat(fields: Fields, limits: Limits): ChatCommand | DirectCommand {
  const said = {
    type: "chat" as const,
    id: parseId(fields.id, limits.idBytes),
    message: parseMessage(fields.message, limits.messageBytes),
    ...parseMentions(fields.mentions, limits),
  };
  if (fields.to !== undefined) {
    if (fields.room !== undefined) {
      throw new Refusal("bad_command", "A message goes either to a “room” or “to” people.");
    }
    const to = typeof fields.to === "string" ? [fields.to] : fields.to;
    return { ...said, to: parseUserIds(to, "to", limits.peoplePerConversation - 1) };
  }
  const room = parseRoom(fields.room);
  return fields.replyTo === undefined
    ? { ...said, room }
    : { ...said, room, replyTo: parseSeq(fields.replyTo, "replyTo") };
}

function parseTarget(
  fields: Fields,
  limits: Limits,
): { id: string; room: string; target: number } {
  return {
    id: parseId(fields.id, limits.idBytes),
    room: parseRoom(fields.room),
    target: parseSeq(fields.target, "target"),
  };
}

/** Nothing where nothing was given, so that equal commands are equal. */
function parseMentions(value: unknown, limits: Limits): { mentions?: string[] } {
  if (value === undefined) return {};
  return { mentions: parseUserIds(value, "mentions", limits.mentionsPerMessage) };
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
      return parseChat(fields, limits);
    case "edit":
      return {
        type: "edit",
        ...parseTarget(fields, limits),
        message: parseMessage(fields.message, limits.messageBytes),
        ...parseMentions(fields.mentions, limits),
      };
    case "delete":
      return { type: "delete", ...parseTarget(fields, limits) };
    case "react":
      return {
        type: "react",
        ...parseTarget(fields, limits),
        emoji: parseEmoji(fields.emoji),
        on: parseOn(fields.on),
      };
    case "pin":
      return { type: "pin", ...parseTarget(fields, limits), on: parseOn(fields.on) };
    case "read": {
      const room = parseRoom(fields.room);
      const upTo = parseSeq(fields.upTo, "upTo", 0);
      return fields.unread === true
        ? { type: "read", room, upTo, unread: true }
        : { type: "read", room, upTo };
    }
    case "watch":
      return { type: "watch", people: parseUserIds(fields.people, "people", limits.peopleWatched) };
    case "away":
      return { type: "away", away: fields.away !== false };
    case "typing":
      return { type: "typing", room: parseRoom(fields.room) };
    case "token":
      if (typeof fields.token === "string") return { type: "token", token: fields.token };
      throw new Refusal("bad_command", "A token is a text in the field “token”.");
    default:
      throw new Refusal(
        "unknown_command",
        "This server knows the commands join, leave, chat, edit, delete, react, pin, typing, read, watch, away and token.",
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
