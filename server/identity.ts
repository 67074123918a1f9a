/** Who a connection or a request speaks for. */

import type { Grant } from "./permissions.ts";
import type { User } from "./protocol.ts";

export interface Identity {
  user: User;
  /** What they may do. */
  grant: Grant;
  /** Where they come from, as limits count it (`network.ts`). */
  network: string;
  /** When their token expires, in milliseconds; absent where what they have is not for a time. */
  expires?: number;
}

/** Ids of guests who have signed in with a name begin with this, and end with their session. */
export const GUEST_PREFIX = "u_";

/** Whether it is somebody whom the server knows again: not a guest of one connection. */
export function isSignedIn({ user }: Pick<Identity, "user">): boolean {
  return !user.id.startsWith("g_");
}
