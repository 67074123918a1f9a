/** The whole state of the client: events in, signals out. No DOM. */

import { batch, type ReadonlySignal, signal } from "@preact/signals";
import {
  type Command,
  type ErrorEvent,
  isOfApplication,
  LIMITS,
  type Limits,
  type ListedRoom,
  parseCursor,
  type PersonalEvent,
  type RoomAbout,
  type ServerEvent,
  TOKEN_EXPIRED,
  type User,
  type WelcomeEvent,
} from "../server/protocol.ts";
import { Builds } from "./builds.ts";
import { Connection, type Status, type Surroundings } from "./connection.ts";
import type { ReadHistory } from "./history.ts";
import { Identity } from "./identity.ts";
import type { ReadMessages } from "./messages_at.ts";
import type { ModelLater } from "./model_later.ts";
import { NamesSeen } from "./names_seen.ts";
import { OpenRooms } from "./open_rooms.ts";
import { Outbox } from "./outbox.ts";
import type { OutboxStore, Outgoing } from "./outbox_store.ts";
import { ReadMarks } from "./read_marks.ts";
import { forgetDrafts } from "./remembered.ts";
import type { Ask } from "./request.ts";
import type { Room } from "./room.ts";
import { RoomList } from "./room_list.ts";
import { type SessionApi, UNREACHABLE } from "./session.ts";
import { loggedIn, sorted } from "./sorted_events.ts";
import { read, write } from "./storage.ts";

export type { Outgoing } from "./outbox_store.ts";
export type { Room } from "./room.ts";
export type { Status } from "./connection.ts";

/** What the model needs of the browser and the server. */
export interface ChatPorts {
  surroundings: Surroundings;
  session: SessionApi;
  history: ReadHistory;
  messages: ReadMessages;
  ask: Ask;
  outboxStore: OutboxStore;
  /** Undefined where it cannot be had now. */
  later(): Promise<ModelLater | undefined>;
  /** Names the build of this page. */
  build: string;
}

export class Chat {
  readonly #limits = signal<Limits>(LIMITS);
  readonly #outbox = signal<Outbox | undefined>(undefined);
  readonly #names = new NamesSeen();
  readonly #rooms: OpenRooms;
  readonly #connection: Connection;
  readonly #listeners = new Set<(event: ServerEvent) => void>();
  /** Nobody sits at the screen. */
  #isAway = false;
  /** The last connection was not ours, and signing in again has not brought one that is. */
  #hasSignedInAgain = false;
  /** Tells the last greeting from those before, of which nothing is wanted any more. */
  #greeting: symbol | undefined;
  /** Who is signed in. */
  readonly identity: Identity;
  /** Null: nobody is signed in. */
  readonly user: ReadonlySignal<User | null>;
  readonly status: ReadonlySignal<Status>;
  /** Why the connection ended for good, for people. */
  readonly statusDetail: ReadonlySignal<string | null>;
  /** Whether WebSockets are blocked and another way is taken. */
  readonly fallback: ReadonlySignal<boolean>;
  /** Asks the server over HTTP, as who is signed in. */
  readonly ask: Ask;
  /** The session that the server keeps. */
  readonly session: SessionApi;
  /** What is on its way, of who is signed in. */
  readonly outbox: ReadonlySignal<Outbox | undefined> = this.#outbox;
  readonly limits: ReadonlySignal<Limits> = this.#limits;
  readonly builds: Builds;
  /** One's own rooms. */
  readonly list = new RoomList(() => this.user.peek()?.id);
  readonly #marks = new ReadMarks(this.list, (command) => this.#connection.send([command]));

  constructor(private readonly ports: ChatPorts) {
    this.builds = new Builds(ports.build);
    this.#connection = new Connection({
      joins: () => this.#rooms.joins,
      opened: (welcome) => this.#opened(welcome),
      closed: () => this.#closed(),
      unopened: () => this.#unopened(),
      ended: (code) => code === TOKEN_EXPIRED && this.#lookForSignIn(),
      events: (events) => this.#receive(events),
    }, ports.surroundings);
    ({ status: this.status, detail: this.statusDetail, fallback: this.fallback } =
      this.#connection);
    ({ ask: this.ask, session: this.session } = ports);
    this.identity = new Identity({
      session: ports.session,
      arrive: (token) => this.arrive(token),
      built: (build) => this.builds.note(build),
      entered: (user, unsent) => this.#entered(user, unsent),
      left: () => this.#left(),
      forget: () => this.forgetWritten(),
    });
    this.user = this.identity.user;
    this.#rooms = new OpenRooms({
      room: {
        self: () => this.user.value,
        outbox: () => this.#outbox.value,
        send: (command) => this.#connection.send([command]),
        later: ports.later,
        history: ports.history,
        messages: ports.messages,
        names: this.#names,
        messageBytes: () => this.#limits.value.messageBytes,
        read: (id, upTo) => this.#marks.read(id, upTo),
        isOnline: () => this.status.value === "online",
        unreadAfter: (id, upTo, unread) => this.#marks.unreadAfter(id, upTo, unread),
      },
      list: this.list,
      send: (commands) => this.#connection.send(commands),
      most: () => this.#limits.value.roomsPerConnection,
    });
  }

  /** Finds out who is signed in, or comes with an application's token, and connects where somebody is. */
  start(token?: string): Promise<void> {
    return this.identity.start(token);
  }

  /** Somebody comes with an application's token. */
  async arrive(token: string): Promise<void> {
    if (!await this.#rarely((later) => later.arrive(this, token))) {
      this.identity.notice.value = UNREACHABLE;
    }
  }

  /** Calls back with every event that comes, after it was taken in. */
  onEvent(listener: (event: ServerEvent) => void): void {
    this.#listeners.add(listener);
  }

  /** What is known of a room. */
  about(room: string): RoomAbout | undefined {
    return this.#rooms.get(room)?.about.peek();
  }

  /** What somebody is called today, where that is known. */
  nameOf(userId: string): string | undefined {
    return this.#names.of(userId);
  }

  /** The room, entered where it was not. */
  open(id: string): Room {
    return this.#rooms.open(id);
  }

  /** The room is looked at now, in place of another. */
  show(id: string): void {
    if (this.#rooms.shown !== undefined) this.#marks.flush(this.#rooms.shown);
    this.#rooms.show(id);
  }

  /** Takes a room off the list and leaves it; a member stays one. */
  forget(id: string): void {
    this.#rooms.leave(id);
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

  /** What is said in these comes from now on. */
  follow(rooms: readonly ListedRoom[]): void {
    this.#rooms.follow(rooms);
  }

  /** Whether anybody sits at the screen. */
  set isAway(away: boolean) {
    if (away === this.#isAway) return;
    this.#isAway = away;
    this.#connection.send([{ type: "away", away }]);
  }

  /** Sends commands where the connection stands; otherwise they go nowhere. */
  send(commands: readonly Command[]): void {
    this.#connection.send(commands);
  }

  /** Ends the connection for good, for a reason in words for people. */
  end(reason: string): void {
    this.#connection.end(reason);
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
    for (const room of this.#rooms) room.keep();
    this.#marks.flushAll();
    if (this.user.peek()) this.list.keep();
  }

  close(): void {
    this.#greeting = undefined;
    this.#connection.close();
    this.#marks.close();
    this.#outbox.value?.close();
    this.#rooms.close();
  }

  /** Forgets what whoever was here has written and where they were. */
  forgetWritten(): void {
    forgetDrafts();
    this.list.clear();
    write("rooms", null);
  }

  #entered(user: User, unsent: readonly Outgoing[]): void {
    const outbox = new Outbox(
      user.id,
      this.ports.outboxStore,
      (commands) => this.#connection.send(commands),
    );
    for (const outgoing of unsent) outbox.add(outgoing);
    this.#outbox.peek()?.close();
    this.list.restore();
    this.#outbox.value = outbox;
    for (const room of outbox.restore()) this.open(room);
    this.#connection.reconnectNow();
  }

  #left(): void {
    this.close();
    this.#outbox.value = undefined;
  }

  #opened({ user, limits, build, rooms, moreRooms }: WelcomeEvent): void {
    this.#limits.value = limits;
    this.builds.note(build);
    if (user.id !== this.user.peek()?.id) return void this.#metAsAnother();
    this.#hasSignedInAgain = false;
    this.identity.endsAt.value = null;
    this.identity.keep(user);
    if (rooms) this.#enterListed(rooms, moreRooms ?? false);
    this.#outbox.peek()?.opened();
    this.#marks.opened();
    if (this.#isAway) this.#connection.send([{ type: "away", away: true }]);
  }

  /** The server does not know the session any more and took us for somebody else. */
  async #metAsAnother(): Promise<void> {
    this.#connection.close();
    const isAgain = this.#hasSignedInAgain;
    this.#hasSignedInAgain = true;
    if (!await this.#rarely((later) => later.signInAgain(this, isAgain))) this.end(UNREACHABLE);
  }

  /** What the list holds of a room besides its log. Where the server is away, nothing changes there. */
  #place(room: string, change: { listed?: boolean; read?: number; muted?: boolean }): void {
    this.ask("PATCH", `/api/rooms/${room}/mine`, change).catch(() => {});
  }

  /** A greeting may bring only the most recent rooms; nothing waits for the others. */
  #enterListed(rooms: readonly ListedRoom[], hasMore: boolean): void {
    this.list.welcomed(rooms, hasMore);
    this.follow(rooms);
    const greeting = this.#greeting = Symbol();
    // An older version remembered rooms in this browser.
    if (hasMore || read("rooms") !== null) {
      this.#rarely((later) =>
        later.completeList(this, hasMore ? undefined : rooms, () => greeting === this.#greeting)
      );
    }
  }

  #closed(): void {
    this.#outbox.peek()?.closed();
    for (const room of this.#rooms) room.disconnected();
  }

  /** Sockets say nothing of why they do not open. Where a token is needed, it may be over. */
  #unopened(): void {
    const user = this.user.peek();
    if (user && (this.identity.mode.peek() === "token" || isOfApplication(user))) {
      this.#lookForSignIn();
    }
  }

  #lookForSignIn(): void {
    this.#rarely((later) => later.lookForSignIn(this));
  }

  /** Does what is seldom done, where that can be had. Resolves to whether it could. */
  async #rarely(does: (later: ModelLater) => unknown): Promise<boolean> {
    const later = await this.ports.later();
    await (later && does(later));
    return later !== undefined;
  }

  #receive(events: readonly ServerEvent[]): void {
    const { byRoom, personal, others } = sorted(events);
    for (const event of others) {
      if (event.type === "error") this.#refused(event);
      else if (event.type === "expiring") {
        this.identity.endsAt.value = Date.now() + event.left;
      }
    }
    batch(() => {
      for (const [id, own] of byRoom) {
        const room = this.#rooms.get(id);
        if (room) this.#follow(room, own);
        else this.#outbox.value?.acknowledge(own);
      }
      for (const event of personal) this.#personal(event);
    });
    for (const listener of this.#listeners) for (const event of events) listener(event);
  }

  #follow(room: Room, events: readonly ServerEvent[]): void {
    const before = this.list.peek(room.id);
    if (before) this.list.noted(room.id, events.flatMap(loggedIn));
    // Reading, it takes back at once what was just counted.
    room.receive(events);
    const joined = events.find((event) => event.type === "joined");
    if (joined && room.id === this.#rooms.shown && !before) {
      this.list.entered(joined.about, joined.cursor);
      // What is said until the server has put it on the list is new.
      this.#place(room.id, { listed: true, read: parseCursor(joined.cursor)!.seq });
    }
    if (before?.unread === 0 && this.list.peek(room.id)!.unread > 0) room.divideAfter(before.read);
  }

  #personal(event: PersonalEvent): void {
    const { room } = event;
    if (event.type === "read" && !this.#marks.confirmed(room, event.upTo)) return;
    this.list.take(event);
    if (event.type === "unlisted") {
      if (event.removed) this.#rooms.get(room)?.removed();
      else if (room !== this.#rooms.shown) this.#rooms.leave(room);
    } else if (event.type === "listed") this.#rooms.followAgain(room);
  }

  #refused(event: ErrorEvent): void {
    if (this.#outbox.value?.refused(event)) return;
    if (event.room !== undefined && event.id === undefined) {
      this.#rooms.get(event.room)?.refused(event);
    }
  }
}
