/** What stands in the place of a deleted message. */

import type { Message } from "../server/protocol.ts";

/** `nameOf` says what somebody is called today, where that is known. */
export function tombstoneOf(
  { deletedBy }: Pick<Message, "deletedBy">,
  selfId: string,
  nameOf: (userId: string) => string | undefined,
): string {
  if (!deletedBy) return "This message was deleted.";
  const name = deletedBy.id === selfId ? "You" : nameOf(deletedBy.id) ?? deletedBy.name;
  return `${name} deleted this message.`;
}
