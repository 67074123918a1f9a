/** Rooms themselves: who creates and changes them, and who is in them as what. */

import type { Access } from "./access.ts";
import type { Directory } from "./directory.ts";
import type { EventLog } from "./event_log.ts";
import type { Identity } from "./identity.ts";
import type { Limiter } from "./limits.ts";
import type { Lists } from "./lists.ts";
import { type MemberPage, type MemberQuery, pageOfMembers } from "./member_list.ts";
import { may, mayBegin, mayEverywhere } from "./permissions.ts";
import type { Personal } from "./personal.ts";
import {
  type ListedRoom,
  LOBBY,
  type Member,
  Refusal,
  ROOM_ROLES,
  type RoomAbout,
  type RoomRole,
  type SettingsChange,
  type User,
} from "./protocol.ts";
import { type NewRoom, privateNeedsTitle } from "./protocol_parse.ts";
import type { RoomIds } from "./room_ids.ts";
import { aboutOf, type RoomState } from "./room_states.ts";
import type { RoomQuery, RoomRecord, Store } from "./store.ts";
import { roomExists } from "./store_rules.ts";

/** Among how many recent rooms those are looked for that somebody may read who may not read all. */
const ROOMS_SEARCHED = 10_000;

/** What became of a wish for a room. */
export interface Created {
  room: ListedRoom;
  /** It was there before: this was a retry. */
  repeated: boolean;
}

export class Rooms {
  /** The last change of roles under way, by room. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(
    private readonly store: Store,
    private readonly events: EventLog,
    private readonly access: Access,
    private readonly directory: Directory,
    private readonly lists: Lists,
    private readonly personal: Personal,
    private readonly limiter: Limiter,
    private readonly ids: RoomIds,
  ) {}

  /** Creates a room, whose owner is who asked. `id` makes a retry the same room. */
  async create(
    who: Identity,
    { room, isPrivate, title, topic }: NewRoom,
    id: string,
  ): Promise<Created> {
    mayBegin(who);
    // Whoever came first could otherwise archive the room in which everybody begins.
    if (room === LOBBY) throw roomExists();
    this.limiter.join(who);
    const settings: SettingsChange = { ...(title && { title }), ...(topic && { topic }) };
    const { event, repeated } = await this.events.commit({
      type: "room",
      room: room ?? await this.ids.privateRoom(who.user.id, id),
      user: who.user,
      id,
      created: isPrivate ? "private" : "public",
      settings,
      members: [{ user: who.user, role: "owner" }],
    });
    if (!repeated) await this.lists.tell(who.user.id, event.room);
    return { room: await this.lists.find(who, event.room), repeated };
  }

  /** A room as who asks may see it. */
  async about(who: Identity, room: string): Promise<RoomAbout> {
    return aboutOf(await this.access.permit(who, "read", room), who);
  }

  /** Changes settings; only owners may. Resolves to the room as it stands then. */
  async change(
    who: Identity,
    room: string,
    settings: SettingsChange,
    id: string,
  ): Promise<RoomAbout> {
    const { kind } = await this.access.permit(who, "own", room);
    if (kind === "direct") {
      throw new Refusal("forbidden", "A conversation between people has no settings.");
    }
    if (kind === "private" && settings.title === null) throw privateNeedsTitle();
    this.limiter.message(who);
    await this.events.commit({ type: "room", room, user: who.user, id, settings });
    return await this.about(who, room);
  }

  /** Public rooms in which something happened and that one may read, the most recent first. */
  async list(who: Identity, query: RoomQuery): Promise<RoomRecord[]> {
    this.limiter.search(who);
    const { grant } = who;
    if (mayEverywhere(grant, "read")) return await this.store.rooms(query);
    const found = await this.store.rooms({ ...query, limit: ROOMS_SEARCHED });
    return found.filter(({ room }) => may(grant, "read", room)).slice(0, query.limit);
  }

  /** Who has a role in a room. */
  async members(who: Identity, room: string, query: MemberQuery): Promise<MemberPage> {
    const state = await this.access.permit(who, "read", room);
    this.limiter.search(who);
    return pageOfMembers(state, query);
  }

  /**
   * Gives somebody a role; who has it already keeps it. Moderators let people in and out; owners make
   * moderators and owners; and everybody may step down.
   */
  setRole(
    who: Identity,
    room: string,
    userId: string,
    role: RoomRole,
    id: string,
  ): Promise<Member> {
    return this.inTurn(room, () => this.#setRole(who, room, userId, role, id));
  }

  /** Takes somebody out of a room, or oneself. Their connections are out of it at once. */
  remove(who: Identity, room: string, userId: string, id: string): Promise<void> {
    return this.inTurn(room, () => this.#remove(who, room, userId, id));
  }

  /** One change of roles after the other, so that two owners cannot both leave as the last but one. */
  async inTurn<T>(room: string, change: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(room) ?? Promise.resolve();
    const done = before.then(change);
    const settled = done.catch(() => {});
    this.#turns.set(room, settled);
    try {
      return await done;
    } finally {
      if (this.#turns.get(room) === settled) this.#turns.delete(room);
    }
  }

  async #setRole(
    who: Identity,
    room: string,
    userId: string,
    role: RoomRole,
    id: string,
  ): Promise<Member> {
    const isOneself = who.user.id === userId;
    const act = isOneself ? "read" : "moderate";
    const { kind, roles, members } = await this.access.permit(who, act, room);
    if (kind === "direct") throw unchangeable();
    const before = roles.get(userId);
    const isStep = isOneself && before !== undefined && rankOf(role) <= rankOf(before);
    if (!isStep) {
      await this.access.permit(who, "moderate", room);
      if ([before, role].some(isAboutRights)) await this.access.permit(who, "own", room);
    }
    if (before === "owner" && role !== "owner") mustKeepAnOwner(roles, userId);
    const user = isOneself ? who.user : await this.#find(members, userId);
    if (before === role) return { user, role };
    this.limiter.message(who);
    if (before === undefined && !isOneself) this.limiter.additions(who, 1);
    await this.events.commit({ type: "member", room, user: who.user, id, member: user, role });
    await this.lists.tell(userId, room);
    return { user, role };
  }

  /** Somebody who is a member or whom the server has seen. */
  async #find(members: RoomState["members"], userId: string): Promise<User> {
    const [person] = await this.directory.find([userId]);
    if (person) return { id: person.id, name: person.name };
    const member = members.get(userId);
    if (member) return member;
    throw new Refusal("not_found", "There is nobody with this id.");
  }

  async #remove(who: Identity, room: string, userId: string, id: string): Promise<void> {
    const isOneself = who.user.id === userId;
    const act = isOneself ? "read" : "moderate";
    const { kind, roles, members } = await this.access.permit(who, act, room);
    if (kind === "direct") throw unchangeable();
    const role = roles.get(userId);
    const member = members.get(userId);
    if (role === undefined || member === undefined) {
      throw new Refusal("not_found", "This person is not a member of the room.");
    }
    if (!isOneself && isAboutRights(role)) await this.access.permit(who, "own", room);
    if (role === "owner") mustKeepAnOwner(roles, userId);
    this.limiter.message(who);
    await this.takeOut(who, room, member, id);
  }

  /** What removing somebody comes to, once it is known that it may be. */
  async takeOut(who: Identity, room: string, member: User, id: string): Promise<void> {
    try {
      await this.events.commit({ type: "member", room, user: who.user, id, member, role: null });
    } finally {
      // Also where nobody knows whether it was kept: then the room as it stands tells.
      if (await this.store.role(room, member.id) === undefined) {
        this.personal.tell(member.id, { type: "unlisted", room, removed: true });
      }
    }
  }
}

/** The higher, the more rights. */
export function rankOf(role: RoomRole): number {
  return ROOM_ROLES.length - ROOM_ROLES.indexOf(role);
}

/** Whether a role is for owners to give and to take. */
function isAboutRights(role: RoomRole | undefined): boolean {
  return role === "owner" || role === "moderator";
}

function mustKeepAnOwner(roles: ReadonlyMap<string, RoomRole>, userId: string): void {
  const hasAnother = [...roles].some(([id, role]) => role === "owner" && id !== userId);
  if (hasAnother) return;
  throw new Refusal(
    "forbidden",
    "You are the last owner of this room. Make somebody else owner first.",
  );
}

/** The refusal of letting others into a conversation, or out of it. */
export function unchangeable(): Refusal {
  return new Refusal(
    "forbidden",
    "The people of a conversation stay the same. Begin another one with whom you like.",
  );
}
