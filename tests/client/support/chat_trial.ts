/** The whole client state on a clock, a network and a browser storage that belong to the test. */

import { assertEquals } from "@std/assert";
import { Chat, type ChatPorts, type Room } from "../../../client/model.ts";
import * as later from "../../../client/model_later.ts";
import type { Mode } from "../../../client/session.ts";
import {
  type ChatEvent,
  type JoinedEvent,
  type ListedRoom,
  type Message,
  type RoomAbout,
  type ServerEvent,
  type User,
} from "../../../server/protocol.ts";
import { FakeClock } from "./fake_clock.ts";
import { ANN, BEN, FakeNetwork, type FakeTransport } from "./fake_network.ts";
import { MemoryOutboxStore } from "./memory_outbox_store.ts";

/** `localStorage` for the time of a test. */
export class FakeStorage implements Disposable {
  readonly kept = new Map<string, string>();
  isBlocked = false;
  readonly #real = Object.getOwnPropertyDescriptor(globalThis, "localStorage");

  constructor() {
    const check = () => {
      if (this.isBlocked) throw new DOMException("blocked", "SecurityError");
    };
    const { kept } = this;
    const value = {
      getItem: (name: string) => (check(), this.kept.get(name) ?? null),
      setItem: (name: string, text: string) => (check(), void this.kept.set(name, text)),
      get length() {
        check();
        return kept.size;
      },
      key: (index: number) => [...kept.keys()][index] ?? null,
      removeItem: (name: string) => (check(), void this.kept.delete(name)),
    };
    Object.defineProperty(globalThis, "localStorage", { value, configurable: true });
  }

  [Symbol.dispose](): void {
    if (this.#real) Object.defineProperty(globalThis, "localStorage", this.#real);
    else Reflect.deleteProperty(globalThis, "localStorage");
  }
}

export class ChatTrial implements Disposable {
  readonly clock = new FakeClock();
  readonly storage = new FakeStorage();
  readonly network = new FakeNetwork();
  readonly outboxStore = new MemoryOutboxStore();
  /** Who the server takes the browser for. */
  session: User | null = ANN;
  mode: Mode = "open";
  /** Tokens that are good, and whom they speak for. */
  readonly tokens = new Map<string, User>();
  /** What is seldom needed cannot be loaded. */
  isLaterAway = false;
  /** The server does not answer requests. */
  isAway = false;
  readonly pages: ChatPorts["history"][] = [];
  /** What is answered over HTTP, by `METHOD path`; anything else is refused. */
  readonly answers = new Map<string, unknown>();
  /** What was asked for over HTTP, as `METHOD path body`. */
  readonly asked: string[] = [];
  chat: Chat = this.newPage();

  /** Another page of the same browser, in place of the first. */
  newPage(): Chat {
    const answer = <Result>(result: () => Result): Promise<Result> =>
      this.isAway
        ? Promise.reject(new Error("The server cannot be reached. Please try again."))
        : Promise.resolve().then(result);
    this.chat = new Chat({
      surroundings: this.network,
      session: {
        current: () => answer(() => ({ user: this.session, build: "build", mode: this.mode })),
        whose: (token) => answer(() => this.#userOf(token)),
        keep: (token) => answer(() => this.session = this.#userOf(token)),
        signIn: (name) => answer(() => this.session = { id: this.session?.id ?? "u_new", name }),
        signOut: () => answer(() => void (this.session = null)),
      },
      messages: () => Promise.resolve([]),
      history: (room, place) => {
        const read = this.pages.shift();
        return read ? read(room, place) : Promise.reject(new Error("No page was expected."));
      },
      ask: (method, path, body) => {
        this.asked.push([method, path, body && JSON.stringify(body)].filter(Boolean).join(" "));
        const known = this.answers.get(`${method} ${path}`);
        return known === undefined
          ? Promise.reject(new Error("Nothing is answered here."))
          : Promise.resolve(known as never);
      },
      outboxStore: this.outboxStore,
      later: () => Promise.resolve(this.isLaterAway ? undefined : later),
      build: "build",
    });
    return this.chat;
  }

  /** Starts, opens the lobby and is welcomed. */
  async enter(): Promise<Room> {
    this.chat.show("lobby");
    await this.chat.start();
    this.socket.welcome();
    return this.chat.open("lobby");
  }

  #userOf(token: string): User {
    const user = this.tokens.get(token);
    if (user) return user;
    throw new Error("This token is not valid here.");
  }

  get socket(): FakeTransport {
    return this.network.socket;
  }

  [Symbol.dispose](): void {
    this.chat.close();
    const { waiting } = this.clock;
    this.clock[Symbol.dispose]();
    this.storage[Symbol.dispose]();
    assertEquals(waiting, 0, "No timer is left behind");
  }
}

/** The message at a position of the lobby. */
export function said(seq: number, by: User = BEN, id = `id${seq}`): ChatEvent {
  return {
    type: "chat",
    room: "lobby",
    seq,
    timestamp: 1_700_000_000_000 + seq,
    user: by,
    id,
    message: `message ${seq}`,
  };
}

export function range(first: number, last: number): ChatEvent[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => said(first + index));
}

/** A room as the server's list has it. */
export function listed(room: string, rest: Partial<ListedRoom> = {}): ListedRoom {
  return {
    room,
    kind: "public",
    cursor: "e:10",
    timestamp: 1_700_000_000_010,
    read: 10,
    unread: 0,
    mentions: 0,
    ...rest,
  };
}

/** The answer to a join. */
export function joined(
  cursor: string,
  rest: Partial<Omit<JoinedEvent, "events">> & ({ events: ChatEvent[] } | { messages: Message[] }),
): ServerEvent {
  const about: RoomAbout = { room: "lobby", kind: "public" };
  return { type: "joined", room: "lobby", about, cursor, online: 2, people: [ANN, BEN], ...rest };
}

export function seqs(room: Room): number[] {
  return room.messages.value.map(({ seq }) => seq);
}
