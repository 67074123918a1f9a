/** How events and messages are written into a row, and read from it. */

import type { ChatEvent, User } from "./protocol.ts";
import type { Draft } from "./store.ts";

/** Version of the JSON in the `payload` columns. */
export const PAYLOAD_VERSION = 1;

/** What a row of `events` or `messages` says, without its room. */
export interface EventRow {
  seq: number;
  timestamp: number;
  id: string;
  version: number;
  payload: string;
}

/** What the payload holds. JSON, as a text may hold NUL, at which reading a column would end. */
interface Payload {
  user: User;
  message: string;
  bytes?: number;
}

export function payloadOf({ user, message, bytes }: Draft): string {
  const payload: Payload = { user, message, ...(bytes === undefined ? {} : { bytes }) };
  return JSON.stringify(payload);
}

/** The event in a row. Throws where the payload is of a version that this program does not know. */
export function eventOfRow(room: string, row: EventRow): ChatEvent {
  if (row.version !== PAYLOAD_VERSION) {
    throw new Error(`Payload version ${row.version} of ${room}/${row.seq} is not known here.`);
  }
  const { user, message, bytes } = JSON.parse(row.payload) as Payload;
  return {
    type: "chat",
    room,
    seq: row.seq,
    timestamp: row.timestamp,
    user,
    id: row.id,
    message,
    ...(bytes === undefined ? {} : { bytes }),
  };
}
