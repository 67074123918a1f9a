/** How many unread messages are told. */

import { UNREAD_MOST } from "../server/protocol.ts";

/** “12”, or “99+” where the server has stopped counting. */
export function unreadInWords(unread: number): string {
  return unread >= UNREAD_MOST ? `${UNREAD_MOST - 1}+` : String(unread);
}
