/** One room as the reader has it: what has come of it, how far it is read, and what is on its way. */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  type ErrorEvent,
  type JoinCommand,
  type ListedRoom,
  type Message,
  type RoomAbout,
  type ServerEvent,
  type SettingEvent,
  type TypingCommand,
  type User,
} from "../server/protocol.ts";
import { isBlank } from "../server/protocol_parse.ts";
import type { Composing } from "./composing.ts";
import type { ChangeEvent } from "./fold.ts";
import type { ReadHistory } from "./history.ts";
import { mentionableIn } from "./mentionable.ts";
import { mentionedIn, namedToday } from "./mentions.ts";
import type { ReadMessages } from "./messages_at.ts";
import type { ModelLater } from "./model_later.ts";
import type { NamesSeen } from "./names_seen.ts";
import { withChanges } from "./on_its_way.ts";
import type { Outbox } from "./outbox.ts";
import type { Outgoing } from "./outbox_store.ts";
import type { Paging } from "./paging.ts";
import { Remembered } from "./remembered.ts";
import { RoomLog } from "./room_log.ts";
import { outgoingOf, type Written } from "./written.ts";

/** Least milliseconds between two typing commands. */
const TYPING_EVERY = 3_000;

/** What a room needs of the rest. */
export interface RoomPorts {
  self(): User | null;
  outbox(): Outbox | undefined;
  send(command: TypingCommand | JoinCommand): void;
  /** Undefined where it cannot be had now. */
  later(): Promise<Pick<ModelLater, "Paging"> | undefined>;
  history: ReadHistory;
  messages: ReadMessages;
  names: NamesSeen;
  /** Longest message in UTF-8 bytes. */
  messageBytes(): number;
  /** The reader has read everything up to a position. */
  read(room: string, upTo: number): void;
  /** The reader wants to come back to what is after a position: so many messages. */
  unreadAfter(room: string, upTo: number, unread: number): void;
  /** Whether the connection stands. */
  isOnline(): boolean;
}

export class Room {
  readonly #composing = signal<Composing | null>(null);
  readonly #leftOff = signal(0);
  readonly #log: RoomLog;
  readonly #remembered: Remembered;
  #paging: Paging | undefined;
  /** Somebody looks, or has looked, at the messages; until then only what comes is followed. */
  #isWanted = false;
  #isReading = false;
  /** The reader has marked messages as unread: they stay so until the room is opened again. */
  #isLeftUnread = false;
  #typingToldAt = -Infinity;
  /** One's own messages that are not acknowledged, in the order of writing. */
  readonly outgoing: ReadonlySignal<readonly Outgoing[]>;
  /** What one has done with messages and is not acknowledged. */
  readonly changes: ReadonlySignal<readonly Outgoing[]>;
  /** The loaded part of the history, oldest first, with one's own changes as if they were done. */
  readonly messages: ReadonlySignal<readonly Message[]>;
  readonly #bySeq = computed(() =>
    new Map(this.messages.value.map((message) => [message.seq, message]))
  );
  /** There is more before the first message. */
  readonly older: ReadonlySignal<boolean>;
  /** There is more after the last message: the reader looks at the past. */
  readonly newer: ReadonlySignal<boolean>;
  /** Whether what is written now goes out at once. */
  readonly isOnline: ReadonlySignal<boolean>;
  /** What the room is, as far as is known. */
  readonly about: ReadonlySignal<RoomAbout>;
  /** How many people are in the room. */
  readonly online: ReadonlySignal<number>;
  /** Who is in the room; null where they are too many to be told. */
  readonly people: ReadonlySignal<readonly User[] | null>;
  /** Who else is typing. */
  readonly typing: ReadonlySignal<readonly User[]>;
  /** Nothing has come yet. */
  readonly loading: ReadonlySignal<boolean>;
  /** Why the room cannot be shown, for people. */
  readonly problem: ReadonlySignal<string | null>;
  /** The last position of the room. */
  readonly head: ReadonlySignal<number>;
  /** What has happened to the room itself in the loaded part of the history, oldest first. */
  readonly notices: ReadonlySignal<readonly SettingEvent[]>;
  /** What comes after this position is new to the reader; 0 where nothing is. */
  readonly leftOff: ReadonlySignal<number> = this.#leftOff;
  /** What the composer's text is for; null: a new message. */
  readonly composing: ReadonlySignal<Composing | null> = this.#composing;
  /** What is being written; survives a reload. */
  readonly draft: Signal<string>;
  /** What somebody is called today, where that is known. */
  readonly nameOf: (userId: string) => string | undefined;

  /** `listed` is the room as the reader's list has it, where it is there. */
  constructor(readonly id: string, private readonly ports: RoomPorts, listed?: ListedRoom) {
    this.#remembered = new Remembered(id);
    this.draft = this.#remembered.draft;
    this.nameOf = ports.names.of;
    const log = this.#log = new RoomLog(id, {
      ...ports,
      sendJoin: () => ports.send(this.join),
      // What was read of another history says nothing about this one.
      turnedOver: () => this.#leftOff.value = 0,
    }, listed);
    ({
      about: this.about,
      online: this.online,
      people: this.people,
      loading: this.loading,
      problem: this.problem,
      head: this.head,
    } = log);
    ({ older: this.older, newer: this.newer, notices: this.notices } = log.loaded);
    this.typing = log.typing.people;
    const own = computed(() => ports.outbox()?.in(id).value ?? []);
    this.outgoing = computed(() => own.value.filter(({ change }) => !change));
    this.changes = computed(() => own.value.filter(({ change }) => change));
    this.messages = computed(() =>
      withChanges(log.loaded.messages.value, this.changes.value, ports.self())
    );
    this.isOnline = computed(() => ports.isOnline());
  }

  /** The message at a position, fetched where it is not loaded. Null: there is none. */
  at(seq: number): Message | null | undefined {
    return this.#bySeq.value.get(seq) ?? this.#log.quoted.at(seq);
  }

  /** Whether the reader is at the bottom. Told by the view. */
  set isFollowing(isFollowing: boolean) {
    this.#log.loaded.isFollowing = isFollowing;
  }

  /** The command that enters the room, or resumes in it. */
  get join(): JoinCommand {
    const isPageWanted = this.#isWanted && !this.#log.isLoaded;
    const since = isPageWanted ? undefined : this.#log.live.cursorAt(this.#log.live.seq);
    return { type: "join", room: this.id, ...(since && { since }) };
  }

  // -- What is read ---------------------------------------------------------------------------

  /** Somebody looks at the room now. `read` is the last position that they have read before. */
  open(read: number): void {
    this.#isLeftUnread = false;
    this.#leftOff.value = read;
    this.want();
  }

  /** The messages are wanted, not only what comes. */
  want(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#log.live.join();
  }

  /** Whether the latest messages are before the reader's eyes. Told by the view. */
  set isReading(isReading: boolean) {
    this.#isReading = isReading;
    this.#read();
  }

  get isReading(): boolean {
    return this.#isReading && this.#log.isLoaded && !this.#isLeftUnread;
  }

  /** What comes after a position is new: the first of it has come while nobody looked. */
  divideAfter(read: number): void {
    this.#leftOff.value = read;
  }

  /** Marks a message and all that follow it as unread, until the room is opened again. */
  markUnreadFrom(seq: number): void {
    this.#isLeftUnread = true;
    this.#leftOff.value = seq - 1;
    const unread = this.messages.peek()
      .filter((message) => message.seq >= seq && message.user.id !== this.ports.self()?.id);
    this.ports.unreadAfter(this.id, seq - 1, unread.length);
  }

  #read(): void {
    if (this.isReading && this.#log.live.seq > 0) this.ports.read(this.id, this.#log.live.seq);
  }

  /**
   * Calls back with what is done with messages, loaded or not; null: much was missed, and anything may
   * have been done. Returns how to stop.
   */
  onChange(listener: (event: ChangeEvent | null) => void): () => void {
    return this.#log.onChange(listener);
  }

  /** People who may be meant by a name here: those present first. */
  get mentionable(): User[] {
    return mentionableIn(this, this.ports.names);
  }

  /** Notes what people are called who were found elsewhere. */
  noteNames(people: readonly User[]): void {
    this.ports.names.note(people, Date.now());
  }

  #mentionsIn(text: string): Pick<Outgoing, "mentions"> {
    const mentions = text.includes("@") ? mentionedIn(text, this.mentionable) : [];
    return mentions.length > 0 ? { mentions } : {};
  }

  /** The next message answers this one. */
  reply(to: Message): void {
    this.#composing.value = { kind: "reply", to };
  }

  /** Takes a message into the composer; what stands there as a draft stays. */
  startEdit(of: Message): void {
    const before = namedToday(of, this.nameOf);
    this.#composing.value = { kind: "edit", of, before, text: signal(before) };
  }

  /** A new message again. */
  stopComposing(): void {
    this.#composing.value = null;
  }

  // -- What is said ---------------------------------------------------------------------------

  /** Says something; `replyTo` is the position of the message that it answers. */
  send(text: string, about: Pick<Outgoing, "replyTo"> = {}): void {
    if (isBlank(text)) return;
    this.#add({ message: text.trim(), ...about, ...this.#mentionsIn(text) });
    this.#typingToldAt = -Infinity;
    // One's own message stands at the end.
    this.jumpToEnd();
  }

  /** Gives one's own message another text. */
  edit(target: number, text: string): void {
    if (isBlank(text)) return;
    const message = text.trim();
    if (this.#log.loaded.at(target)?.message === message) return;
    this.#add({ message, change: { type: "edit", target }, ...this.#mentionsIn(text) });
  }

  delete(target: number): void {
    this.#add({ message: "", change: { type: "delete", target } });
  }

  react(target: number, emoji: string, on: boolean): void {
    this.#add({ message: "", change: { type: "react", target, emoji, on } });
  }

  pin(target: number, on: boolean): void {
    this.#add({ message: "", change: { type: "pin", target, on } });
  }

  #add(written: Written): void {
    this.ports.outbox()?.add(outgoingOf(this.id, written, this.ports.messageBytes()));
  }

  retry(id: string): void {
    this.ports.outbox()?.retry(this.id, id);
  }

  discard(id: string): void {
    this.ports.outbox()?.remove(this.id, id);
  }

  /** Takes an unsent message back, for editing. */
  take(id: string): string {
    return this.ports.outbox()?.remove(this.id, id) ?? "";
  }

  /** Tells the others that one is typing, as often as is useful. */
  sayTyping(): void {
    const now = Date.now();
    if (now - this.#typingToldAt < TYPING_EVERY) return;
    this.#typingToldAt = now;
    this.ports.send({ type: "typing", room: this.id });
  }

  // -- What comes -----------------------------------------------------------------------------

  /** Takes in the events of one frame that are about this room; the view changes once. */
  receive(events: readonly ServerEvent[]): void {
    batch(() => {
      this.#log.receive(events);
      this.#read();
    });
  }

  /** The room could not be entered, or not now; or something less was refused, as telling of typing. */
  refused(refusal: ErrorEvent): void {
    this.#log.refused(refusal);
  }

  /** The reader may not be in the room any more. */
  removed(): void {
    this.#log.removed();
  }

  /** The connection is gone; the next one begins with a join. */
  disconnected(): void {
    this.#log.disconnected();
  }

  // -- History --------------------------------------------------------------------------------

  /** The way to the rest of the history; undefined where that cannot be had now. */
  async history(): Promise<Paging | undefined> {
    const later = await this.ports.later();
    return this.#paging ??= later && new later.Paging(this.#log.loaded, {
      read: (place) => this.ports.history(this.id, place),
      cursorAt: (seq) => this.#log.live.cursorAt(seq),
      loading: this.loading,
    });
  }

  /** Shows the latest messages. */
  async jumpToEnd(): Promise<void> {
    if (this.newer.value) await (await this.history())?.jumpToEnd();
  }

  /** The page may be going away: what is written is kept now. */
  keep(): void {
    this.#remembered.keep();
  }

  close(): void {
    this.disconnected();
    this.#remembered.close();
  }
}
