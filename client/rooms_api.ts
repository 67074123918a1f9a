/** What is asked of the server about rooms and people, besides what the connection brings. */

import type {
  ListedRoom,
  Member,
  PersonStatus,
  RoomAbout,
  RoomRole,
  SettingsChange,
  User,
} from "../server/protocol.ts";
import type { Ask } from "./request.ts";

/** A room that is open to everybody, as the list of all rooms has it. */
export interface PublicRoom {
  room: string;
  title?: string;
  topic?: string;
  archived?: true;
  timestamp: number;
}

export interface RoomPage {
  rooms: PublicRoom[];
  /** Where the next page begins; absent at the end. */
  next?: string;
}

export interface MemberPage {
  members: Member[];
  /** How many members the room has, found or not. */
  count: number;
  /** Where the next page begins; absent at the end. */
  next?: string;
}

/** Members in a page, and at most. */
const MEMBERS = 200;
const MEMBERS_MOST = 1_000;

/** What a new room is to be. */
export interface NewRoom {
  /** The id of a public room. */
  room?: string;
  title: string;
  topic?: string;
  private?: true;
}

export type InviteRole = Exclude<RoomRole, "owner">;

/** A link that lets people into a room. */
export interface Invite {
  token: string;
  url: string;
  role: InviteRole;
  /** Until when it holds, in milliseconds; absent: until it is revoked. */
  expires?: number;
  by: User;
  created: number;
}

/** What an invite leads to, as whoever has it may know. */
export interface Invitation extends Pick<RoomAbout, "room" | "kind" | "title"> {
  members: number;
}

export interface Person extends User, Pick<PersonStatus, "status" | "seen"> {}

/** Everything rejects with a sentence for people. */
export function roomsApi(ask: Ask) {
  return {
    /** Public rooms whose name or topic has the text in it. */
    browse: (filter: string, after?: string) =>
      ask<RoomPage>("GET", `/api/rooms?${query({ filter, after, limit: 200 })}`),
    create: (room: NewRoom) => ask<ListedRoom>("POST", "/api/rooms", room),
    change: (room: string, settings: SettingsChange) =>
      ask("PATCH", `/api/rooms/${room}`, settings),
    /** Members whose name has the text in it, in the order of their coming; `count` of them at least. */
    members: (room: string, search: string, after: string | undefined, count: number) => {
      const limit = Math.min(Math.max(count, MEMBERS), MEMBERS_MOST);
      return ask<MemberPage>(
        "GET",
        `/api/rooms/${room}/members?${query({ search, after, limit })}`,
      );
    },
    setRole: (room: string, user: string, role: RoomRole) =>
      ask("PUT", `/api/rooms/${room}/members/${encodeURIComponent(user)}`, { role }),
    /** Takes somebody out of a room; `me` is oneself. */
    remove: (room: string, user: string) =>
      ask("DELETE", `/api/rooms/${room}/members/${encodeURIComponent(user)}`),
    invites: async (room: string) =>
      (await ask<{ invites: Invite[] }>("GET", `/api/rooms/${room}/invites`)).invites,
    /** `hours` is how long it holds; without it, until it is revoked. */
    invite: (room: string, role: InviteRole, hours: number | undefined) =>
      ask<Invite>("POST", `/api/rooms/${room}/invites`, {
        role,
        ...(hours !== undefined && { hours }),
      }),
    revoke: (room: string, token: string, andMembers: boolean) =>
      ask("DELETE", `/api/rooms/${room}/invites/${token}${andMembers ? "?members=remove" : ""}`),
    invitation: (token: string) =>
      ask<Invitation>("GET", `/api/invites/${encodeURIComponent(token)}`),
    accept: (token: string) => ask<ListedRoom>("POST", `/api/invites/${encodeURIComponent(token)}`),
    /** People whose name has the text in it, the last seen first. */
    people: async (search: string) =>
      (await ask<{ people: Person[] }>("GET", `/api/people?${query({ search, limit: 50 })}`))
        .people,
    /** The conversation with these people, begun where there is none. */
    converse: (people: readonly string[]) =>
      ask<ListedRoom>("POST", "/api/conversations", { people }),
  };
}

function query(values: Record<string, string | number | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== "");
  return String(new URLSearchParams(given.map(([name, value]) => [name, String(value)])));
}
