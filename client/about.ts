/** What an event changes in how a room stands, for one reader. */

import type { MemberEvent, RoomAbout, RoomEvent } from "../server/protocol.ts";

/** The room after the event; `selfId` is the reader. */
export function changedAbout(
  about: RoomAbout,
  event: RoomEvent | MemberEvent,
  selfId: string | undefined,
): RoomAbout {
  if (event.type === "room") {
    const entries = Object.entries({ ...about, ...event.settings })
      .filter(([, value]) => value !== null && value !== "");
    return Object.fromEntries(entries) as unknown as RoomAbout;
  }
  if (event.member.id !== selfId) return about;
  const { role: _, ...rest } = about;
  return event.role === null ? rest : { ...rest, role: event.role };
}
