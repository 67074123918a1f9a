/** What somebody may do with a message, as far as the client can know: the server has the last word. */

import type { Message, RoomAbout, User } from "../server/protocol.ts";

export interface Rights {
  /** Say something, react, pin. */
  post: boolean;
  edit: boolean;
  delete: boolean;
}

/** Why nothing can be written in a room, for people; undefined where it can. */
export function whyNotWritten({ role, archived }: RoomAbout): string | undefined {
  if (archived) return "This room is archived. It can be read, but not written in.";
  if (role === "reader") return "You may read this room, but not write in it.";
  return undefined;
}

/** @param now milliseconds */
export function rightsOn(message: Message, about: RoomAbout, self: User, now: number): Rights {
  const { role, editMinutes } = about;
  const post = whyNotWritten(about) === undefined;
  const isOwn = message.user.id === self.id;
  const isInTime = editMinutes === undefined || now - message.timestamp <= editMinutes * 60_000;
  const isModerator = role === "owner" || role === "moderator";
  if (message.deleted) return { post: false, edit: false, delete: false };
  return {
    post,
    edit: post && isOwn && isInTime && message.bytes === undefined,
    delete: post && (isModerator || isOwn && isInTime),
  };
}
