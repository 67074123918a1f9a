/** What rooms are called, on every part of the page alike. */

import type { RoomAbout, User } from "../server/protocol.ts";

const { compare: byName } = new Intl.Collator();

/** The title of a room; of a conversation, the names of the others. */
export function titleOf(about: RoomAbout, selfId: string | undefined): string {
  if (about.title) return about.title;
  if (about.kind !== "direct") return about.room;
  const names = othersIn(about, selfId).map(({ name }) => name).sort(byName);
  return names.length > 0 ? names.join(", ") : "Notes to yourself";
}

/** Who else is in a conversation between people. */
export function othersIn({ people }: RoomAbout, selfId: string | undefined): User[] {
  return people?.filter(({ id }) => id !== selfId) ?? [];
}

/** The title, with `#` where the room is open to everybody. */
export function titleWithSign(about: RoomAbout, selfId: string | undefined): string {
  return `${about.kind === "public" ? "#" : ""}${titleOf(about, selfId)}`;
}
