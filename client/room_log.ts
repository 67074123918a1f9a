/** What has come of a room: what was said there, what it is, and who is there. */

import { batch, type Signal, signal } from "@preact/signals";
import {
  type ChatEvent,
  type ErrorEvent,
  isPublicRoom,
  type JoinedEvent,
  type ListedRoom,
  type Logged,
  type Message,
  type RoomAbout,
  type ServerEvent,
  type SettingEvent,
  type User,
} from "../server/protocol.ts";
import { asSeenBy, type ChangeEvent } from "./fold.ts";
import { LivePosition } from "./live_position.ts";
import { Loaded } from "./loaded.ts";
import type { ReadMessages } from "./messages_at.ts";
import type { NamesSeen } from "./names_seen.ts";
import type { Outbox } from "./outbox.ts";
import { isPassing } from "./refusal.ts";
import { Quoted } from "./quoted.ts";
import { aboutAfter } from "./room_about.ts";
import { Typing } from "./typing.ts";

/** Milliseconds after which a room that could not be entered is asked for again. */
const JOIN_AGAIN = 2_000;

export interface RoomLogPorts {
  self(): User | null;
  outbox(): Outbox | undefined;
  messages: ReadMessages;
  names: NamesSeen;
  /** Enters the room, or resumes in it. */
  sendJoin(): void;
  /** What is loaded now is of another history than what was. */
  turnedOver(): void;
}

export class RoomLog {
  /** What the room is, as far as is known. */
  readonly about: Signal<RoomAbout>;
  readonly online = signal(0);
  readonly people = signal<readonly User[] | null>(null);
  readonly loading = signal(true);
  readonly problem = signal<string | null>(null);
  readonly head = signal(0);
  readonly live: LivePosition;
  readonly loaded = new Loaded();
  readonly quoted: Quoted;
  readonly typing = new Typing();
  #isLoaded = false;
  /** New messages of the frame that is being taken in. */
  #fresh: Message[] = [];
  readonly #changeListeners = new Set<(event: ChangeEvent | null) => void>();

  /** `listed` is the room as the reader's list has it, where it is there. */
  constructor(
    private readonly id: string,
    private readonly ports: RoomLogPorts,
    listed: ListedRoom | undefined,
  ) {
    this.about = signal(listed ?? { room: id, kind: isPublicRoom(id) ? "public" : "private" });
    this.live = new LivePosition(listed?.cursor, () => ports.sendJoin());
    this.quoted = new Quoted((seqs) => ports.messages(id, seqs));
  }

  /** A page of messages has come. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** As `Room.onChange`. */
  onChange(listener: (event: ChangeEvent | null) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /** Takes in the events of one frame. */
  receive(events: readonly ServerEvent[]): void {
    batch(() => {
      for (const event of events) this.#take(event);
      this.#show();
    });
  }

  /** The room could not be entered, or not now; or something less was refused, as telling of typing. */
  refused(refusal: ErrorEvent): void {
    if (!this.live.isJoining) return;
    if (isPassing(refusal)) this.live.joinLater(refusal.retryAfter ?? JOIN_AGAIN);
    else this.#close(refusal.message);
  }

  /** The reader may not be in the room any more. */
  removed(): void {
    this.#close("You are not a member of this room any more.");
  }

  #close(problem: string): void {
    this.live.settled();
    this.problem.value = problem;
    this.loading.value = false;
  }

  /** The connection is gone; the next one begins with a join. */
  disconnected(): void {
    this.live.disconnected();
    this.typing.clear();
  }

  #take(event: ServerEvent): void {
    switch (event.type) {
      case "joined":
        return this.#joined(event);
      case "chat":
        return this.#chat(event);
      case "edit":
      case "delete":
      case "react":
      case "pin":
        return this.#change(event);
      case "room":
      case "member":
        return this.#setting(event);
      case "typing":
        if (event.user.id !== this.ports.self()?.id) this.typing.noted(event.user);
        return;
      case "presence":
        return this.#present(event);
      case "head":
        return this.live.heard(event.cursor);
      case "behind":
        // Whatever was under way has been cut off.
        this.live.settled();
        return this.live.rejoin();
      default:
        // An event of the log that this version does not know, but that has its place there.
        if ("seq" in event) this.live.advance(Number(event.seq));
    }
  }

  #present({ online, people }: Pick<JoinedEvent, "online" | "people">): void {
    this.online.value = online;
    this.people.value = people ?? null;
    if (people) this.ports.names.note(people, Date.now());
  }

  #joined(event: JoinedEvent): void {
    this.live.settled();
    this.problem.value = null;
    this.about.value = event.about;
    this.#present(event);
    if (event.messages) this.#beginAnew(event, event.messages);
    this.loading.value = !this.#isLoaded;
    for (const missed of event.events ?? []) this.#take(missed);
    this.live.reach(event.cursor);
    if (event.more) this.live.rejoin();
  }

  #beginAnew({ cursor, older, notices }: JoinedEvent, messages: Message[]): void {
    this.#fresh = [];
    this.#isLoaded = true;
    if (this.live.reset(cursor)) this.ports.turnedOver();
    this.loaded.reset(messages, older ?? false, notices);
    this.quoted.reset();
    for (const message of messages) this.#acknowledge(message);
    for (const listener of this.#changeListeners) listener(null);
  }

  #chat(event: ChatEvent): void {
    this.ports.names.note([event.user], event.timestamp);
    this.typing.ended(event.user.id);
    if (this.#isNext(event)) this.#fresh.push(event);
  }

  /** Something was done with a message. */
  #change(told: ChangeEvent): void {
    if (!this.#isNext(told)) return;
    const event = asSeenBy(this.ports.self()?.id, told);
    // It may be about a message of the same frame.
    this.#show();
    this.loaded.change(event);
    this.quoted.change(event);
    for (const listener of this.#changeListeners) listener(event);
  }

  /** The room itself has changed, or who is in it. */
  #setting(event: SettingEvent): void {
    if (!this.live.advance(event.seq)) return;
    this.about.value = aboutAfter(this.about.peek(), event, this.ports.self()?.id);
    // It may have come right after a message of the same frame.
    this.#show();
    this.loaded.noticed(event);
  }

  /** Whether the event is the next of the log. One's own is done, be it early: a join brings it again. */
  #isNext(event: Logged): boolean {
    // With a gap it is not: it comes again in its place, and nothing flickers until then.
    if (this.live.misses(event.seq)) return false;
    this.#acknowledge(event);
    return this.live.advance(event.seq);
  }

  /** Shows what the frame brought. */
  #show(): void {
    const fresh = this.#fresh;
    if (fresh.length > 0) {
      this.#fresh = [];
      // Without a page, what is new would stand there alone.
      if (this.#isLoaded) this.loaded.append(fresh);
    }
    this.head.value = this.live.seq;
  }

  #acknowledge({ user, id }: Logged): void {
    if (user.id === this.ports.self()?.id) this.ports.outbox()?.remove(this.id, id);
  }
}
