/**
 * Links that let people into a room. Implementations: `invites_memory.ts`, `invites_sqlite.ts`. Both
 * pass `tests/contract/invites.ts`.
 */

import type { RoomRole, User } from "./protocol.ts";

export interface Invite {
  /** What the link says: 128 random bits. Whoever has it gets in. */
  token: string;
  room: string;
  /** What those are who come by it. */
  role: Exclude<RoomRole, "owner">;
  /** Until when it holds, in milliseconds; absent: until it is revoked. */
  expires?: number;
  by: User;
  /** When it was made, in milliseconds. */
  created: number;
}

const DAY = 24 * 60 * 60_000;
/** Milliseconds for which one that has expired can still be told from one that never was. */
const EXPIRED_KEPT = 30 * DAY;
/** Milliseconds for which a revoked one still tells who came by it. */
const REVOKED_KEPT = DAY;
/** How many invites are looked at with each new one, whether they are to be forgotten. */
export const INVITES_LOOKED_AT = 50;

/** Those that ended before these moments, in milliseconds, are forgotten. */
export function forgottenBefore(now: number): { expired: number; revoked: number } {
  return { expired: now - EXPIRED_KEPT, revoked: now - REVOKED_KEPT };
}

/** Whoever makes an invite has some that ended long ago forgotten. */
export interface InviteRegistry {
  /** Durable when it resolves. */
  create(invite: Invite): Promise<void>;
  /** Undefined where there is none or it was revoked; one that has expired is still found. */
  find(token: string): Promise<Invite | undefined>;
  /** The invites of a room that were not revoked, the newest first. */
  list(room: string): Promise<Invite[]>;
  /** Ends an invite. Durable when it resolves. Idempotent. */
  revoke(token: string): Promise<void>;
  /** The members of its room who came by it, in the order of their coming; for a day also once it is revoked. */
  guests(token: string): Promise<User[]>;
}
