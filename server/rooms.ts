/** Rooms themselves: who creates and changes them, and who is in them as what. */

import type { Access } from "./access.ts";
import type { EventLog } from "./event_log.ts";
import type { Identity } from "./identity.ts";
import type { Limiter } from "./limits.ts";
import { type Lists, mustBeSignedIn } from "./lists.ts";
import { mayEverywhere } from "./permissions.ts";
import type { Personal } from "./personal.ts";
import {
  type ListedRoom,
  type LogEvent,
  Refusal,
  type RoomAbout,
  type RoomEvent,
  type RoomRole,
  type SettingsChange,
} from "./protocol.ts";
import { parseRoom } from "./protocol_parse.ts";
import type { RoomIds } from "./room_ids.ts";
import { aboutOf } from "./room_states.ts";
import type { MemberRecord, Store } from "./store.ts";

/** What a room is to be. */
export interface NewRoom {
  /** The id of a public room; a private one gets an id of its own. */
  room?: string;
  isPrivate: boolean;
  title: string;
  topic: string;
}

export class Rooms {
  constructor(
    private readonly store: Store,
    private readonly events: EventLog,
    private readonly access: Access,
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
  ): Promise<ListedRoom> {
    mayBegin(who);
    this.limiter.join(who);
    const settings: SettingsChange = { ...(title && { title }), ...(topic && { topic }) };
    if (isPrivate && title === "") {
      throw new Refusal(
        "bad_command",
        "A private room needs a title: its address is a random one.",
      );
    }
    const { event } = await this.events.commit({
      type: "room",
      room: isPrivate ? await this.ids.privateRoom(who.user.id, id) : parseRoom(room),
      user: who.user,
      id,
      created: isPrivate ? "private" : "public",
      settings,
      members: [{ user: who.user, role: "owner" }],
    });
    await this.lists.tell(who.user.id, event.room);
    return (await this.lists.find(who, event.room))!;
  }

  /** A room as who asks may see it. */
  async about(who: Identity, room: string): Promise<RoomAbout> {
    return aboutOf(await this.access.permit(who, "read", room), who.user.id);
  }

  /** Changes settings; only owners may. */
  async change(
    who: Identity,
    room: string,
    settings: SettingsChange,
    id: string,
  ): Promise<LogEvent> {
    const { kind } = await this.access.permit(who, "own", room);
    if (kind === "direct") {
      throw new Refusal("forbidden", "A conversation between people has no settings.");
    }
    if (kind === "private" && settings.title === null) {
      throw new Refusal(
        "bad_command",
        "A private room needs a title: its address is a random one.",
      );
    }
    this.limiter.message(who);
    const { event } = await this.events.commit({
      type: "room",
      room,
      user: who.user,
      id,
      settings,
    });
    return event as RoomEvent;
  }

  /** Everybody who has a role in a room. */
  async members(who: Identity, room: string): Promise<MemberRecord[]> {
    await this.access.permit(who, "read", room);
    return await this.store.members(room);
  }

  /** Gives somebody a role. Moderators let people in and out; owners make moderators and owners. */
  async setRole(
    who: Identity,
    room: string,
    userId: string,
    role: RoomRole,
    id: string,
  ): Promise<LogEvent> {
    const { kind, roles } = await this.access.permit(who, "moderate", room);
    if (kind === "direct") throw unchangeable();
    const before = roles.get(userId);
    const isAboutRights = [before, role].some((one) => one === "owner" || one === "moderator");
    if (isAboutRights) await this.access.permit(who, "own", room);
    if (before === "owner" && role !== "owner") mustKeepAnOwner(roles, userId);
    this.limiter.message(who);
    const [person] = await this.store.people.find([userId]);
    if (!person) throw new Refusal("not_found", "There is nobody with this id.");
    const member = { id: person.id, name: person.name };
    const { event } = await this.events.commit({
      type: "member",
      room,
      user: who.user,
      id,
      member,
      role,
    });
    await this.lists.tell(userId, room);
    return event;
  }

  /** Takes somebody out of a room, or oneself. Their connections are out of it at once. */
  async remove(who: Identity, room: string, userId: string, id: string): Promise<LogEvent> {
    const isOneself = who.user.id === userId;
    const { kind, roles } = await this.access.permit(who, isOneself ? "read" : "moderate", room);
    if (kind === "direct") throw unchangeable();
    const role = roles.get(userId);
    if (role === undefined) {
      throw new Refusal("not_found", "This person is not a member of the room.");
    }
    if (!isOneself && (role === "owner" || role === "moderator")) {
      await this.access.permit(who, "own", room);
    }
    if (role === "owner") mustKeepAnOwner(roles, userId);
    this.limiter.message(who);
    const member = (await this.store.members(room)).find(({ user }) => user.id === userId)!.user;
    const { event } = await this.events.commit({
      type: "member",
      room,
      user: who.user,
      id,
      member,
      role: null,
    });
    this.personal.tell(userId, { type: "unlisted", room, removed: true });
    return event;
  }
}

/** Only who may speak everywhere may begin rooms and conversations. */
export function mayBegin(who: Identity): void {
  mustBeSignedIn(who);
  if (mayEverywhere(who.grant, "post")) return;
  throw new Refusal("forbidden", "You may not begin rooms or conversations here.");
}

function mustKeepAnOwner(roles: ReadonlyMap<string, RoomRole>, userId: string): void {
  const hasAnother = [...roles].some(([id, role]) => role === "owner" && id !== userId);
  if (hasAnother) return;
  throw new Refusal(
    "forbidden",
    "You are the last owner of this room. Make somebody else owner first.",
  );
}

function unchangeable(): Refusal {
  return new Refusal(
    "forbidden",
    "The people of a conversation stay the same. Begin another one with whom you like.",
  );
}
