/**
 * Reads the log and the messages. Synchronous: each call takes well below a millisecond, also in a room
 * of a million messages, as everything is found by index.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LogEvent, Message, SettingEvent, User } from "./protocol.ts";
import { NOTICES_MOST, type OwnReaction, type Page, type PagePlace } from "./store.ts";
import { cutOf, firstSince, stretchOf } from "./store_rules.ts";
import {
  EVENT_COLUMNS,
  eventOfRow,
  type EventRow,
  FIND_EVENT,
  FIND_MESSAGE,
  foundEventOf,
  IS_MESSAGE,
  MESSAGE_COLUMNS,
  messageOfRow,
  type MessageRow,
  MESSAGES_IN_ORDER,
} from "./store_sqlite_rows.ts";
import { ReactionReader } from "./store_sqlite_reaction_reader.ts";

/** Rooms whose last page is kept. With long messages that may be some megabytes each. */
const LAST_PAGES = 16;

interface LastPage {
  limit: number;
  page: Page;
  /** Up to how many changes of the database it is known to stand. */
  changes: number;
}

export class Reader {
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  readonly #room: StatementSync;
  readonly #roomNoticed: StatementSync;
  readonly #eventsAfter: StatementSync;
  readonly #event: StatementSync;
  readonly #timestampAt: StatementSync;
  readonly #messagesBefore: StatementSync;
  readonly #messagesFrom: StatementSync;
  readonly #message: StatementSync;
  readonly #notices: StatementSync;
  readonly #pins: StatementSync;
  readonly #reactions: ReactionReader;
  /** What everybody of a room wants who comes back after a restart; good while the head is the same. */
  readonly #lastPages = new Map<string, LastPage>();
  #changes = 0;

  constructor(database: DatabaseSync) {
    this.#begin = database.prepare("BEGIN");
    this.#end = database.prepare("COMMIT");
    this.#room = database.prepare("SELECT key, head FROM rooms WHERE room = ?");
    this.#roomNoticed = database.prepare(`
      SELECT key, head, coalesce((
        SELECT seq FROM events WHERE room_key = rooms.key AND type IN ('room', 'member')
        ORDER BY seq DESC LIMIT 1), 0) AS noticed
      FROM rooms WHERE room = ?`);
    this.#eventsAfter = database.prepare(`
      SELECT ${EVENT_COLUMNS} FROM events
      WHERE room_key = ? AND seq > ? ORDER BY seq LIMIT ?`);
    this.#event = database.prepare(FIND_EVENT);
    this.#timestampAt = database.prepare(
      "SELECT timestamp FROM events WHERE room_key = ? AND seq = ?",
    );
    this.#messagesBefore = database.prepare(`
      SELECT ${MESSAGE_COLUMNS} FROM ${MESSAGES_IN_ORDER}
      WHERE room_key = ? AND seq < ? AND ${IS_MESSAGE} ORDER BY seq DESC LIMIT ?`);
    this.#messagesFrom = database.prepare(`
      SELECT ${MESSAGE_COLUMNS} FROM ${MESSAGES_IN_ORDER}
      WHERE room_key = ? AND seq >= ? AND ${IS_MESSAGE} ORDER BY seq LIMIT ?`);
    this.#message = database.prepare(FIND_MESSAGE);
    this.#notices = database.prepare(`
      SELECT ${EVENT_COLUMNS} FROM events
      WHERE room_key = ? AND seq > ? AND seq < ? AND type IN ('room', 'member')
      ORDER BY seq DESC LIMIT ?`);
    this.#pins = database.prepare(`
      SELECT ${MESSAGE_COLUMNS} FROM events
      WHERE room_key = ? AND pinned IS NOT NULL ORDER BY pinned DESC LIMIT ?`);
    this.#reactions = new ReactionReader(database);
  }

  /** To be called after every commit, whatever came of it: nobody else writes this file. */
  changed(): void {
    this.#changes++;
  }

  head(room: string): number {
    return this.#find(room).head;
  }

  /** At most `limit` events after `seq`, and the head at the same moment. */
  since(room: string, seq: number, limit: number): { events: LogEvent[]; head: number } {
    return this.#atOneMoment(() => {
      const { key, head } = this.#find(room);
      const rows = this.#eventsAfter.all(key, seq, limit) as unknown as EventRow[];
      return { events: rows.map((row) => eventOfRow(room, row)), head };
    });
  }

  /** What somebody has done under an id. */
  find(userId: string, id: string): LogEvent | undefined {
    return foundEventOf(this.#event.get(userId, id));
  }

  /** What it returns is shared and must not be changed. */
  page(room: string, place: PagePlace, limit: number): Page {
    if (place.at !== "end") return this.#readPage(room, place, limit);
    const kept = this.#lastPages.get(room);
    const changes = this.#changes;
    if (kept?.limit === limit) {
      // Thousands who come back at once do not each ask the database the same.
      if (kept.changes !== changes && kept.page.head === this.head(room)) kept.changes = changes;
      if (kept.changes === changes) return kept.page;
    }
    const page = this.#readPage(room, place, limit);
    this.#lastPages.delete(room);
    this.#lastPages.set(room, { limit, page, changes });
    if (this.#lastPages.size > LAST_PAGES) {
      this.#lastPages.delete(this.#lastPages.keys().next().value!);
    }
    return page;
  }

  #readPage(room: string, place: PagePlace, limit: number): Page {
    return this.#atOneMoment(() => {
      const { key, head, noticed } = this.#findNoticed(room);
      const cut = cutOf(
        place,
        limit,
        head,
        (timestamp) => firstSince(timestamp, head, (seq) => this.#timestamp(key, seq)),
      );
      // One more on each side than asked for: that tells whether there are more.
      const before = this.#messagesBefore.all(key, cut.seq, cut.before + 1).reverse();
      const older = before.length > cut.before;
      if (older) before.shift();
      const from = this.#messagesFrom.all(key, cut.seq, cut.from + 1);
      const newer = from.length > cut.from;
      const next = newer ? (from.pop() as unknown as MessageRow).seq : undefined;
      const rows = [...before, ...from] as unknown as MessageRow[];
      const messages = rows.map((row) => messageOfRow(room, row));
      const { after, before: end } = stretchOf(place, { messages, head, older }, next);
      // Nearly always there is none, and asking for nothing takes a tenth of the time of a page.
      const notices = noticed > after
        ? this.#notices.all(key, after, end, NOTICES_MOST) as unknown as EventRow[]
        : [];
      return {
        messages,
        notices: notices.reverse().map((row) => eventOfRow(room, row) as SettingEvent),
        head,
        older,
        newer,
      };
    });
  }

  /** The messages at these positions, in order. */
  messages(room: string, seqs: readonly number[]): Message[] {
    return this.#atOneMoment(() => {
      const { key } = this.#find(room);
      return [...new Set(seqs)].sort((a, b) => a - b)
        .map((seq) => this.#message.get(key, seq) as unknown as MessageRow | undefined)
        .filter((row) => row !== undefined).map((row) => messageOfRow(room, row));
    });
  }

  /** The last pinned first. */
  pins(room: string, limit: number): Message[] {
    const rows = this.#pins.all(this.#find(room).key, limit) as unknown as MessageRow[];
    return rows.map((row) => messageOfRow(room, row));
  }

  /** Which emoji somebody has put on the messages from one position to another. */
  reacted(userId: string, room: string, first: number, last: number): OwnReaction[] {
    return this.#reactions.reacted(this.#find(room).key, userId, first, last);
  }

  /** The first first. */
  reactors(room: string, seq: number, emoji: string, limit: number): User[] {
    return this.#reactions.reactors(this.#find(room).key, seq, emoji, limit);
  }

  /** A room without a row has no key, which no event has either. */
  #find(room: string): { key: number; head: number } {
    const found = this.#room.get(room) as { key: number; head: number } | undefined;
    return found ?? { key: 0, head: 0 };
  }

  /** The room, and the last position at which something happened to it. */
  #findNoticed(room: string): { key: number; head: number; noticed: number } {
    const found = this.#roomNoticed.get(room) as
      | { key: number; head: number; noticed: number }
      | undefined;
    return found ?? { key: 0, head: 0, noticed: 0 };
  }

  #timestamp(key: number, seq: number): number {
    return (this.#timestampAt.get(key, seq) as { timestamp: number }).timestamp;
  }

  /** What several statements read belongs together, whatever the writer commits meanwhile. */
  #atOneMoment<Result>(read: () => Result): Result {
    this.#begin.run();
    try {
      return read();
    } finally {
      this.#end.run();
    }
  }
}
