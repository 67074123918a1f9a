/** Rooms that an older version remembered in this browser. */

import { isPublicRoom, type ListedRoom } from "../server/protocol.ts";
import type { Chat } from "./model.ts";
import { read, write } from "./storage.ts";

/** They go onto the server's list, once. Where the server is away, nothing changes there. */
export function listVisited(chat: Chat, listed: readonly ListedRoom[]): void {
  const known = new Set(listed.map(({ room }) => room));
  for (const room of readVisited()) {
    if (!known.has(room)) {
      chat.ask("PATCH", `/api/rooms/${room}/mine`, { listed: true }).catch(() => {});
    }
  }
  write("rooms", null);
}

function readVisited(): string[] {
  try {
    const rooms = JSON.parse(read("rooms") ?? "[]");
    return Array.isArray(rooms)
      ? rooms.filter((room) => typeof room === "string" && isPublicRoom(room))
      : [];
  } catch {
    return [];
  }
}
