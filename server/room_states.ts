/** How the rooms stand that are in use on this node: what permissions and `joined` need at every turn. */

import { setImmediate } from "node:timers";
import type { Identity } from "./identity.ts";
import { roleIn } from "./permissions.ts";
import {
  isPublicRoom,
  type LogEvent,
  type RoomAbout,
  type RoomKind,
  type RoomRole,
  type RoomSettings,
  type User,
} from "./protocol.ts";
import type { Store } from "./store.ts";
import { changedSettings } from "./store_rules.ts";

/** Rooms that are held; of more, those not asked for longest are read again. */
const HELD_MOST = 1_000;

export interface RoomState {
  room: string;
  kind: RoomKind;
  settings: RoomSettings;
  /** User id → role. */
  roles: ReadonlyMap<string, RoomRole>;
  /** User id → everybody who has one, under the name with which they came, in that order. */
  members: ReadonlyMap<string, User>;
  /** User id → when they came or their role changed last, in milliseconds. */
  since: ReadonlyMap<string, number>;
  /** Everybody in a conversation between people; only there. */
  people?: User[];
}

/** As it is held here: members come and go in it. */
interface HeldState extends RoomState {
  roles: Map<string, RoomRole>;
  members: Map<string, User>;
  since: Map<string, number>;
}

export class RoomStates {
  /** The least recently asked for first. */
  readonly #held = new Map<string, HeldState | Promise<HeldState>>();
  /** Rooms that are being read, and whether they have changed since that began. */
  readonly #readings = new Set<{ room: string; isOutdated: boolean }>();

  constructor(private readonly store: Store) {}

  /** How a room stands; at once where that is known, so that the order of calls is kept. */
  of(room: string): RoomState | Promise<RoomState> {
    const held = this.#held.get(room);
    if (!held) return this.#load(room);
    // Moved to the end only where something may have to go: this is asked for with every message.
    if (this.#held.size === HELD_MOST) {
      this.#held.delete(room);
      this.#held.set(room, held);
    }
    return held;
  }

  /**
   * Changes what an event has changed; told once of each, in the order of the log. Nothing is read again:
   * a room of ten thousand would be with everybody who comes.
   */
  noted(event: LogEvent): void {
    if (event.type !== "room" && event.type !== "member") return;
    const { room } = event;
    const held = this.#held.get(room);
    const isCreated = event.type === "room" && event.created !== undefined;
    if (!held || held instanceof Promise || isCreated) return this.doubted(event);
    this.#outdate(room);
    if (event.type === "room") {
      this.#held.set(room, { ...held, settings: changedSettings(held.settings, event.settings) });
      return;
    }
    const { member, role, timestamp } = event;
    if (role === null) {
      held.roles.delete(member.id);
      held.members.delete(member.id);
      held.since.delete(member.id);
    } else {
      held.roles.set(member.id, role);
      held.members.set(member.id, member);
      held.since.set(member.id, timestamp);
    }
  }

  /** Reads the room again of something that may have changed it. */
  doubted({ type, room }: Pick<LogEvent, "type" | "room">): void {
    if (type !== "room" && type !== "member") return;
    const isBeingRead = this.#outdate(room);
    // Those who wait for it get it as it stands then, in their order.
    if (!isBeingRead || !(this.#held.get(room) instanceof Promise)) this.#held.delete(room);
  }

  /** Whether the room is being read just now, which then is done again. */
  #outdate(room: string): boolean {
    let isBeingRead = false;
    for (const reading of this.#readings) {
      if (reading.room === room) isBeingRead = reading.isOutdated = true;
    }
    return isBeingRead;
  }

  #load(room: string): Promise<HeldState> {
    const loading = this.#readUnchanged(room).then(
      (state) => {
        // Not before those who waited have gone on: nobody who comes now may overtake them.
        setImmediate(() => {
          // Unless it has changed meanwhile.
          if (this.#held.get(room) === loading) this.#held.set(room, state);
        });
        return state;
      },
      (error) => {
        if (this.#held.get(room) === loading) this.#held.delete(room);
        throw error;
      },
    );
    if (this.#held.size >= HELD_MOST) this.#held.delete(this.#held.keys().next().value!);
    this.#held.set(room, loading);
    return loading;
  }

  /** What was read before a change may say that somebody is still in who is not: it is read again. */
  async #readUnchanged(room: string): Promise<HeldState> {
    const reading = { room, isOutdated: false };
    this.#readings.add(reading);
    try {
      while (true) {
        const state = await this.#read(room);
        if (!reading.isOutdated) return state;
        reading.isOutdated = false;
      }
    } finally {
      this.#readings.delete(reading);
    }
  }

  async #read(room: string): Promise<HeldState> {
    const [record, found] = await Promise.all([this.store.room(room), this.store.members(room)]);
    const roles = new Map(found.map(({ user, role }) => [user.id, role]));
    const members = new Map(found.map(({ user }) => [user.id, user]));
    const since = new Map(found.map(({ user, since }) => [user.id, since]));
    if (!record) {
      const kind = isPublicRoom(room) ? "public" : "private";
      return { room, kind, settings: {}, roles, members, since };
    }
    const { kind, settings, people } = record;
    const state = { room, kind, settings, roles, members, since };
    return people ? { ...state, people: people.map(({ user }) => user) } : state;
  }
}

/** A room as somebody sees it who may. */
export function aboutOf(
  { room, kind, settings, people, roles }: RoomState,
  { user, grant }: Pick<Identity, "user" | "grant">,
): RoomAbout {
  const role = roleIn(grant, room, roles.get(user.id));
  return { room, kind, ...settings, ...(role && { role }), ...(people && { people }) };
}
