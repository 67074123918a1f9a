/** One room as the reader has it: the part of its history that is loaded, and what is live. */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  type ChatEvent,
  type Cursor,
  formatCursor,
  isLongerThan,
  type JoinCommand,
  type JoinedEvent,
  type Message,
  parseCursor,
  type Position,
  type ServerEvent,
  TYPING_LASTS,
  type User,
} from "../server/protocol.ts";
import type { HistoryPage, HistoryPlace, ReadHistory } from "./history.ts";
import type { Outbox } from "./outbox.ts";
import type { Outgoing } from "./outbox_store.ts";
import { read, write } from "./storage.ts";

/** Most messages held while the reader is at the bottom, and how many then stay. */
const HELD_MOST = 2_000;
const HELD_AFTER = 1_000;
/** Least milliseconds between two typing commands. */
const TYPING_EVERY = 3_000;
/** Milliseconds after which a change of a draft is kept. */
const DRAFT_PAUSE = 300;

/** What a room needs of the rest. */
export interface RoomPorts {
  self(): User | null;
  outbox(): Outbox | undefined;
  send(command: { type: "typing"; room: string } | JoinCommand): void;
  history: ReadHistory;
  /** Longest message in UTF-8 bytes. */
  messageBytes(): number;
}

export class Room {
  readonly #messages = signal<readonly Message[]>([]);
  readonly #older = signal(false);
  readonly #newer = signal(false);
  readonly #online = signal(0);
  readonly #people = signal<readonly User[]>([]);
  readonly #typing = signal<readonly User[]>([]);
  readonly #loading = signal(true);
  readonly #problem = signal<string | null>(null);
  readonly #head = signal(0);
  readonly #leftOff: Signal<number>;
  /** What is being written; survives a reload. */
  readonly draft: Signal<string>;
  readonly outgoing: ReadonlySignal<readonly Outgoing[]>;
  /** Whether the reader is at the bottom. Told by the view. */
  isFollowing = true;
  /** Where the live events have got to. */
  #position: Position | undefined;
  readonly #typingTimers = new Map<string, ReturnType<typeof setTimeout>>();
  #typingToldAt = -Infinity;
  /** New messages of the frame that is being taken in. */
  #fresh: Message[] = [];
  #isLoadingPage = false;
  #draftTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #stopDraft: () => void;

  constructor(readonly id: string, private readonly ports: RoomPorts) {
    this.draft = signal(read(`draft.${id}`) ?? "");
    this.#leftOff = signal(parseCursor(read(`seen.${id}`))?.seq ?? 0);
    this.outgoing = computed(() => ports.outbox()?.in(id).value ?? []);
    this.#stopDraft = this.draft.subscribe(() => {
      this.#draftTimer ??= setTimeout(() => this.keepDraft(), DRAFT_PAUSE);
    });
  }

  /** The loaded part of the history, oldest first. */
  get messages(): ReadonlySignal<readonly Message[]> {
    return this.#messages;
  }

  /** There is more before the first message. */
  get older(): ReadonlySignal<boolean> {
    return this.#older;
  }

  /** There is more after the last message: the reader looks at the past. */
  get newer(): ReadonlySignal<boolean> {
    return this.#newer;
  }

  get online(): ReadonlySignal<number> {
    return this.#online;
  }

  get people(): ReadonlySignal<readonly User[]> {
    return this.#people;
  }

  /** Who else is typing. */
  get typing(): ReadonlySignal<readonly User[]> {
    return this.#typing;
  }

  /** Nothing has come yet. */
  get loading(): ReadonlySignal<boolean> {
    return this.#loading;
  }

  /** Why the room cannot be shown, for people. */
  get problem(): ReadonlySignal<string | null> {
    return this.#problem;
  }

  /** The last position of the room. */
  get head(): ReadonlySignal<number> {
    return this.#head;
  }

  /** The last position seen on an earlier visit; 0 where there was none. */
  get leftOff(): ReadonlySignal<number> {
    return this.#leftOff;
  }

  /** The command that enters the room, or resumes in it. */
  get join(): JoinCommand {
    const since = this.#cursor;
    return since === undefined
      ? { type: "join", room: this.id }
      : { type: "join", room: this.id, since };
  }

  // -- What is said ---------------------------------------------------------------------------

  send(text: string): void {
    const message = text.trim();
    if (message === "") return;
    const outgoing: Outgoing = {
      id: newId(),
      room: this.id,
      message,
      state: "pending",
      at: Date.now(),
    };
    if (isLongerThan(message, this.ports.messageBytes())) {
      outgoing.state = "failed";
      outgoing.reason = "It is too long. Please shorten it or send it in parts.";
      outgoing.retryable = false;
    }
    this.ports.outbox()?.add(outgoing);
    this.#typingToldAt = -Infinity;
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
      for (const event of events) this.#take(event);
      this.#show();
    });
  }

  /** The room may not be entered. */
  refused(reason: string): void {
    this.#problem.value = reason;
    this.#loading.value = false;
  }

  #take(event: ServerEvent): void {
    switch (event.type) {
      case "joined":
        return this.#joined(event);
      case "chat":
        return this.#chat(event);
      case "typing":
        return this.#someoneTypes(event.user);
      case "presence":
        this.#online.value = event.online;
        if (event.people) this.#people.value = event.people;
        return;
      case "head":
      case "behind":
        // A heartbeat ahead of us tells of something lost on the way; `behind` of something held back.
        if (event.type === "behind" || this.#isBehind(event.cursor)) this.ports.send(this.join);
        return;
    }
  }

  #joined(event: JoinedEvent): void {
    this.#loading.value = false;
    this.#problem.value = null;
    this.#online.value = event.online;
    this.#people.value = event.people;
    if (event.messages) {
      this.#fresh = [];
      this.#messages.value = event.messages;
      this.#older.value = event.older ?? false;
      this.#newer.value = false;
      for (const { user, id } of event.messages) this.#acknowledge(user.id, id);
      this.#moveTo(parseCursor(event.cursor)!);
      return;
    }
    for (const missed of event.events ?? []) this.#take(missed);
    this.#moveTo(parseCursor(event.cursor)!);
    if (event.more) this.ports.send(this.join);
  }

  #chat(event: ChatEvent): void {
    this.#acknowledge(event.user.id, event.id);
    this.#stopTyping(event.user.id);
    const position = this.#position;
    // An acknowledgement may come before the room is joined; the join brings it again.
    if (!position || event.seq <= position.seq) return;
    if (event.seq > position.seq + 1) {
      this.ports.send(this.join);
      return;
    }
    this.#moveTo({ epoch: position.epoch, seq: event.seq });
    this.#fresh.push(event);
  }

  /** Shows what the frame brought, unless the reader looks at the past. */
  #show(): void {
    const fresh = this.#fresh;
    if (fresh.length === 0) return;
    this.#fresh = [];
    if (this.#newer.value) return;
    const last = this.#messages.value.at(-1)?.seq ?? 0;
    const all = [...this.#messages.value, ...fresh.filter(({ seq }) => seq > last)];
    if (all.length <= HELD_MOST) {
      this.#messages.value = all;
    } else if (this.isFollowing) {
      this.#messages.value = all.slice(-HELD_AFTER);
      this.#older.value = true;
    } else {
      // Taking away what is being read would be worse than not showing what is far below.
      this.#newer.value = true;
    }
  }

  #acknowledge(userId: string, id: string): void {
    if (userId === this.ports.self()?.id) this.ports.outbox()?.remove(this.id, id);
  }

  #moveTo(position: Position): void {
    this.#position = position;
    this.#head.value = position.seq;
  }

  #isBehind(cursor: Cursor): boolean {
    const head = parseCursor(cursor);
    return head !== undefined && this.#position !== undefined &&
      (head.epoch !== this.#position.epoch || head.seq > this.#position.seq);
  }

  get #cursor(): Cursor | undefined {
    return this.#position && formatCursor(this.#position.epoch, this.#position.seq);
  }

  #someoneTypes(user: User): void {
    if (user.id === this.ports.self()?.id) return;
    clearTimeout(this.#typingTimers.get(user.id));
    this.#typingTimers.set(user.id, setTimeout(() => this.#stopTyping(user.id), TYPING_LASTS));
    if (!this.#typing.value.some(({ id }) => id === user.id)) {
      this.#typing.value = [...this.#typing.value, user];
    }
  }

  #stopTyping(userId: string): void {
    if (!this.#typingTimers.has(userId)) return;
    clearTimeout(this.#typingTimers.get(userId));
    this.#typingTimers.delete(userId);
    this.#typing.value = this.#typing.value.filter(({ id }) => id !== userId);
  }

  // -- History --------------------------------------------------------------------------------

  /** Loads what came before the first message. */
  async loadOlder(): Promise<void> {
    const first = this.#messages.value[0];
    if (!first || !this.#older.value) return;
    await this.#load({ before: this.#cursorAt(first.seq) }, ({ messages, older }) => {
      // Messages that fell out meanwhile would leave a hole.
      if (this.#messages.value[0] !== first) return;
      this.#messages.value = [...messages, ...this.#messages.value];
      this.#older.value = older;
    });
  }

  /** Loads what came after the last message, up to the live end. */
  async loadNewer(): Promise<void> {
    const last = this.#messages.value.at(-1);
    if (!last || !this.#newer.value) return;
    await this.#load({ after: this.#cursorAt(last.seq) }, (page) => {
      if (this.#messages.value.at(-1) !== last) return;
      const all = [...this.#messages.value, ...page.messages];
      this.#messages.value = all.length > HELD_MOST ? all.slice(-HELD_MOST) : all;
      if (all.length > HELD_MOST) this.#older.value = true;
      this.#newer.value = !this.#reachesEnd(page);
    });
  }

  /** Shows the message at a position. Resolves to whether it is there. */
  async jumpTo(seq: number): Promise<boolean> {
    const isLoaded = () => this.#messages.value.some((message) => message.seq === seq);
    await this.#firstPage();
    if (!isLoaded()) await this.#replace({ around: this.#cursorAt(seq) });
    return isLoaded();
  }

  /** Shows the first messages since a moment, in milliseconds. Resolves to the first one's position. */
  async jumpToTime(timestamp: number): Promise<number | undefined> {
    await this.#firstPage();
    await this.#replace({ time: timestamp });
    return (this.#messages.value.find((message) => message.timestamp >= timestamp) ??
      this.#messages.value.at(-1))?.seq;
  }

  /** Shows the latest messages. */
  async jumpToEnd(): Promise<void> {
    if (this.#newer.value) await this.#replace({});
  }

  /** Notes what the reader has seen, for the next visit's divider. */
  markSeen(seq: number): void {
    if (!this.#position || seq <= (parseCursor(read(`seen.${this.id}`))?.seq ?? 0)) return;
    write(`seen.${this.id}`, this.#cursorAt(seq));
  }

  /** Keeps the draft now. */
  keepDraft(): void {
    clearTimeout(this.#draftTimer);
    this.#draftTimer = undefined;
    write(`draft.${this.id}`, this.draft.value === "" ? null : this.draft.value);
  }

  close(): void {
    this.keepDraft();
    this.#stopDraft();
    for (const timer of this.#typingTimers.values()) clearTimeout(timer);
    this.#typingTimers.clear();
  }

  #cursorAt(seq: number): Cursor {
    return formatCursor(this.#position!.epoch, seq);
  }

  async #replace(place: HistoryPlace): Promise<void> {
    await this.#load(place, (page) => {
      this.#messages.value = page.messages;
      this.#older.value = page.older;
      this.#newer.value = !this.#reachesEnd(page);
    });
  }

  /** A page reaches the live end when nothing came live that it does not have. */
  #reachesEnd(page: HistoryPage): boolean {
    return !page.newer && (parseCursor(page.cursor)?.seq ?? 0) >= (this.#position?.seq ?? 0);
  }

  /** One page at a time; where it cannot be had now, scrolling asks again. */
  async #load(place: HistoryPlace, apply: (page: HistoryPage) => void): Promise<void> {
    if (this.#isLoadingPage || !this.#position) return;
    this.#isLoadingPage = true;
    try {
      const page = await this.ports.history(this.id, place);
      batch(() => apply(page));
    } catch {
      // The connection's own state tells the reader; what is loaded stays.
    } finally {
      this.#isLoadingPage = false;
    }
  }

  /** Resolves when the room has been joined. */
  async #firstPage(): Promise<void> {
    if (!this.#loading.value) return;
    await new Promise<void>((resolve) => {
      const stop = this.#loading.subscribe((isLoading) => {
        if (isLoading) return;
        resolve();
        queueMicrotask(() => stop());
      });
    });
  }
}

/** 128 random bits; plain http over a LAN has no `randomUUID`. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
