/** Pages of a room's history over HTTP. */

import type { Cursor, Message, SettingEvent } from "../server/protocol.ts";
import { answerOf } from "./session.ts";

export interface HistoryPage {
  /** The position as of which the messages stand. */
  cursor: Cursor;
  /** Oldest first. */
  messages: Message[];
  /** What happened to the room itself in the stretch of the page, oldest first. */
  notices: SettingEvent[];
  older: boolean;
  newer: boolean;
}

export type HistoryPlace =
  | { before: Cursor }
  | { after: Cursor }
  | { around: Cursor }
  | { time: number }
  | Record<never, never>;

/** Reads a page; rejects with a sentence for people. */
export type ReadHistory = (room: string, place: HistoryPlace) => Promise<HistoryPage>;

/** Messages in a page. */
const PAGE = 100;
/** Milliseconds that a page may take. */
const PATIENCE = 15_000;

/** The history at an origin such as `https://chat.example`. */
export function historyAt(origin: string): ReadHistory {
  return async (room, place) => {
    const address = new URL(`/api/rooms/${room}/messages`, origin);
    address.searchParams.set("limit", String(PAGE));
    for (const [name, value] of Object.entries(place)) {
      address.searchParams.set(name, String(value));
    }
    return await answerOf(await fetch(address, { signal: AbortSignal.timeout(PATIENCE) }));
  };
}
