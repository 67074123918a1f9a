/**
 * Who may do what in which room: the one place that decides. A guest may do everything in public rooms;
 * the token of a host application says what its users may; and whoever has a role in a room may what
 * that role allows, too.
 */

import { type Identity, isSignedIn } from "./identity.ts";
import { isPrivateRoom, isPublicRoom, Refusal, type RoomRole } from "./protocol.ts";

/** `moderate`: others' messages and members. `own`: settings, roles, archiving. */
export type Act = "join" | "read" | "post" | "moderate" | "own";

/** What each role may do in the rooms that it holds for. */
const ROLES: Record<RoomRole, readonly Act[]> = {
  reader: ["join", "read"],
  member: ["join", "read", "post"],
  moderator: ["join", "read", "post", "moderate"],
  owner: ["join", "read", "post", "moderate", "own"],
};

/** What a host application may make of its users; owners are made in the room. */
export type Role = Exclude<RoomRole, "owner">;

export function isRole(value: unknown): value is Role {
  return value === "reader" || value === "member" || value === "moderator";
}

/** A role in every room that a pattern matches. */
export interface RoomRule {
  /** A room id, or the beginning of a public one and a `*`: `team-*`. `*` is every public room. */
  pattern: string;
  role: Role;
}

const PUBLIC_PATTERN = /^[a-z0-9-]{0,63}\*$/;

/**
 * Whether a text can be the pattern of a rule. A `*` stands only at the end, and only of public ones: a
 * private room's id is random, so that its beginning says nothing of whose it is.
 */
export function isPattern(text: string): boolean {
  return isPublicRoom(text) || isPrivateRoom(text) || PUBLIC_PATTERN.test(text);
}

/** What somebody may do: whatever any of the rules allows. */
export type Grant = readonly RoomRule[];

/** What guests may: everything that members may, in public rooms. */
export const OPEN: Grant = [{ pattern: "*", role: "member" }];

/**
 * Whether a grant, or the role that somebody has in a room, allows something there. Takes a handful of
 * comparisons.
 */
export function may(grant: Grant, act: Act, room: string, own?: RoomRole): boolean {
  if (own !== undefined && ROLES[own].includes(act)) return true;
  for (const { pattern, role } of grant) {
    if (matches(pattern, room) && ROLES[role].includes(act)) return true;
  }
  return false;
}

/** Whether a grant allows something in every public room. */
export function mayEverywhere(grant: Grant, act: Act): boolean {
  return grant.some(({ pattern, role }) => pattern === "*" && ROLES[role].includes(act));
}

/**
 * What somebody is in a room, of what their role there and their grant allow; undefined where that is what
 * everybody is.
 */
export function roleIn(grant: Grant, room: string, own?: RoomRole): RoomRole | undefined {
  if (own === "owner") return own;
  if (may(grant, "moderate", room, own)) return "moderator";
  if (!may(grant, "post", room, own)) return "reader";
  return own === "reader" ? undefined : own;
}

function matches(pattern: string, room: string): boolean {
  if (!pattern.endsWith("*")) return pattern === room;
  return isPublicRoom(room) && room.startsWith(pattern.slice(0, -1));
}

/** Refuses whom the server would not know again. */
export function mustBeSignedIn(who: Identity): void {
  if (isSignedIn(who)) return;
  throw new Refusal("unauthorized", "Sign in first: this is for people with a name.");
}

/** Refuses who may not begin rooms and conversations: that may only who may speak everywhere. */
export function mayBegin(who: Identity): void {
  mustBeSignedIn(who);
  if (mayEverywhere(who.grant, "post")) return;
  throw new Refusal("forbidden", "You may not begin rooms or conversations here.");
}

/** Throws the refusal of what neither grant nor role allow. */
export function permit(grant: Grant, act: Act, room: string, own?: RoomRole): void {
  if (!may(grant, act, room, own)) throw refusalOf(grant, act, room, own);
}

/**
 * How something that is not allowed is refused. A private room that one may not read looks like one that
 * never was; public rooms all exist, so there is nothing to hide.
 */
export function refusalOf(grant: Grant, act: Act, room: string, own?: RoomRole): Refusal {
  return isPublicRoom(room) || may(grant, "read", room, own)
    ? new Refusal("forbidden", SENTENCES[act])
    : noSuchRoom();
}

/** The refusal of a room that is not there, or not for this person. */
export function noSuchRoom(): Refusal {
  return new Refusal("not_found", "There is no such room.");
}

const SENTENCES: Record<Act, string> = {
  join: "You may not enter this room. Whoever runs this chat can let you in.",
  read: "You may not read this room. Whoever runs this chat can let you in.",
  post: "You may read this room but not write here. Whoever runs this chat can permit it.",
  moderate: "Only moderators of this room may do this.",
  own: "Only owners of this room may do this.",
};
