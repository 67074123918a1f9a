/**
 * A store that keeps everything in memory and forgets it with the process: for tests and for
 * `--data :memory:`.
 */

import type { InviteRegistry } from "./invites.ts";
import { createMemoryInvites } from "./invites_memory.ts";
import type { NameRegistry } from "./names.ts";
import { createMemoryNames } from "./names_memory.ts";
import type { PeopleDirectory } from "./people.ts";
import { createMemoryPeople } from "./people_memory.ts";
import { MemoryPlaces } from "./places_memory.ts";
import { isPublicRoom, type LogEvent, type Message, type RoomRole, type User } from "./protocol.ts";
import type {
  Appended,
  Draft,
  MemberRecord,
  OwnReaction,
  Page,
  PagePlace,
  Replay,
  RoomDraft,
  RoomQuery,
  RoomRecord,
  Store,
} from "./store.ts";
import { MemoryRoom } from "./store_memory_room.ts";
import {
  closed,
  conflict,
  conversationKey,
  conversationOf,
  isRetry,
  newEpoch,
} from "./store_rules.ts";

export interface MemoryStoreOptions {
  /** The clock, in milliseconds; the system's where absent. */
  now?: () => number;
}

/** An empty store with a new epoch. */
export function createMemoryStore({ now = Date.now }: MemoryStoreOptions = {}): Store {
  return new MemoryStore(now);
}

class MemoryStore implements Store {
  readonly epoch = newEpoch();
  readonly names: NameRegistry;
  readonly people: PeopleDirectory;
  readonly places: MemoryPlaces;
  readonly invites: InviteRegistry;
  readonly #now: () => number;
  readonly #rooms = new Map<string, MemoryRoom>();
  /** User id → the author's id → the event's room and position. */
  readonly #byAuthor = new Map<string, Map<string, { room: MemoryRoom; seq: number }>>();
  /** The people of a conversation → its room. */
  readonly #conversations = new Map<string, MemoryRoom>();
  #closed = false;

  constructor(now: () => number) {
    this.#now = now;
    this.names = createMemoryNames(now);
    this.places = new MemoryPlaces(this.#rooms);
    this.people = createMemoryPeople({
      hasSaid: (userId) => this.#byAuthor.has(userId),
      forgetPlaces: (userId) => this.places.forget(userId),
    });
    const membersOf = (room: string) => [...this.#rooms.get(room)?.members.values() ?? []];
    this.invites = createMemoryInvites(membersOf, now);
  }

  // An async function does its work during the call, so promises settle in the order of the calls.
  // deno-lint-ignore require-await
  async append(draft: Draft): Promise<Appended> {
    this.#mustBeOpen();
    const conversation = isConversation(draft) ? conversationOf(draft.members!) : undefined;
    const begun = conversation && this.#conversations.get(conversation);
    if (begun) return { event: begun.events[0]!, repeated: true };
    const known = this.#byAuthor.get(draft.user.id)?.get(draft.id);
    if (known) {
      const event = known.room.events[known.seq - 1]!;
      if (!isRetry(draft, event)) throw conflict();
      return { event, repeated: true };
    }
    const room = this.#rooms.get(draft.room) ?? new MemoryRoom(draft.room);
    const event = room.append(draft, this.#now());
    this.#rooms.set(draft.room, room);
    if (conversation !== undefined) this.#conversations.set(conversation, room);
    const ofAuthor = this.#byAuthor.get(event.user.id) ?? new Map();
    this.#byAuthor.set(event.user.id, ofAuthor.set(event.id, { room, seq: event.seq }));
    const relisted = this.places.noted(event);
    return relisted.length > 0 ? { event, repeated: false, relisted } : { event, repeated: false };
  }

  // deno-lint-ignore require-await
  async since(room: string, seq: number, limit: number): Promise<Replay> {
    const events = this.#events(room);
    const start = Math.max(seq, 0);
    return { events: events.slice(start, start + limit), head: events.length };
  }

  // deno-lint-ignore require-await
  async find(userId: string, id: string): Promise<LogEvent | undefined> {
    this.#mustBeOpen();
    const known = this.#byAuthor.get(userId)?.get(id);
    return known?.room.events[known.seq - 1];
  }

  // deno-lint-ignore require-await
  async page(room: string, place: PagePlace, limit: number): Promise<Page> {
    return this.#find(room)?.page(place, limit) ??
      { messages: [], notices: [], head: 0, older: false, newer: false };
  }

  // deno-lint-ignore require-await
  async messages(room: string, seqs: readonly number[]): Promise<Message[]> {
    const found = this.#find(room);
    return [...new Set(seqs)].sort((a, b) => a - b)
      .map((seq) => found?.message(seq)).filter((message) => message !== undefined);
  }

  // deno-lint-ignore require-await
  async pins(room: string, limit: number): Promise<Message[]> {
    return this.#find(room)?.pins().slice(0, limit) ?? [];
  }

  // deno-lint-ignore require-await
  async reacted(
    userId: string,
    room: string,
    first: number,
    last: number,
  ): Promise<OwnReaction[]> {
    return this.#find(room)?.reacted(userId, first, last) ?? [];
  }

  // deno-lint-ignore require-await
  async reactors(room: string, seq: number, emoji: string, limit: number): Promise<User[]> {
    return this.#find(room)?.reactors(seq, emoji).slice(0, limit) ?? [];
  }

  // deno-lint-ignore require-await
  async head(room: string): Promise<number> {
    return this.#events(room).length;
  }

  // deno-lint-ignore require-await
  async room(room: string): Promise<RoomRecord | undefined> {
    return this.#find(room)?.record;
  }

  // deno-lint-ignore require-await
  async rooms({ filter = "", after, limit }: RoomQuery): Promise<RoomRecord[]> {
    this.#mustBeOpen();
    const text = filter.toLowerCase();
    return [...this.#rooms.values()]
      .map((room) => room.record)
      .filter(({ room, settings }) =>
        isPublicRoom(room) &&
        (room.includes(text) || (settings.title ?? "").toLowerCase().includes(text))
      )
      .sort(byRecency)
      .filter((record) => !after || byRecency(record, after) > 0)
      .slice(0, limit);
  }

  // deno-lint-ignore require-await
  async conversation(userIds: readonly string[]): Promise<string | undefined> {
    this.#mustBeOpen();
    return this.#conversations.get(conversationKey(userIds))?.id;
  }

  // deno-lint-ignore require-await
  async members(room: string): Promise<MemberRecord[]> {
    const members = [...this.#find(room)?.members.values() ?? []];
    return members.map(({ user, role, since }) => ({ user, role, since }));
  }

  // deno-lint-ignore require-await
  async role(room: string, userId: string): Promise<RoomRole | undefined> {
    return this.#find(room)?.members.get(userId)?.role;
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#rooms.clear();
    this.#byAuthor.clear();
    return Promise.resolve();
  }

  #events(room: string): LogEvent[] {
    return this.#find(room)?.events ?? [];
  }

  #find(room: string): MemoryRoom | undefined {
    this.#mustBeOpen();
    return this.#rooms.get(room);
  }

  #mustBeOpen(): void {
    if (this.#closed) throw closed();
  }
}

function isConversation(draft: Draft): draft is RoomDraft {
  return draft.type === "room" && draft.created === "direct";
}

type Recency = Pick<RoomRecord, "room" | "timestamp">;

/** The most recent first. */
function byRecency(a: Recency, b: Recency): number {
  return b.timestamp - a.timestamp || (a.room < b.room ? -1 : a.room > b.room ? 1 : 0);
}
