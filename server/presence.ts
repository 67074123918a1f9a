/**
 * Who is in which room on this node: counted connections, so that many tabs are one person. Changes
 * are told at most once in a while, and by name only where people are few, as telling each of n people
 * of each arrival is n² sends.
 */

import { Pace } from "./pace.ts";
import { LIMITS, type Signal, type User } from "./protocol.ts";

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
  pace: Pace;
  /** Of the next time that it may be told. */
  timer?: ReturnType<typeof setTimeout>;
}

export class Presence {
  readonly #rooms = new Map<string, RoomPresence>();

  /**
   * `tell` sends a signal to the peers of its room. `said`: characters of messages that each peer of a
   * room was handed since the room was opened.
   */
  constructor(
    private readonly tell: (signal: Signal) => void,
    private readonly said: (room: string) => number,
    private readonly listed: number = LIMITS.peopleListed,
  ) {}

  /** One more connection of a person in a room. */
  enter(room: string, user: User): void {
    let present = this.#rooms.get(room);
    if (!present) {
      present = { people: new Map(), pace: new Pace(this.said(room)) };
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
    present.timer ??= setTimeout(
      () => this.#tell(room, present),
      present.pace.wait(this.said(room), present.people.size),
    );
  }

  #tell(room: string, present: RoomPresence): void {
    delete present.timer;
    // Asked again: the room may have grown, or been quiet.
    if (present.pace.wait(this.said(room), present.people.size) > 0) {
      return this.#changed(room, present);
    }
    const signal: Signal = { type: "presence", room, ...this.in(room) };
    present.pace.told(this.said(room), JSON.stringify(signal).length);
    this.tell(signal);
  }
}
