/**
 * One's own list of rooms: what the server says of it, and what came live since. Each room is a signal
 * of its own, so that a message changes one row.
 */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  EVERYBODY,
  formatCursor,
  type ListedRoom,
  type LogEvent,
  type Mention,
  parseCursor,
  type PersonalEvent,
  type RoomAbout,
  UNREAD_MOST,
} from "../server/protocol.ts";
import { aboutAfter } from "./room_about.ts";
import { titleOf } from "./room_names.ts";
import { read, write } from "./storage.ts";

/** Rooms that are remembered for a start without a server. */
const REMEMBERED_MOST = 200;

/** Made when first needed, as the formats in `times.ts` are. */
let collator: Intl.Collator | undefined;

/** As people count: “room-2” before “room-10”. */
function byName(one: string, other: string): number {
  collator ??= new Intl.Collator("en", { numeric: true });
  return collator.compare(one, other);
}

/** A message that came live and is not read. */
interface Counted {
  seq: number;
  isMention: boolean;
}

export class RoomList {
  readonly #rooms = new Map<string, Signal<ListedRoom>>();
  /** Live messages that are not read, by room: what the server says may be older than they are. */
  readonly #counted = new Map<string, Counted[]>();
  /** While the rest of the list is on its way: rooms that came or went meanwhile, of which it is older. */
  #changed: Set<string> | undefined;
  /** Changes with which rooms there are, their names, and the order of conversations. */
  readonly #shape = signal(0);

  /** `selfId` is the reader's own. */
  constructor(private readonly selfId: () => string | undefined) {}

  /** Public and private rooms in the order of their names. */
  readonly channels = this.#sorted(
    ({ kind }) => kind !== "direct",
    (one, other) => byName(titleOf(one, undefined), titleOf(other, undefined)),
  );

  /** Conversations between people, the most recent first. */
  readonly conversations = this.#sorted(({ kind }) => kind === "direct", byRecency);

  /** What is unread in all rooms that are not muted. Mentions are told of those too. */
  readonly unread: ReadonlySignal<number> = computed(() => {
    this.#shape.value;
    let sum = 0;
    for (const { value: { muted, unread, mentions } } of this.#rooms.values()) {
      sum += muted ? mentions : unread;
    }
    return sum;
  });

  /** What waits for the reader in particular: private messages and mentions, of rooms that are not muted. */
  readonly waiting: ReadonlySignal<number> = computed(() => {
    this.#shape.value;
    let sum = 0;
    for (const { value: { kind, muted, unread, mentions } } of this.#rooms.values()) {
      if (!muted) sum += kind === "direct" ? unread : mentions;
    }
    return sum;
  });

  /** All rooms, the most recent first. */
  get recent(): ListedRoom[] {
    return this.#all.sort(byRecency);
  }

  /** The room as the list shows it; undefined where it is not on the list. */
  get(room: string): ListedRoom | undefined {
    this.#shape.value;
    return this.#rooms.get(room)?.value;
  }

  peek(room: string): ListedRoom | undefined {
    return this.#rooms.get(room)?.peek();
  }

  /** Brings back the list as it was when the page was left. */
  restore(): void {
    for (const room of readRemembered()) this.#set(room);
  }

  /**
   * The server's list, in place of what was known; with `hasMore` only the most recent of it, and
   * `completed` is to follow.
   */
  welcomed(rooms: readonly ListedRoom[], hasMore: boolean): void {
    this.#changed = hasMore ? new Set() : undefined;
    batch(() => {
      if (!hasMore) this.#removeAllBut(rooms);
      for (const room of rooms) {
        this.#counted.delete(room.room);
        this.#set(room);
      }
    });
  }

  /** The whole list, as it was while it was read in parts. */
  completed(rooms: readonly ListedRoom[]): void {
    const changed = this.#changed;
    this.#changed = undefined;
    batch(() => {
      this.#removeAllBut(rooms, changed);
      for (const room of rooms) if (!changed?.has(room.room)) this.#listed(room);
    });
  }

  /** Takes what concerns the list, from whichever of the person's devices. */
  take(event: PersonalEvent): void {
    switch (event.type) {
      case "listed": {
        const { type: _, ...room } = event;
        this.#changed?.add(room.room);
        return this.#listed(room);
      }
      case "unlisted":
        return this.remove(event.room);
      case "read": {
        const { room, upTo, unread, mentions } = event;
        return this.#change(room, { read: upTo, ...this.#since(room, upTo, { unread, mentions }) });
      }
    }
  }

  /** Puts a room on the list that was entered; all of it counts as read. */
  entered(about: RoomAbout, cursor: string): void {
    if (this.#rooms.has(about.room)) return;
    this.#changed?.add(about.room);
    this.#set({ ...about, cursor, timestamp: 0, read: seqOf(cursor), unread: 0, mentions: 0 });
  }

  remove(room: string): void {
    this.#changed?.add(room);
    batch(() => this.#remove(room));
  }

  clear(): void {
    this.#rooms.clear();
    this.#counted.clear();
    this.#shape.value++;
    write("list", null);
  }

  /** Takes events of a room's log that came live or by resume, in order. */
  noted(room: string, events: readonly LogEvent[]): void {
    const before = this.peek(room);
    if (!before) return;
    const { epoch = "", seq: head = 0 } = parseCursor(before.cursor) ?? {};
    const fresh = events.filter(({ seq }) => seq > head);
    if (fresh.length === 0) return;
    const last = fresh.at(-1)!;
    let after = before;
    for (const event of fresh) {
      if (event.type === "room" || event.type === "member") {
        after = aboutAfter(after, event, this.selfId());
      }
    }
    this.#set({
      ...after,
      ...this.#counting(before, fresh),
      cursor: formatCursor(epoch, last.seq),
      timestamp: last.timestamp,
    });
  }

  /** The reader has read up to a position, or marks as unread what comes after it. */
  read(room: string, upTo: number, after: { unread: number; mentions: number }): void {
    this.#change(room, { read: upTo, ...this.#since(room, upTo, after) });
  }

  muted(room: string, muted: boolean): void {
    const before = this.peek(room);
    if (!before) return;
    this.#changed?.add(room);
    const { muted: _, ...rest } = before;
    this.#set(muted ? { ...rest, muted } : rest);
  }

  /** The page may be going away: the list is remembered for a start without a server. */
  keep(): void {
    write("list", JSON.stringify(this.recent.slice(0, REMEMBERED_MOST)));
  }

  get #all(): ListedRoom[] {
    return [...this.#rooms.values()].map((room) => room.peek());
  }

  #sorted(
    belongs: (room: ListedRoom) => boolean,
    compare: (one: ListedRoom, other: ListedRoom) => number,
  ): ReadonlySignal<readonly string[]> {
    return computed(() => {
      this.#shape.value;
      return this.#all.filter(belongs).sort(compare).map(({ room }) => room);
    });
  }

  /** What the server says may be older than what came live. */
  #listed(room: ListedRoom): void {
    const before = this.peek(room.room);
    const seq = seqOf(room.cursor);
    const isOlder = before && seqOf(before.cursor) > seq;
    this.#set({
      ...room,
      ...(isOlder && { cursor: before.cursor, timestamp: before.timestamp }),
      ...this.#countedUpTo(room, Math.max(seq, room.read)),
    });
  }

  /** What is unread where the server has counted up to a position. */
  #countedUpTo({ room, unread, mentions }: ListedRoom, seq: number) {
    const more = this.#unreadAfter(room, seq);
    return {
      unread: Math.min(unread + more.unread, UNREAD_MOST),
      mentions: Math.min(mentions + more.mentions, UNREAD_MOST),
    };
  }

  /** What is unread after a position, of which the server may have counted only the first. */
  #since(room: string, seq: number, { unread, mentions }: { unread: number; mentions: number }) {
    const known = this.#unreadAfter(room, seq);
    return {
      unread: Math.max(unread, known.unread),
      mentions: Math.max(mentions, known.mentions),
    };
  }

  /** What came live after a position; what came before it counts no more. */
  #unreadAfter(room: string, seq: number) {
    const counted = this.#counted.get(room)?.filter((one) => one.seq > seq) ?? [];
    if (counted.length > 0) this.#counted.set(room, counted);
    else this.#counted.delete(room);
    const mentions = counted.filter(({ isMention }) => isMention).length;
    return { unread: counted.length, mentions };
  }

  #counting({ room, unread, mentions, read }: ListedRoom, fresh: readonly LogEvent[]) {
    const counted = this.#counted.get(room) ?? [];
    for (const event of fresh) {
      if (event.seq <= read) continue;
      if (event.type === "chat" && event.user.id !== this.selfId() && !event.deleted) {
        const isMention = this.#isMentioned(event.mentions);
        unread = Math.min(unread + 1, UNREAD_MOST);
        if (isMention) mentions = Math.min(mentions + 1, UNREAD_MOST);
        counted.push({ seq: event.seq, isMention });
      } else if (event.type === "delete") {
        const index = counted.findIndex(({ seq }) => seq === event.target);
        const [gone] = index < 0 ? [] : counted.splice(index, 1);
        // Beyond what is counted, it stays as much.
        if (gone && unread < UNREAD_MOST) unread--;
        if (gone?.isMention && mentions < UNREAD_MOST) mentions--;
      }
    }
    if (counted.length > 0) this.#counted.set(room, counted.slice(-UNREAD_MOST));
    return { unread, mentions };
  }

  #isMentioned(mentions: readonly Mention[] | undefined): boolean {
    return mentions?.some(({ id }) => id === this.selfId() || id === EVERYBODY) ?? false;
  }

  #change(room: string, change: Partial<ListedRoom>): void {
    const before = this.peek(room);
    if (!before) return;
    this.#changed?.add(room);
    this.#set({ ...before, ...change });
  }

  #set(room: ListedRoom): void {
    const known = this.#rooms.get(room.room);
    if (!known) {
      this.#rooms.set(room.room, signal(room));
      this.#shape.value++;
      return;
    }
    const before = known.peek();
    known.value = room;
    const isRenamed = titleOf(before, undefined) !== titleOf(room, undefined);
    const isMoved = room.kind === "direct" && before.timestamp !== room.timestamp &&
      this.conversations.peek()[0] !== room.room;
    if (isRenamed || isMoved) this.#shape.value++;
  }

  /** Takes off what is not among these, except what has changed since they were read. */
  #removeAllBut(rooms: readonly ListedRoom[], others?: ReadonlySet<string>): void {
    const listed = new Set(rooms.map(({ room }) => room));
    for (const { room } of this.#all) {
      if (!listed.has(room) && !others?.has(room)) this.#remove(room);
    }
  }

  #remove(room: string): void {
    this.#counted.delete(room);
    if (this.#rooms.delete(room)) this.#shape.value++;
  }
}

function byRecency(one: ListedRoom, other: ListedRoom): number {
  return other.timestamp - one.timestamp || byName(one.room, other.room);
}

function seqOf(cursor: string): number {
  return parseCursor(cursor)?.seq ?? 0;
}

function readRemembered(): ListedRoom[] {
  try {
    const rooms = JSON.parse(read("list") ?? "[]");
    return Array.isArray(rooms) ? rooms.filter(isListed) : [];
  } catch {
    return [];
  }
}

/** Whether what was remembered is what this version remembers. */
function isListed(value: Partial<ListedRoom> | null): value is ListedRoom {
  return typeof value?.room === "string" && typeof value.kind === "string" &&
    parseCursor(value.cursor) !== undefined && typeof value.timestamp === "number" &&
    typeof value.read === "number" && typeof value.unread === "number" &&
    typeof value.mentions === "number";
}
