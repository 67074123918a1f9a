/** The whole state of the client: events in, signals out. No DOM. */

import { batch, type ReadonlySignal, signal } from "@preact/signals";
import {
  type ErrorEvent,
  isPublicRoom,
  type JoinCommand,
  LIMITS,
  type Limits,
  type ListedRoom,
  type LogEvent,
  type PersonalEvent,
  type ServerEvent,
  type StatusEvent,
  UNREAD_MOST,
  type User,
  type WelcomeEvent,
} from "../server/protocol.ts";
import { Connection, type Status, type Surroundings } from "./connection.ts";
import type { ReadHistory } from "./history.ts";
import { Outbox } from "./outbox.ts";
import type { OutboxStore, Outgoing } from "./outbox_store.ts";
import { ReadMarks } from "./read_marks.ts";
import { forgetRoom } from "./remembered.ts";
import type { Ask } from "./request.ts";
import { Room } from "./room.ts";
import { RoomList } from "./room_list.ts";
import type { SessionApi } from "./session.ts";
import { Statuses } from "./statuses.ts";
import { read, write } from "./storage.ts";

export type { Outgoing } from "./outbox_store.ts";
export { Room } from "./room.ts";
export type { Status } from "./connection.ts";

/** What the model needs of the browser and the server. */
export interface ChatPorts {
  surroundings: Surroundings;
  session: SessionApi;
  history: ReadHistory;
  ask: Ask;
  outboxStore: OutboxStore;
  /** Names the build of this page. */
  build: string;
}

export class Chat {
  readonly #user = signal<User | null>(null);
  readonly #ready = signal(false);
  readonly #outdated = signal(false);
  readonly #limits = signal<Limits>(LIMITS);
  readonly #outbox = signal<Outbox | undefined>(undefined);
  /** The rooms that this page is in, the least recently opened first. */
  readonly #rooms = new Map<string, Room>();
  /** The room that is looked at. */
  #shown: string | undefined;
  /** Nobody sits at the screen. */
  #isAway = false;
  /** The last connection was not ours, and signing in again has not brought one that is. */
  #hasSignedInAgain = false;
  readonly #connection: Connection;
  /** One's own rooms. */
  readonly list = new RoomList(() => this.#user.peek()?.id);
  readonly #marks = new ReadMarks((command) => this.#connection.send([command]));
  /** Whether people are here. */
  readonly statuses = new Statuses(
    (command) => this.#connection.send([command]),
    () => this.#limits.peek().peopleWatched,
  );

  constructor(private readonly ports: ChatPorts) {
    this.#connection = new Connection({
      joins: () => [...this.#rooms.values()].map((room) => room.join),
      opened: (welcome) => this.#opened(welcome),
      closed: () => this.#closed(),
      events: (events) => this.#receive(events),
    }, ports.surroundings);
  }

  /** Null: nobody has signed in yet. */
  get user(): ReadonlySignal<User | null> {
    return this.#user;
  }

  /** Whether it is known who is signed in. */
  get ready(): ReadonlySignal<boolean> {
    return this.#ready;
  }

  get status(): ReadonlySignal<Status> {
    return this.#connection.status;
  }

  /** Why the connection ended for good, for people. */
  get statusDetail(): ReadonlySignal<string | null> {
    return this.#connection.detail;
  }

  /** Whether WebSockets are blocked and another way is taken. */
  get fallback(): ReadonlySignal<boolean> {
    return this.#connection.fallback;
  }

  /** Whether the server has a newer client than this one. */
  get outdated(): ReadonlySignal<boolean> {
    return this.#outdated;
  }

  get limits(): ReadonlySignal<Limits> {
    return this.#limits;
  }

  /** Asks the server over HTTP, as who is signed in. */
  get ask(): Ask {
    return this.ports.ask;
  }

  /** Finds out who is signed in, and connects where somebody is. */
  async start(): Promise<void> {
    try {
      const { user, build } = await this.ports.session.current();
      this.#noteBuild(build);
      if (user) this.#enter(user);
    } catch {
      // Not reachable now. Who was here before goes on with the name that the browser remembers.
      const remembered = readUser();
      if (remembered) this.#enter(remembered);
    }
    this.#ready.value = true;
  }

  /** Rejects with a sentence for people. */
  async signIn(name: string): Promise<void> {
    this.#enter(await this.ports.session.signIn(name));
  }

  /** Changes the name. Rejects with a sentence for people. */
  async rename(name: string): Promise<void> {
    this.#keepUser(await this.ports.session.signIn(name));
    // The name belongs to the connection.
    this.#connection.reconnectNow();
  }

  /**
   * Ends the session, and this browser forgets who was here. What was not sent yet stays, for the same
   * person only. Rejects with a sentence for people.
   */
  async signOut(): Promise<void> {
    await this.ports.session.signOut();
    this.signedOut();
  }

  /** The session has ended, from here or from another tab. */
  signedOut(): void {
    this.close();
    write("user", null);
    for (const { room } of this.list.recent) forgetRoom(room);
    batch(() => {
      this.list.clear();
      this.#outbox.value = undefined;
      this.#user.value = null;
    });
  }

  /** How many messages are not sent yet. */
  get unsent(): number {
    return this.#outbox.value?.size ?? 0;
  }

  /** The room, entered where it was not. */
  open(id: string): Room {
    const room = this.#enterRoom(id);
    room.want();
    return room;
  }

  /** The room is looked at now, in place of another. */
  show(id: string): void {
    if (this.#shown !== undefined) this.#marks.flush(this.#shown);
    this.#shown = id;
    const room = this.#enterRoom(id);
    // The last to be left where there are too many.
    this.#rooms.delete(id);
    this.#rooms.set(id, room);
    const listed = this.list.peek(id);
    room.open(listed && listed.unread > 0 ? listed.read : 0);
  }

  /** Takes a room off the list and leaves it; a member stays one. */
  forget(id: string): void {
    this.#leave(id);
    this.list.remove(id);
    this.#place(id, { listed: false });
  }

  /** Whether one wants to be told of a room. */
  mute(id: string, muted: boolean): void {
    this.list.muted(id, muted);
    this.#place(id, { muted });
  }

  /** Puts a room on the list that the server has just made for the reader, or found. */
  listed(room: ListedRoom): void {
    this.list.take({ type: "listed", ...room });
  }

  /** Whether anybody sits at the screen. */
  set isAway(away: boolean) {
    if (away === this.#isAway) return;
    this.#isAway = away;
    this.#connection.send([{ type: "away", away }]);
  }

  reconnectNow(): void {
    this.#connection.reconnectNow();
  }

  /** The tab woke, or the network came back. */
  wake(): void {
    this.#connection.wake();
  }

  /** The network is gone. */
  lost(): void {
    this.#connection.lost();
  }

  /** The page may be going away: what is written is kept. */
  keep(): void {
    for (const room of this.#rooms.values()) room.keep();
    this.#marks.flushAll();
    if (this.#user.peek()) this.list.keep();
  }

  close(): void {
    this.#connection.close();
    this.#marks.close();
    this.statuses.closed();
    this.#outbox.value?.close();
    for (const room of this.#rooms.values()) room.close();
    this.#rooms.clear();
  }

  /** `unsent` are messages that the same person wrote under another id. */
  #enter(user: User, unsent: readonly Outgoing[] = []): void {
    const outbox = new Outbox(
      user.id,
      this.ports.outboxStore,
      (commands) => this.#connection.send(commands),
    );
    for (const outgoing of unsent) outbox.add(outgoing);
    this.#outbox.peek()?.close();
    batch(() => {
      this.#keepUser(user);
      this.list.restore();
      this.#outbox.value = outbox;
    });
    // Without what was kept, everything else still works.
    outbox.restore().then((rooms) => rooms.forEach((room) => this.open(room)), () => {});
    this.#connection.reconnectNow();
  }

  #opened({ user, limits, build, rooms }: WelcomeEvent): void {
    this.#limits.value = limits;
    this.#noteBuild(build);
    if (user.id !== this.#user.peek()?.id) {
      this.#signInAgain();
      return;
    }
    this.#hasSignedInAgain = false;
    // The name may have been changed in another tab.
    this.#keepUser(user);
    if (rooms) this.#enterListed(rooms);
    this.#outbox.peek()?.opened();
    this.#marks.opened();
    this.statuses.opened();
    if (this.#isAway) this.#connection.send([{ type: "away", away: true }]);
  }

  /** One socket for all rooms of the list: those that are not open are only followed. */
  #enterListed(rooms: readonly ListedRoom[]): void {
    this.list.welcomed(rooms);
    const most = this.#limits.value.roomsPerConnection;
    const joins: JoinCommand[] = [];
    for (const { room: id } of rooms) {
      if (this.#rooms.size >= most) break;
      if (!this.#rooms.has(id)) joins.push(this.#newRoom(id).join);
    }
    if (joins.length > 0) this.#connection.send(joins);
    this.#listVisited(new Set(rooms.map(({ room }) => room)));
  }

  /** Rooms that an older version remembered in this browser go onto the server's list, once. */
  #listVisited(listed: ReadonlySet<string>): void {
    for (const room of readVisited()) {
      if (!listed.has(room)) this.#place(room, { listed: true });
    }
    write("rooms", null);
  }

  #enterRoom(id: string): Room {
    const known = this.#rooms.get(id);
    if (known) return known;
    if (this.#rooms.size >= this.#limits.value.roomsPerConnection) {
      const oldest = [...this.#rooms.keys()].find((one) => one !== this.#shown);
      if (oldest !== undefined) this.#leave(oldest);
    }
    const room = this.#newRoom(id);
    room.want();
    this.#connection.send([room.join]);
    return room;
  }

  #newRoom(id: string): Room {
    const room = new Room(id, {
      self: () => this.#user.value,
      outbox: () => this.#outbox.value,
      send: (command) => this.#connection.send([command]),
      history: this.ports.history,
      messageBytes: () => this.#limits.value.messageBytes,
      read: (id, upTo) => {
        const listed = this.list.peek(id);
        if (!listed || listed.read >= upTo) return;
        this.list.read(id, upTo, NONE);
        this.#marks.read(id, upTo);
      },
      unreadFrom: (id, seq) => this.#unreadFrom(id, seq),
    }, this.list.peek(id));
    this.#rooms.set(id, room);
    return room;
  }

  #leave(id: string): void {
    this.#rooms.get(id)?.close();
    if (this.#rooms.delete(id)) this.#connection.send([{ type: "leave", room: id }]);
  }

  /** What the list holds of a room besides its log. Where the server is away, nothing changes there. */
  #place(room: string, change: { listed?: boolean; muted?: boolean }): void {
    this.ports.ask("PATCH", `/api/rooms/${room}/mine`, change).catch(() => {});
  }

  #unreadFrom(room: string, seq: number): void {
    const after = this.#rooms.get(room)!.messages.peek()
      .filter((message) => message.seq >= seq && message.user.id !== this.#user.peek()?.id);
    // The server's own count comes with its answer.
    this.list.read(room, seq - 1, { unread: Math.min(after.length, UNREAD_MOST), mentions: 0 });
    this.#marks.unreadAfter(room, seq - 1);
  }

  #closed(): void {
    this.#outbox.peek()?.closed();
    this.statuses.closed();
    for (const room of this.#rooms.values()) room.disconnected();
  }

  /** The server does not know the session any more and took us for somebody else. */
  async #signInAgain(): Promise<void> {
    this.#connection.close();
    if (this.#hasSignedInAgain) {
      this.#connection.end("Please allow cookies for this site, so that you stay signed in.");
      return;
    }
    this.#hasSignedInAgain = true;
    try {
      const { user } = await this.ports.session.current();
      if (user) {
        this.#enter(user);
      } else {
        const again = await this.ports.session.signIn(this.#user.value!.name);
        this.#enter(again, this.#outbox.value!.takeAll());
      }
    } catch {
      this.#user.value = null;
    }
  }

  #receive(events: readonly ServerEvent[]): void {
    // Frames are nearly always of one room; others are taken apart.
    const byRoom = new Map<string, ServerEvent[]>();
    const personal: PersonalEvent[] = [];
    const statuses: StatusEvent[] = [];
    for (const event of events) {
      if (event.type === "error") this.#refused(event);
      else if (event.type === "status") statuses.push(event);
      else if (isPersonal(event)) personal.push(event);
      else if ("room" in event) {
        const same = byRoom.get(event.room);
        if (same) same.push(event);
        else byRoom.set(event.room, [event]);
      }
    }
    batch(() => {
      for (const [id, own] of byRoom) {
        const room = this.#rooms.get(id);
        if (room) this.#follow(room, own);
        else this.#acknowledge(own);
      }
      for (const event of personal) this.#personal(event);
      for (const event of statuses) this.statuses.take(event);
    });
  }

  #follow(room: Room, events: readonly ServerEvent[]): void {
    const before = this.list.peek(room.id);
    if (before) this.list.noted(room.id, events.flatMap(loggedIn));
    // Reading, it takes back at once what was just counted.
    room.receive(events);
    const joined = events.find((event) => event.type === "joined");
    if (joined && room.id === this.#shown && !before) {
      this.list.entered(joined.about, joined.cursor);
      this.#place(room.id, { listed: true });
    }
    if (before?.unread === 0 && this.list.peek(room.id)!.unread > 0) room.divideAfter(before.read);
  }

  #personal(event: PersonalEvent): void {
    const { room } = event;
    if (event.type === "read" && !this.#marks.confirmed(room, event.upTo)) return;
    this.list.take(event);
    if (event.type === "unlisted") {
      if (event.removed) this.#rooms.get(room)?.removed();
      else if (room !== this.#shown) this.#leave(room);
    } else if (event.type === "listed") this.#follows(room);
  }

  /** A room came onto the list, be it again: what is said there comes from now on. */
  #follows(id: string): void {
    const known = this.#rooms.get(id);
    if (!known && this.#rooms.size >= this.#limits.value.roomsPerConnection) return;
    if (!known || known.problem.peek() !== null) {
      this.#connection.send([(known ?? this.#newRoom(id)).join]);
    }
  }

  /** What was said in a room that is not open any more is done all the same. */
  #acknowledge(events: readonly ServerEvent[]): void {
    for (const event of events) {
      if (event.type === "chat") this.#outbox.value?.remove(event.room, event.id);
    }
  }

  #refused(event: ErrorEvent): void {
    if (this.#outbox.value?.refused(event)) return;
    if (event.room !== undefined && event.id === undefined) {
      this.#rooms.get(event.room)?.refused(event);
    }
  }

  #keepUser(user: User): void {
    const { id, name } = this.#user.peek() ?? {};
    if (user.id === id && user.name === name) return;
    this.#user.value = user;
    write("user", JSON.stringify(user));
  }

  #noteBuild(build: string): void {
    this.#outdated.value = build !== this.ports.build;
  }
}

const NONE = { unread: 0, mentions: 0 };

function isPersonal(event: ServerEvent): event is PersonalEvent {
  return event.type === "listed" || event.type === "unlisted" || event.type === "read";
}

/** The events of a room's log that an event is or brings. */
function loggedIn(event: ServerEvent): readonly LogEvent[] {
  if (event.type === "joined") return event.events ?? [];
  return LOGGED.has(event.type) ? [event as LogEvent] : [];
}

const LOGGED: ReadonlySet<ServerEvent["type"]> = new Set<LogEvent["type"]>(
  ["chat", "edit", "delete", "react", "pin", "room", "member"],
);

function readVisited(): string[] {
  try {
    const rooms = JSON.parse(read("rooms") ?? "[]");
    return Array.isArray(rooms)
      ? rooms.filter((room) => typeof room === "string" && isPublicRoom(room))
      : [];
  } catch {
    return [];
  }
}

function readUser(): User | undefined {
  try {
    const { id, name } = JSON.parse(read("user") ?? "{}");
    return typeof id === "string" && typeof name === "string" ? { id, name } : undefined;
  } catch {
    return undefined;
  }
}
