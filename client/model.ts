/** The whole state of the client: events in, signals out. No DOM. */

import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import {
  type ErrorEvent,
  isPublicRoom,
  LIMITS,
  type Limits,
  type ServerEvent,
  type User,
  type WelcomeEvent,
} from "../server/protocol.ts";
import { Connection, type Status, type Surroundings } from "./connection.ts";
import type { ReadHistory, ReadMessages } from "./history.ts";
import { NamesSeen } from "./names_seen.ts";
import { Outbox } from "./outbox.ts";
import type { OutboxStore, Outgoing } from "./outbox_store.ts";
import { forgetRoom } from "./remembered.ts";
import { Room } from "./room.ts";
import type { SessionApi } from "./session.ts";
import { read, write } from "./storage.ts";

export type { Outgoing } from "./outbox_store.ts";
export { Room } from "./room.ts";
export type { Status } from "./connection.ts";

/** Most rooms in the list of visited ones. */
const VISITED_MOST = 100;

/** As people count: “room-2” before “room-10”. */
const { compare: byName } = new Intl.Collator("en", { numeric: true });

/** What the model needs of the browser and the server. */
export interface ChatPorts {
  surroundings: Surroundings;
  session: SessionApi;
  history: ReadHistory;
  messages: ReadMessages;
  outboxStore: OutboxStore;
  /** Names the build of this page. */
  build: string;
}

export class Chat {
  readonly #user = signal<User | null>(null);
  readonly #ready = signal(false);
  readonly #outdated = signal(false);
  readonly #limits = signal<Limits>(LIMITS);
  readonly #visited = signal<readonly string[]>(readVisited());
  readonly #outbox = signal<Outbox | undefined>(undefined);
  readonly #rooms = new Map<string, Room>();
  readonly #names = new NamesSeen();
  /** The last connection was not ours, and signing in again has not brought one that is. */
  #hasSignedInAgain = false;
  readonly #connection: Connection;

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

  /** Rooms that were visited, in the order of their names. */
  get rooms(): ReadonlySignal<readonly string[]> {
    return this.#visitedSorted;
  }
  readonly #visitedSorted = computed(() => [...this.#visited.value].sort(byName));

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
    for (const room of this.#visited.peek()) forgetRoom(room);
    batch(() => {
      this.#keepVisited([]);
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
    const known = this.#rooms.get(id);
    if (known) return known;
    const room = new Room(id, {
      self: () => this.#user.value,
      outbox: () => this.#outbox.value,
      send: (command) => this.#connection.send([command]),
      history: this.ports.history,
      messages: this.ports.messages,
      names: this.#names,
      messageBytes: () => this.#limits.value.messageBytes,
    });
    this.#rooms.set(id, room);
    this.#connection.send([room.join]);
    if (!this.#visited.peek().includes(id)) {
      this.#keepVisited([id, ...this.#visited.peek()].slice(0, VISITED_MOST));
    }
    return room;
  }

  /** Takes a room off the list and leaves it. */
  forget(id: string): void {
    this.#rooms.get(id)?.close();
    if (this.#rooms.delete(id)) this.#connection.send([{ type: "leave", room: id }]);
    this.#keepVisited(this.#visited.peek().filter((one) => one !== id));
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
  }

  close(): void {
    this.#connection.close();
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
      this.#outbox.value = outbox;
    });
    // Without what was kept, everything else still works.
    outbox.restore().then((rooms) => rooms.forEach((room) => this.open(room)), () => {});
    this.#connection.reconnectNow();
  }

  #opened({ user, limits, build }: WelcomeEvent): void {
    this.#limits.value = limits;
    this.#noteBuild(build);
    if (user.id !== this.#user.peek()?.id) {
      this.#signInAgain();
      return;
    }
    this.#hasSignedInAgain = false;
    // The name may have been changed in another tab.
    this.#keepUser(user);
    this.#outbox.peek()?.opened();
  }

  #closed(): void {
    this.#outbox.peek()?.closed();
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
    for (const event of events) {
      if (event.type === "error") this.#refused(event);
      else if ("room" in event) {
        const same = byRoom.get(event.room);
        if (same) same.push(event);
        else byRoom.set(event.room, [event]);
      }
    }
    batch(() => {
      for (const [id, own] of byRoom) {
        const room = this.#rooms.get(id);
        if (room) room.receive(own);
        else this.#acknowledge(own);
      }
    });
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

  #keepVisited(rooms: readonly string[]): void {
    this.#visited.value = rooms;
    write("rooms", JSON.stringify(rooms));
  }
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
