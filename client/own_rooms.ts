/** One's own list of rooms, where it is longer than what a greeting brings. */

import type { ListedRoom } from "../server/protocol.ts";
import type { Ask } from "./request.ts";

/** Some of them, and after which room the next ones begin; absent at the end. */
interface Part {
  rooms: ListedRoom[];
  next?: string;
}

/** All rooms of the list. Rejects with a sentence for people. */
export async function readOwnRooms(ask: Ask): Promise<ListedRoom[]> {
  const all: ListedRoom[] = [];
  let after: string | undefined = "";
  while (after !== undefined) {
    const part: Part = await ask<Part>("GET", `/api/me/rooms?after=${after}`);
    all.push(...part.rooms);
    after = part.next;
  }
  return all;
}
