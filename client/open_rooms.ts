/** The rooms that this page is in, over one connection: most are only followed, one is looked at. */

import type { Command, JoinCommand, ListedRoom } from "../server/protocol.ts";
import type { RoomList } from "./room_list.ts";
import { Room, type RoomPorts } from "./room.ts";

export interface OpenRoomsPorts {
  /** What each of them needs. */
  room: RoomPorts;
  list: RoomList;
  send(commands: readonly Command[]): void;
  /** How many there may be. */
  most(): number;
}

export class OpenRooms {
  /** The least recently opened first. */
  readonly #rooms = new Map<string, Room>();
  #shown: string | undefined;

  constructor(private readonly ports: OpenRoomsPorts) {}

  /** The commands that enter them, or resume in them. */
  get joins(): JoinCommand[] {
    return [...this].map((room) => room.join);
  }

  /** The one that is looked at. */
  get shown(): string | undefined {
    return this.#shown;
  }

  get(id: string): Room | undefined {
    return this.#rooms.get(id);
  }

  [Symbol.iterator](): Iterator<Room> {
    return this.#rooms.values();
  }

  /** The room with its messages, entered where it was not. */
  open(id: string): Room {
    let room = this.#rooms.get(id);
    if (!room) {
      if (this.#isFull) {
        const oldest = [...this.#rooms.keys()].find((one) => one !== this.#shown);
        if (oldest !== undefined) this.leave(oldest);
      }
      room = this.#add(id);
    }
    room.want();
    return room;
  }

  /** The room is looked at now, in place of another. */
  show(id: string): void {
    this.#shown = id;
    const room = this.open(id);
    // The last to be left where there are too many.
    this.#rooms.delete(id);
    this.#rooms.set(id, room);
    const listed = this.ports.list.peek(id);
    room.open(listed && listed.unread > 0 ? listed.read : 0);
  }

  /** What is said in these comes from now on, as far as there is space for them. */
  follow(listed: readonly ListedRoom[]): void {
    const joins: JoinCommand[] = [];
    for (const { room: id } of listed) {
      if (this.#isFull) break;
      if (!this.#rooms.has(id)) joins.push(this.#add(id).join);
    }
    if (joins.length > 0) this.ports.send(joins);
  }

  /** A room came onto the list, be it again. */
  followAgain(id: string): void {
    const known = this.#rooms.get(id);
    if (!known && this.#isFull) return;
    if (!known || known.problem.peek() !== null) this.ports.send([(known ?? this.#add(id)).join]);
  }

  leave(id: string): void {
    this.#rooms.get(id)?.close();
    if (this.#rooms.delete(id)) this.ports.send([{ type: "leave", room: id }]);
  }

  close(): void {
    for (const room of this) room.close();
    this.#rooms.clear();
  }

  get #isFull(): boolean {
    return this.#rooms.size >= this.ports.most();
  }

  #add(id: string): Room {
    const room = new Room(id, this.ports.room, this.ports.list.peek(id));
    this.#rooms.set(id, room);
    return room;
  }
}
