/**
 * How events, messages and rooms are written into a row, and read from it. A message stands in the row of
 * the event that began it, where it is read from other columns than the event.
 */

import type {
  ChatEvent,
  LogEvent,
  Message,
  Reaction,
  RoomKind,
  RoomSettings,
  User,
} from "./protocol.ts";
import type { RoomRecord } from "./store.ts";

/** Version of the JSON in the columns `payload` and `stands`. */
export const PAYLOAD_VERSION = 1;

/** What is read alike of events and messages. */
interface PayloadRow {
  seq: number;
  timestamp: number;
  id: string;
  version: number;
  payload: string;
}

/** What a row says of an event, without its room. */
export interface EventRow extends PayloadRow {
  type: LogEvent["type"];
}

/** The columns of an `EventRow`. */
export const EVENT_COLUMNS = "seq, events.timestamp, type, id, version, payload";

/** What a row says of a message as it stands, without its room. */
export interface MessageRow extends PayloadRow {
  pinned: number | null;
  /** JSON of `StandingReactions`. */
  reactions: string | null;
}

/** The columns of a `MessageRow`. */
export const MESSAGE_COLUMNS =
  "seq, timestamp, id, version, coalesce(stands, payload) AS payload, pinned, reactions";

/** Which rows are messages. */
export const IS_MESSAGE = "type = 'chat'";

/**
 * Where messages are read one after the other, together with `IS_MESSAGE`: in their own index, however
 * much was done with each in between. By itself SQLite takes the index of all events, which is narrower.
 */
export const MESSAGES_IN_ORDER = "events INDEXED BY events_messages";

/**
 * What an event or a message says beside its place, type and id, which have columns of their own. JSON,
 * as a text may hold NUL, at which reading a column would end.
 */
export function payloadOf(event: LogEvent | Message): string {
  const { type: _, room: _room, seq: _seq, timestamp: _timestamp, id: _id, ...said } = event;
  return JSON.stringify(said);
}

/** The event in a row. Throws where the payload is of a version that this program does not know. */
export function eventOfRow(room: string, row: EventRow): LogEvent {
  return { ...placeOf(room, row), ...saidIn(room, row), type: row.type } as LogEvent;
}

/** The message in a row. Throws as `eventOfRow` does. */
export function messageOfRow(room: string, row: MessageRow): Message {
  const message: Message = { ...placeOf(room, row), ...saidIn(room, row) as ChatEvent };
  if (row.pinned !== null) message.pinned = true;
  if (row.reactions !== null) message.reactions = reactionsIn(row.reactions);
  return message;
}

/**
 * The reactions of a message as a row has them: each emoji, and after it how many people put it there, or
 * all of them where they are named. As objects they took twice as long to read, and a page has hundreds.
 */
type StandingReactions = (string | number | User[])[];

/** What a row says of the reactions of its message. */
export function standingOf(reactions: readonly Reaction[]): string | null {
  if (reactions.length === 0) return null;
  const standing: StandingReactions = reactions.flatMap(
    ({ emoji, count, people }) => [emoji, people ?? count],
  );
  return JSON.stringify(standing);
}

function reactionsIn(standing: string): Reaction[] {
  const parts = JSON.parse(standing) as StandingReactions;
  const reactions: Reaction[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const emoji = parts[index] as string;
    const people = parts[index + 1] as number | User[];
    reactions.push(
      typeof people === "number"
        ? { emoji, count: people }
        : { emoji, count: people.length, people },
    );
  }
  return reactions;
}

/** Finds what somebody has done under an id, in whatever room. */
export const FIND_EVENT = `
  SELECT room, ${EVENT_COLUMNS} FROM events JOIN rooms ON rooms.key = events.room_key
  WHERE user_id = ? AND id = ?`;

/** Finds the message at a position of a room's log. */
export const FIND_MESSAGE =
  `SELECT ${MESSAGE_COLUMNS} FROM events WHERE room_key = ? AND seq = ? AND ${IS_MESSAGE}`;

/** The event in a row that also names its room, where there is one. */
export function foundEventOf(found: unknown): LogEvent | undefined {
  const row = found as (EventRow & { room: string }) | undefined;
  return row && eventOfRow(row.room, row);
}

function placeOf(room: string, { seq, timestamp, id }: PayloadRow) {
  return { type: "chat" as const, room, seq, timestamp, id };
}

function saidIn(room: string, row: PayloadRow): Pick<LogEvent, "user"> {
  if (row.version !== PAYLOAD_VERSION) {
    throw new Error(`Payload version ${row.version} of ${room}/${row.seq} is not known here.`);
  }
  return JSON.parse(row.payload) as { user: User };
}

/** What a row of `rooms` says of a room as it stands. */
export interface RoomRow {
  key: number;
  room: string;
  kind: RoomKind;
  /** JSON of `RoomSettings`. */
  settings: string;
  head: number;
  timestamp: number;
}

/** The columns of a `RoomRow`. */
export const ROOM_COLUMNS =
  "rooms.key, rooms.room, rooms.kind, rooms.settings, rooms.head, rooms.timestamp";

/** The room in a row, without its people. */
export function roomOfRow({ room, kind, settings, head, timestamp }: RoomRow): RoomRecord {
  return { room, kind, settings: JSON.parse(settings) as RoomSettings, head, timestamp };
}

/** The columns of a `RoomRow` where `rooms` may have none: nothing ever happened in the room `asked.room`. */
export const ROOM_COLUMNS_OR_NONE = `
  rooms.key, asked.room, coalesce(rooms.kind, iif(asked.room LIKE '~%', 'private', 'public')) AS kind,
  coalesce(rooms.settings, '{}') AS settings, coalesce(rooms.head, 0) AS head,
  coalesce(rooms.timestamp, 0) AS timestamp`;
