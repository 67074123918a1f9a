/** Along the list of rooms by keyboard. */

import type { ListedRoom } from "../server/protocol.ts";
import type { Chat } from "./model.ts";
import { route } from "./route.ts";

/** The room before or after this one in the list, or the nearest in that direction that is unread. */
export function nextRoom({ list }: Chat, step: number, isUnread: boolean): string | undefined {
  const rooms = [...list.channels.peek(), ...list.conversations.peek()];
  const here = rooms.indexOf(route.peek().room);
  const start = here < 0 && step < 0 ? 0 : here;
  for (let distance = 1; distance <= rooms.length; distance++) {
    const room = rooms[(start + step * distance + 2 * rooms.length) % rooms.length]!;
    if (!isUnread || isToldOf(list.peek(room)!)) return room;
  }
  return undefined;
}

function isToldOf({ unread, mentions, muted }: ListedRoom): boolean {
  return (muted ? mentions : unread) > 0;
}
