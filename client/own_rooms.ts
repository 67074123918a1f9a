/** One's own list of rooms, where it is longer than what a greeting brings. */

import type { ListedRoom } from "../server/protocol.ts";
import type { Chat } from "./model.ts";
import type { Ask } from "./request.ts";
import { listVisited } from "./visited.ts";

/** Some of them, and after which room the next ones begin; absent at the end. */
interface Part {
  rooms: ListedRoom[];
  next?: string;
}

/** All rooms of the list. Rejects with a sentence for people. */
async function readOwnRooms(ask: Ask): Promise<ListedRoom[]> {
  const all: ListedRoom[] = [];
  let after: string | undefined = "";
  while (after !== undefined) {
    const part: Part = await ask<Part>("GET", `/api/me/rooms?after=${after}`);
    all.push(...part.rooms);
    after = part.next;
  }
  return all;
}

/**
 * Completes the list after a greeting: with the rest of it, where `rooms` are not given as the whole, and
 * with what an older version remembered. `isWanted`: nobody else has been greeted since.
 */
export async function completeList(
  chat: Chat,
  rooms: readonly ListedRoom[] | undefined,
  isWanted: () => boolean,
): Promise<void> {
  // What fails is asked for again when the next connection greets.
  const all = rooms ?? await readOwnRooms(chat.ask).catch(() => undefined);
  if (!all || !isWanted()) return;
  if (!rooms) {
    chat.list.completed(all);
    chat.follow(chat.list.recent);
  }
  listVisited(chat, all);
}
