/**
 * A store that keeps everything in memory and forgets it with the process: for tests and for
 * `--data :memory:`.
 */

import type { NameRegistry } from "./names.ts";
import { createMemoryNames } from "./names_memory.ts";
import { isPublicRoom, type LogEvent } from "./protocol.ts";
import type { Appended, Draft, Page, PagePlace, Replay, RoomHead, Store } from "./store.ts";
import { closed, conflict, cutOf, eventOf, firstSince, isRetry, newEpoch } from "./store_rules.ts";

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
  readonly #now: () => number;
  /** Room → its log; the event with `seq` stands at `seq - 1`. */
  readonly #logs = new Map<string, LogEvent[]>();
  /** User id → message id → the event. */
  readonly #byAuthor = new Map<string, Map<string, LogEvent>>();
  #closed = false;

  constructor(now: () => number) {
    this.#now = now;
    this.names = createMemoryNames(now);
  }

  // An async function does its work during the call, so promises settle in the order of the calls.
  // deno-lint-ignore require-await
  async append(draft: Draft): Promise<Appended> {
    this.#mustBeOpen();
    const kept = this.#byAuthor.get(draft.user.id)?.get(draft.id);
    if (kept) {
      if (!isRetry(draft, kept)) throw conflict();
      return { event: kept, repeated: true };
    }
    const log = this.#logs.get(draft.room) ?? [];
    const timestamp = Math.max(this.#now(), log.at(-1)?.timestamp ?? 0);
    const event = eventOf(draft, log.length + 1, timestamp);
    log.push(event);
    this.#logs.set(draft.room, log);
    const ofAuthor = this.#byAuthor.get(event.user.id) ?? new Map<string, LogEvent>();
    ofAuthor.set(event.id, event);
    this.#byAuthor.set(event.user.id, ofAuthor);
    return { event, repeated: false };
  }

  // deno-lint-ignore require-await
  async since(room: string, seq: number, limit: number): Promise<Replay> {
    const log = this.#log(room);
    const start = Math.max(seq, 0);
    return { events: log.slice(start, start + limit), head: log.length };
  }

  // deno-lint-ignore require-await
  async page(room: string, place: PagePlace, limit: number): Promise<Page> {
    const log = this.#log(room);
    const cut = cutOf(
      place,
      limit,
      log.length,
      (timestamp) => firstSince(timestamp, log.length, (seq) => log[seq - 1]!.timestamp),
    );
    const middle = Math.min(Math.max(cut.seq - 1, 0), log.length);
    const from = Math.max(middle - cut.before, 0);
    const to = Math.min(middle + cut.from, log.length);
    return {
      messages: log.slice(from, to),
      head: log.length,
      older: from > 0,
      newer: to < log.length,
    };
  }

  // deno-lint-ignore require-await
  async head(room: string): Promise<number> {
    return this.#log(room).length;
  }

  // deno-lint-ignore require-await
  async rooms(limit: number): Promise<RoomHead[]> {
    this.#mustBeOpen();
    return [...this.#logs]
      .filter(([room]) => isPublicRoom(room))
      .map(([room, log]) => ({ room, head: log.length, timestamp: log.at(-1)!.timestamp }))
      .sort((a, b) => b.timestamp - a.timestamp || (a.room < b.room ? -1 : 1))
      .slice(0, limit);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#logs.clear();
    this.#byAuthor.clear();
    return Promise.resolve();
  }

  #log(room: string): LogEvent[] {
    this.#mustBeOpen();
    return this.#logs.get(room) ?? [];
  }

  #mustBeOpen(): void {
    if (this.#closed) throw closed();
  }
}
