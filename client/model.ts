/** The whole state of the client: events in, signals out. No DOM. */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  CLOSE,
  type ErrorEvent,
  isOfApplication,
  isPublicRoom,
  type JoinCommand,
  LIMITS,
  type Limits,
  type ListedRoom,
  type LogEvent,
  parseCursor,
  type PersonalEvent,
  type RoomAbout,
  type ServerEvent,
  type StatusEvent,
  UNREAD_MOST,
  type User,
  type WelcomeEvent,
} from "../server/protocol.ts";
import { Connection, type Status, type Surroundings } from "./connection.ts";
import type { ReadHistory, ReadMessages } from "./history.ts";
import { NamesSeen } from "./names_seen.ts";
import { Outbox } from "./outbox.ts";
import type { OutboxStore, Outgoing } from "./outbox_store.ts";
import { ReadMarks } from "./read_marks.ts";
import { forgetDrafts } from "./remembered.ts";
import type { Ask } from "./request.ts";
import { readOwnRooms } from "./own_rooms.ts";
import { Room } from "./room.ts";
import { RoomList } from "./room_list.ts";
import type { Mode, SessionApi } from "./session.ts";
import { Statuses } from "./statuses.ts";
import { read, write } from "./storage.ts";

export type { Outgoing } from "./outbox_store.ts";
export { Room } from "./room.ts";
export type { Status } from "./connection.ts";

const ENDED =
  "Your sign-in has ended. What you have not sent is kept until you come back from the " +
  "application.";

/** What the model needs of the browser and the server. */
export interface ChatPorts {
  surroundings: Surroundings;
  session: SessionApi;
  history: ReadHistory;
  messages: ReadMessages;
  ask: Ask;
  outboxStore: OutboxStore;
  /** Names the build of this page. */
  build: string;
}

/** Somebody whom an application's token would sign in, where another is signed in already. */
interface Arrival {
  user: User;
  token: string;
}

export class Chat {
  readonly #user = signal<User | null>(null);
  readonly #ready = signal(false);
  readonly #mode = signal<Mode>("open");
  readonly #arrival = signal<Arrival | null>(null);
  readonly #notice = signal<string | null>(null);
  readonly #endsAt = signal<number | null>(null);
  readonly #latestBuild: Signal<string>;
  readonly #dismissedBuild = signal<string | null>(null);
  readonly #limits = signal<Limits>(LIMITS);
  readonly #outbox = signal<Outbox | undefined>(undefined);
  /** The rooms that this page is in, the least recently opened first. */
  readonly #rooms = new Map<string, Room>();
  readonly #names = new NamesSeen();
  /** The room that is looked at. */
  #shown: string | undefined;
  /** Nobody sits at the screen. */
  #isAway = false;
  /** The last connection was not ours, and signing in again has not brought one that is. */
  #hasSignedInAgain = false;
  /** Tells the last reading of the whole list from those before, of which nothing is wanted any more. */
  #restAsked: symbol | undefined;
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
    this.#latestBuild = signal(ports.build);
    this.#connection = new Connection({
      joins: () => [...this.#rooms.values()].map((room) => room.join),
      opened: (welcome) => this.#opened(welcome),
      closed: () => this.#closed(),
      unopened: () => this.#unopened(),
      ended: (code) => code === CLOSE.expired.code && this.#lookForSignIn(),
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

  /** Whether the server has a newer client than this one, of which the reader wants to know. */
  get outdated(): ReadonlySignal<boolean> {
    return this.#isOutdated;
  }
  readonly #isOutdated = computed(() => {
    const latest = this.#latestBuild.value;
    return latest !== this.ports.build && latest !== this.#dismissedBuild.value;
  });

  /** Who gets in here. */
  get mode(): ReadonlySignal<Mode> {
    return this.#mode;
  }

  /** Whom a link would sign in; the reader is asked first. */
  get arrival(): ReadonlySignal<User | null> {
    return this.#arrivalUser;
  }
  readonly #arrivalUser = computed(() => this.#arrival.value?.user ?? null);

  /** What the reader should know about the sign-in, in words for people. */
  get notice(): ReadonlySignal<string | null> {
    return this.#notice;
  }

  /** When the sign-in ends, by this machine's clock in milliseconds; null where that is not soon. */
  get endsAt(): ReadonlySignal<number | null> {
    return this.#endsAt;
  }

  get limits(): ReadonlySignal<Limits> {
    return this.#limits;
  }

  /** Asks the server over HTTP, as who is signed in. */
  get ask(): Ask {
    return this.ports.ask;
  }

  /** Finds out who is signed in, or comes with an application's token, and connects where somebody is. */
  async start(token?: string): Promise<void> {
    try {
      const { user, build, mode } = await this.ports.session.current();
      this.#noteBuild(build);
      this.#mode.value = mode;
      if (user) this.#enter(user);
    } catch {
      // Not reachable now. Who was here before goes on with the name that the browser remembers.
      const remembered = readUser();
      if (remembered) this.#enter(remembered);
    }
    if (token !== undefined) await this.arrive(token);
    this.#ready.value = true;
  }

  /**
   * Somebody comes with an application's token. Where another is signed in, the reader is asked first:
   * whoever sends a link must not make people speak as somebody else without knowing.
   */
  async arrive(token: string): Promise<void> {
    this.#notice.value = null;
    try {
      const user = await this.ports.session.whose(token);
      const current = this.#user.peek();
      if (current && current.id !== user.id) this.#arrival.value = { user, token };
      else await this.#signInWith(token);
    } catch (error) {
      this.#notice.value = (error as Error).message;
    }
  }

  /** Goes on as whom the link would sign in. Rejects with a sentence for people. */
  async acceptArrival(): Promise<void> {
    const { token } = this.#arrival.peek()!;
    const user = await this.ports.session.keep(token);
    const former = this.#user.peek();
    if (former && !isOfApplication(former)) await this.#discardUnsent();
    this.signedOut();
    this.#enter(user);
  }

  declineArrival(): void {
    this.#arrival.value = null;
  }

  /** Tells the reader something about the sign-in. */
  tell(notice: string): void {
    this.#notice.value = notice;
  }

  dismissNotice(): void {
    this.#notice.value = null;
  }

  dismissEnding(): void {
    this.#endsAt.value = null;
  }

  /** Says nothing of the newer client until there is a still newer one. */
  dismissOutdated(): void {
    this.#dismissedBuild.value = this.#latestBuild.peek();
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
   * Ends the session, and this browser forgets who was here. What was not sent yet stays for the same
   * person, where that one can come back and wants it: a guest cannot. Rejects with a sentence for
   * people.
   */
  async signOut({ keepsUnsent }: { keepsUnsent: boolean }): Promise<void> {
    await this.ports.session.signOut();
    const isKept = keepsUnsent && isOfApplication(this.#user.peek()!);
    if (!isKept) await this.#discardUnsent();
    this.signedOut();
  }

  /** The session has ended, from here or from another tab. */
  signedOut(): void {
    this.#leave(null);
    write("user", null);
    this.#forget();
  }

  /** Calls back with every event that comes, after it was taken in. */
  onEvent(listener: (event: ServerEvent) => void): void {
    this.#listeners.add(listener);
  }
  readonly #listeners = new Set<(event: ServerEvent) => void>();

  /** What is known of a room. */
  about(room: string): RoomAbout | undefined {
    return this.#rooms.get(room)?.about.peek();
  }

  /** What somebody is called today, where that is known. */
  nameOf(userId: string): string | undefined {
    return this.#names.of(userId);
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
    this.#leaveRoom(id);
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
    this.#restAsked = undefined;
    this.#connection.close();
    this.#marks.close();
    this.statuses.closed();
    this.#outbox.value?.close();
    for (const room of this.#rooms.values()) room.close();
    this.#rooms.clear();
  }

  async #signInWith(token: string): Promise<void> {
    const user = await this.ports.session.keep(token);
    if (user.id === this.#user.peek()?.id) {
      this.#keepUser(user);
      this.#connection.reconnectNow();
    } else {
      this.#enter(user);
    }
  }

  async #discardUnsent(): Promise<void> {
    // Where the browser keeps nothing, there is nothing to delete.
    await this.#outbox.peek()?.discardAll().catch(() => {});
  }

  /** Nobody is here any more, for a reason that is told. */
  #leave(notice: string | null): void {
    this.close();
    batch(() => {
      this.#arrival.value = null;
      this.#endsAt.value = null;
      this.#notice.value = notice;
      this.#outbox.value = undefined;
      this.#user.value = null;
    });
  }

  /** Forgets what whoever was here has written and where they were. */
  #forget(): void {
    forgetDrafts();
    this.list.clear();
    write("rooms", null);
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
    if (isSomebodyElse(user, readUser())) this.#forget();
    batch(() => {
      this.#notice.value = null;
      this.#keepUser(user);
      this.list.restore();
      this.#outbox.value = outbox;
    });
    // Without what was kept, everything else still works.
    outbox.restore().then((rooms) => rooms.forEach((room) => this.open(room)), () => {});
    this.#connection.reconnectNow();
  }

  #opened({ user, limits, build, rooms, moreRooms }: WelcomeEvent): void {
    this.#limits.value = limits;
    this.#noteBuild(build);
    if (user.id !== this.#user.peek()?.id) {
      this.#signInAgain();
      return;
    }
    this.#hasSignedInAgain = false;
    this.#endsAt.value = null;
    // The name may have been changed in another tab.
    this.#keepUser(user);
    if (rooms) this.#enterListed(rooms, moreRooms ?? false);
    this.#outbox.peek()?.opened();
    this.#marks.opened();
    this.statuses.opened();
    if (this.#isAway) this.#connection.send([{ type: "away", away: true }]);
  }

  /** One socket for all rooms of the list: those that are not open are only followed. */
  #enterListed(rooms: readonly ListedRoom[], hasMore: boolean): void {
    this.list.welcomed(rooms, hasMore);
    this.#followListed(rooms);
    this.#restAsked = undefined;
    if (hasMore) this.#readRest();
    else this.#listVisited(new Set(rooms.map(({ room }) => room)));
  }

  /** The greeting brought only the most recent rooms; the others are asked for, and nothing waits for them. */
  async #readRest(): Promise<void> {
    const asked = this.#restAsked = Symbol();
    // What fails is asked for again when the next connection greets.
    const rooms = await readOwnRooms(this.ports.ask).catch(() => undefined);
    if (!rooms || asked !== this.#restAsked) return;
    this.list.completed(rooms);
    this.#followListed(this.list.recent);
    this.#listVisited(new Set(rooms.map(({ room }) => room)));
  }

  #followListed(rooms: readonly ListedRoom[]): void {
    const most = this.#limits.value.roomsPerConnection;
    const joins: JoinCommand[] = [];
    for (const { room: id } of rooms) {
      if (this.#rooms.size >= most) break;
      if (!this.#rooms.has(id)) joins.push(this.#newRoom(id).join);
    }
    if (joins.length > 0) this.#connection.send(joins);
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
      if (oldest !== undefined) this.#leaveRoom(oldest);
    }
    const room = this.#newRoom(id);
    room.want();
    return room;
  }

  #newRoom(id: string): Room {
    const room = new Room(id, {
      self: () => this.#user.value,
      outbox: () => this.#outbox.value,
      send: (command) => this.#connection.send([command]),
      history: this.ports.history,
      messages: this.ports.messages,
      names: this.#names,
      messageBytes: () => this.#limits.value.messageBytes,
      read: (id, upTo) => {
        const listed = this.list.peek(id);
        if (!listed || listed.read >= upTo) return;
        this.list.read(id, upTo, NONE);
        this.#marks.read(id, upTo);
      },
      isOnline: () => this.status.value === "online",
      unreadFrom: (id, seq) => this.#unreadFrom(id, seq),
    }, this.list.peek(id));
    this.#rooms.set(id, room);
    return room;
  }

  #leaveRoom(id: string): void {
    this.#rooms.get(id)?.close();
    if (this.#rooms.delete(id)) this.#connection.send([{ type: "leave", room: id }]);
  }

  /** What the list holds of a room besides its log. Where the server is away, nothing changes there. */
  #place(room: string, change: { listed?: boolean; read?: number; muted?: boolean }): void {
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

  /** Sockets say nothing of why they do not open. Where a token is needed, it may be over. */
  #unopened(): void {
    const user = this.#user.peek();
    if (user && (this.#mode.peek() === "token" || isOfApplication(user))) this.#lookForSignIn();
  }

  /** The sign-in may be over, or may have been renewed from another tab. */
  async #lookForSignIn(): Promise<void> {
    const before = this.#user.peek();
    const hasEnded = this.status.peek() === "ended";
    const found = await this.ports.session.current().catch(() => undefined);
    if (before === null || before !== this.#user.peek()) return;
    if (found?.user) {
      if (found.user.id === before.id) {
        if (hasEnded) this.#connection.reconnectNow();
        return;
      }
      this.#leave(null);
      this.#forget();
      this.#enter(found.user);
    } else if (found || hasEnded) {
      this.#leave(ENDED);
    }
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
      } else if (isOfApplication(this.#user.value!)) {
        // Nobody goes on as a guest whom the application had vouched for.
        this.#leave(ENDED);
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
      else if (event.type === "expiring") this.#endsAt.value = Date.now() + event.left;
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
    for (const listener of this.#listeners) for (const event of events) listener(event);
  }

  #follow(room: Room, events: readonly ServerEvent[]): void {
    const before = this.list.peek(room.id);
    if (before) this.list.noted(room.id, events.flatMap(loggedIn));
    // Reading, it takes back at once what was just counted.
    room.receive(events);
    const joined = events.find((event) => event.type === "joined");
    if (joined && room.id === this.#shown && !before) {
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
      else if (room !== this.#shown) this.#leaveRoom(room);
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
      if (event.type === "chat" || "target" in event) {
        this.#outbox.value?.remove(event.room, event.id);
      }
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
    this.#latestBuild.value = build;
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

/**
 * Whether what this browser remembers is another person's. A guest whose session is lost comes back under
 * another id, an application's user under the same.
 */
function isSomebodyElse(user: User, remembered: User | undefined): boolean {
  return remembered !== undefined && remembered.id !== user.id &&
    (isOfApplication(user) || isOfApplication(remembered));
}

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
