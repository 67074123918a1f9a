/** Links that let people into a room: who makes them, who comes by them, and what ending one means. */

import type { Access } from "./access.ts";
import type { EventLog } from "./event_log.ts";
import type { Identity } from "./identity.ts";
import type { Invite } from "./invites.ts";
import type { Limiter } from "./limits.ts";
import type { Lists } from "./lists.ts";
import { mustBeSignedIn } from "./permissions.ts";
import { type ListedRoom, Refusal, type RoomKind, type RoomRole } from "./protocol.ts";
import { rankOf, type Rooms, unchangeable } from "./rooms.ts";
import type { RoomState, RoomStates } from "./room_states.ts";
import type { Store } from "./store.ts";

/** Invites of a room at a time. */
const INVITES_MOST = 100;
const HOUR = 60 * 60_000;

/** What an invite is to be. */
export interface NewInvite {
  role: Invite["role"];
  /** How long it holds; absent: until it is revoked. */
  hours?: number;
}

/** What whoever has the link is told before coming in. */
export interface InviteAbout {
  room: string;
  kind: RoomKind;
  title?: string;
  /** How many members the room has. */
  members: number;
  /** What those are who come by it. */
  role: RoomRole;
  expires?: number;
}

export class Invitations {
  constructor(
    private readonly store: Store,
    private readonly events: EventLog,
    private readonly access: Access,
    private readonly states: RoomStates,
    private readonly rooms: Rooms,
    private readonly lists: Lists,
    private readonly limiter: Limiter,
  ) {}

  /** Makes an invite. Moderators may; one that makes moderators only owners may. */
  async create(who: Identity, room: string, { role, hours }: NewInvite): Promise<Invite> {
    await this.#mayInvite(who, room);
    if (role === "moderator") await this.access.permit(who, "own", room);
    this.limiter.message(who);
    if ((await this.store.invites.list(room)).filter(isGood).length >= INVITES_MOST) {
      throw new Refusal(
        "forbidden",
        `A room has at most ${INVITES_MOST} invites. Revoke one that nobody needs any more.`,
      );
    }
    const created = Date.now();
    const invite: Invite = {
      token: newToken(),
      room,
      role,
      ...(hours !== undefined && { expires: created + hours * HOUR }),
      by: { id: who.user.id, name: who.user.name },
      created,
    };
    await this.store.invites.create(invite);
    return invite;
  }

  /**
   * The invites of a room that still hold, the newest first. Those that make moderators are told only to
   * owners: whoever has the token can hand it on.
   */
  async list(who: Identity, room: string): Promise<Invite[]> {
    await this.#mayInvite(who, room);
    const mayAll = await this.access.may(who, "own", room);
    const invites = await this.store.invites.list(room);
    return invites.filter((one) => isGood(one) && (mayAll || one.role !== "moderator"));
  }

  /**
   * Ends an invite. `andMembers` takes those out of the room who came by it, unless they were made more
   * than the invite made them since.
   */
  async revoke(who: Identity, room: string, token: string, andMembers: boolean): Promise<void> {
    await this.#mayInvite(who, room);
    const invite = await this.store.invites.find(token);
    if (invite?.room !== room) throw notAnInvite();
    if (andMembers && invite.role === "moderator") await this.access.permit(who, "own", room);
    this.limiter.message(who);
    await this.store.invites.revoke(token);
    if (!andMembers) return;
    for (const guest of await this.store.invites.guests(token)) {
      await this.rooms.inTurn(room, async () => {
        // As it stands now: with many guests this takes a while, and roles go on changing.
        const role = (await this.states.of(room)).roles.get(guest.id);
        if (role === undefined || rankOf(role) > rankOf(invite.role)) return;
        await this.rooms.takeOut(who, room, guest, crypto.randomUUID());
      });
    }
  }

  /** What room an invite is for. */
  async about(token: string): Promise<InviteAbout> {
    const { room, role, expires } = await this.#find(token);
    const { kind, settings: { title }, roles } = await this.states.of(room);
    return {
      room,
      kind,
      ...(title !== undefined && { title }),
      members: roles.size,
      role,
      ...(expires !== undefined && { expires }),
    };
  }

  /**
   * Comes in by an invite. Whoever is in the room already keeps their role, and whoever was taken out of
   * it does not get in again by themselves.
   */
  async accept(who: Identity, token: string): Promise<ListedRoom> {
    mustBeSignedIn(who);
    this.limiter.join(who);
    const { room, role } = await this.#find(token);
    await this.rooms.inTurn(room, () => this.#enter(who, token, room, role));
    return await this.lists.find(who, room);
  }

  async #enter(who: Identity, token: string, room: string, role: RoomRole): Promise<void> {
    if ((await this.states.of(room)).roles.has(who.user.id)) return;
    if ((await this.store.places.find(who.user.id, room))?.removed) {
      throw new Refusal(
        "forbidden",
        "You were taken out of this room. Somebody who is in it has to let you in again.",
      );
    }
    await this.events.commit({
      type: "member",
      room,
      user: who.user,
      id: crypto.randomUUID(),
      member: { id: who.user.id, name: who.user.name },
      role,
      invite: token,
    });
    // Revoked at the same moment, and too late for the revocation to see this guest.
    if (!await this.store.invites.find(token)) {
      await this.rooms.takeOut(who, room, who.user, crypto.randomUUID());
      throw notAnInvite();
    }
    await this.lists.tell(who.user.id, room);
  }

  async #mayInvite(who: Identity, room: string): Promise<RoomState> {
    const state = await this.access.permit(who, "moderate", room);
    if (state.kind !== "direct") return state;
    throw unchangeable();
  }

  /** An invite that holds. */
  async #find(token: string): Promise<Invite> {
    const invite = await this.store.invites.find(token);
    if (!invite) throw notAnInvite();
    if (isGood(invite)) return invite;
    throw new Refusal("not_found", "This invite has expired. Ask for a new one.");
  }
}

function isGood({ expires }: Invite): boolean {
  return expires === undefined || expires > Date.now();
}

function notAnInvite(): Refusal {
  return new Refusal("not_found", "This invite is not there, or was revoked. Ask for a new one.");
}

/** 128 random bits. */
function newToken(): string {
  return crypto.getRandomValues(new Uint8Array(16))
    .toBase64({ alphabet: "base64url", omitPadding: true });
}
