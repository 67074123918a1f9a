/**
 * Who is in which room on this node: counted connections, so that many tabs are one person. Changes
 * are told at most once in a while, and by name only where people are few, as telling each of n people
 * of each arrival is n² sends.
 */

import { LIMITS, type Signal, type User } from "./protocol.ts";

/** Least milliseconds between two presence signals of a room. */
const INTERVAL = 1_000;
/** Milliseconds more for each person who hears it: large rooms are told less often. */
const INTERVAL_PER_PERSON = 1;

/** Who is in a room, as `joined` and `presence` tell it. */
export interface Present {
  online: number;
  /** Everybody, where they are few. */
  people?: User[];
}

interface Person {
  user: User;
  connections: number;
}

interface RoomPresence {
  /** In the order of arrival, by user id. */
  people: Map<string, Person>;
  /** When it was last told, and the timer of the next time. */
  toldAt: number;
  timer?: ReturnType<typeof setTimeout>;
}

export class Presence {
  readonly #rooms = new Map<string, RoomPresence>();

  /** `tell` sends a signal to the peers of its room. */
  constructor(
    private readonly tell: (signal: Signal) => void,
    private readonly listed: number = LIMITS.peopleListed,
  ) {}

  /** One more connection of a person in a room. */
  enter(room: string, user: User): void {
    let present = this.#rooms.get(room);
    if (!present) {
      present = { people: new Map(), toldAt: -Infinity };
      this.#rooms.set(room, present);
    }
    const person = present.people.get(user.id);
    if (person) {
      person.connections++;
      if (person.user.name === user.name) return;
      // The newest tab has the newest name.
      person.user = user;
    } else {
      present.people.set(user.id, { user, connections: 1 });
    }
    this.#changed(room, present);
  }

  /** Shows somebody who is in a room under another name. */
  rename(room: string, user: User): void {
    const present = this.#rooms.get(room);
    const person = present?.people.get(user.id);
    if (!present || !person || person.user.name === user.name) return;
    person.user = user;
    this.#changed(room, present);
  }

  /** One connection of a person less. */
  leave(room: string, userId: string): void {
    const present = this.#rooms.get(room);
    const person = present?.people.get(userId);
    if (!present || !person || --person.connections > 0) return;
    present.people.delete(userId);
    if (present.people.size === 0) {
      clearTimeout(present.timer);
      this.#rooms.delete(room);
    } else {
      this.#changed(room, present);
    }
  }

  /** Who is in a room, as events tell it. */
  in(room: string): Present {
    const online = this.#rooms.get(room)?.people.size ?? 0;
    return online > this.listed ? { online } : { online, people: this.list(room, online) };
  }

  /** The first so many people of a room, in the order of arrival. */
  list(room: string, most: number): User[] {
    const people: User[] = [];
    for (const { user } of this.#rooms.get(room)?.people.values() ?? []) {
      if (people.length === most) break;
      people.push(user);
    }
    return people;
  }

  close(): void {
    for (const { timer } of this.#rooms.values()) clearTimeout(timer);
    this.#rooms.clear();
  }

  #changed(room: string, present: RoomPresence): void {
    present.timer ??= setTimeout(() => this.#tell(room, present), waitOf(present));
  }

  #tell(room: string, present: RoomPresence): void {
    delete present.timer;
    // A room that has grown meanwhile waits as long as one of its size.
    if (waitOf(present) > 0) return this.#changed(room, present);
    present.toldAt = performance.now();
    this.tell({ type: "presence", room, ...this.in(room) });
  }
}

/** Milliseconds until a room may be told again. */
function waitOf({ people, toldAt }: RoomPresence): number {
  const interval = INTERVAL + people.size * INTERVAL_PER_PERSON;
  return Math.max(0, toldAt + interval - performance.now());
}
