/**
 * The store that a single machine runs on: one SQLite file in a folder of its own. What `append` has
 * resolved is on the disk and survives the loss of power.
 *
 * Writing is done by a worker (`store_sqlite_writer.ts`), a transaction for each batch of what arrived
 * meanwhile (`store_sqlite_group.ts`); reading by a second connection here, which sees every commit
 * and never waits for one.
 */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { StartError } from "./errors.ts";
import type { InviteRegistry } from "./invites.ts";
import { createSqliteInvites } from "./invites_sqlite.ts";
import type { NameRegistry } from "./names.ts";
import { createSqliteNames } from "./names_sqlite.ts";
import type { PeopleDirectory } from "./people.ts";
import { createSqlitePeople } from "./people_sqlite.ts";
import type { Places } from "./places.ts";
import { createSqlitePlaces } from "./places_sqlite.ts";
import { type LogEvent, type Message, Refusal, type RoomRole, type User } from "./protocol.ts";
import type {
  Appended,
  Draft,
  MemberRecord,
  OwnReaction,
  Page,
  PagePlace,
  Replay,
  RoomQuery,
  RoomRecord,
  Store,
} from "./store.ts";
import { closed } from "./store_rules.ts";
import type { Outcome, Write } from "./store_sqlite_batch.ts";
import type { Change, ChangeResult } from "./store_sqlite_changes.ts";
import { GroupCommit } from "./store_sqlite_group.ts";
import { appendedOf, changeResultOf, RETRY_AFTER } from "./store_sqlite_outcomes.ts";
import { DatabaseProblem, problemOf, sentenceOf } from "./store_sqlite_problems.ts";
import { Reader } from "./store_sqlite_reader.ts";
import { RoomReader } from "./store_sqlite_room_reader.ts";
import { WriterThread } from "./store_sqlite_thread.ts";

/** A long replay is read in parts of so many events, and others have their turn in between. */
const REPLAY_PART = 500;

export interface SqliteStoreOptions {
  /** The data folder. It is created, for this user only, where it does not exist. */
  path: string;
  /** Told in a sentence when the database gets into trouble while it runs, and when it is out of it. */
  onProblem: (sentence: string) => void;
  /** The clock, in milliseconds; the system's where absent. */
  now?: () => number;
}

/**
 * Opens the store in a folder, which nobody else can then open. Needs permission to read and write that
 * folder, and, where it does not run from an executable, to read the module of its writer.
 *
 * Rejects with a `StartError` that says what to do where that is impossible: another process uses it;
 * it may not be written; the disk is full; the file is damaged, of another program, or of a newer Parlor.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, onProblem, now = Date.now } = options;
  const file = join(path, "parlor.db");
  const say = (problem: DatabaseProblem) => sentenceOf(problem, path, file);
  using opening = new DisposableStack();
  try {
    const lock = lockFolder(path, file);
    opening.defer(() => lock.close());
    const writer = new WriterThread(
      new Worker(new URL("./store_sqlite_writer.ts", import.meta.url), { type: "module" }),
    );
    opening.defer(() => writer.terminate());
    const epoch = await writer.open(file);
    const database = new DatabaseSync(file, { readOnly: true });
    opening.defer(() => database.isOpen && database.close());
    const reader = new Reader(database);
    const rooms = new RoomReader(database);
    const held = new DisposableStack();
    const parts = { epoch, writer, reader, rooms, database, held, now, say, onProblem };
    const store = new SqliteStore(parts);
    held.use(opening.move());
    return store;
  } catch (error) {
    throw new StartError(say(problemOf(error)), { cause: error });
  }
}

/** Makes sure of the folder and the file, private to this user, and that no other process has them. */
function lockFolder(path: string, file: string): Deno.FsFile {
  Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  // A file of its own: closing the database's would drop SQLite's own locks on it.
  const lock = Deno.openSync(join(path, "parlor.lock"), { create: true, write: true, mode: 0o600 });
  try {
    if (!lock.tryLockSync(true)) throw new DatabaseProblem("locked");
    // SQLite would let everybody read it; the files it puts beside it are as private as this one.
    Deno.openSync(file, { create: true, write: true, mode: 0o600 }).close();
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

interface Parts {
  epoch: string;
  writer: WriterThread;
  reader: Reader;
  rooms: RoomReader;
  database: DatabaseSync;
  /** Everything that has to be freed. */
  held: DisposableStack;
  now: () => number;
  say: (problem: DatabaseProblem) => string;
  onProblem: (sentence: string) => void;
}

class SqliteStore implements Store {
  readonly epoch: string;
  readonly names: NameRegistry;
  readonly people: PeopleDirectory;
  readonly places: Places;
  readonly invites: InviteRegistry;
  readonly #parts: Parts;
  readonly #group: GroupCommit;
  /** What the last commit failed of; told once, not with every message that is refused. */
  #trouble: string | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.epoch = parts.epoch;
    this.#parts = parts;
    const { database, rooms, now } = parts;
    const read = <Result>(reading: () => Result) => this.#read(reading);
    const send = (change: Change) => this.#change(change);
    this.names = createSqliteNames(database, read, send, now);
    this.people = createSqlitePeople(database, read, send);
    this.places = createSqlitePlaces(database, rooms, read, send);
    this.invites = createSqliteInvites(database, read, send, now);
    this.#group = new GroupCommit((batch) => this.#commit(batch));
  }

  append(draft: Draft): Promise<Appended> {
    if (this.#closing) return Promise.reject(closed());
    // A copy: what is kept is what was said when `append` was called.
    const said = copyOf(draft);
    return this.#group.write({ draft: said, timestamp: this.#parts.now() })
      .then((outcome) => appendedOf(said, outcome));
  }

  async since(room: string, seq: number, limit: number): Promise<Replay> {
    const part = (after: number, most: number) =>
      this.#read((reader) => reader.since(room, after, Math.min(most, REPLAY_PART)));
    const start = Math.max(seq, 0);
    const { events, head } = part(start, limit);
    const wanted = Math.min(limit, head - start);
    while (events.length < wanted) {
      await setImmediate();
      const more = part(start + events.length, wanted - events.length).events;
      if (more.length === 0) {
        throw this.#unreadable(new DatabaseProblem("damaged", "a log has holes"));
      }
      events.push(...more);
    }
    return { events, head };
  }

  // deno-lint-ignore require-await
  async find(userId: string, id: string): Promise<LogEvent | undefined> {
    return this.#read((reader) => reader.find(userId, id));
  }

  // deno-lint-ignore require-await
  async page(room: string, place: PagePlace, limit: number): Promise<Page> {
    return this.#read((reader) => reader.page(room, place, limit));
  }

  // deno-lint-ignore require-await
  async head(room: string): Promise<number> {
    return this.#read((reader) => reader.head(room));
  }

  // deno-lint-ignore require-await
  async messages(room: string, seqs: readonly number[]): Promise<Message[]> {
    return this.#read((reader) => reader.messages(room, seqs));
  }

  // deno-lint-ignore require-await
  async pins(room: string, limit: number): Promise<Message[]> {
    return this.#read((reader) => reader.pins(room, limit));
  }

  // deno-lint-ignore require-await
  async reacted(
    userId: string,
    room: string,
    first: number,
    last: number,
  ): Promise<OwnReaction[]> {
    return this.#read((reader) => reader.reacted(userId, room, first, last));
  }

  // deno-lint-ignore require-await
  async reactors(room: string, seq: number, emoji: string, limit: number): Promise<User[]> {
    return this.#read((reader) => reader.reactors(room, seq, emoji, limit));
  }

  // deno-lint-ignore require-await
  async room(room: string): Promise<RoomRecord | undefined> {
    return this.#read((_, rooms) => {
      const row = rooms.row(room);
      return row && rooms.recordOf(row);
    });
  }

  // deno-lint-ignore require-await
  async rooms(query: RoomQuery): Promise<RoomRecord[]> {
    return this.#read((_, rooms) => rooms.rooms(query));
  }

  // deno-lint-ignore require-await
  async conversation(userIds: readonly string[]): Promise<string | undefined> {
    return this.#read((_, rooms) => rooms.conversation(userIds));
  }

  // deno-lint-ignore require-await
  async members(room: string): Promise<MemberRecord[]> {
    return this.#read((_, rooms) => rooms.members(room));
  }

  // deno-lint-ignore require-await
  async role(room: string, userId: string): Promise<RoomRole | undefined> {
    return this.#read((_, rooms) => rooms.role(room, userId));
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    await this.#group.idle();
    const { writer, database, held } = this.#parts;
    using _everything = held;
    // Before the writer's: the last connection to close tidies up, and this one may not write.
    database.close();
    await writer.close().catch((error) => this.#report(problemOf(error)));
  }

  async #change(change: Change): Promise<ChangeResult> {
    if (this.#closing) throw closed();
    return changeResultOf(await this.#group.write({ change }));
  }

  /** Never rejects, as `GroupCommit` wants it. */
  async #commit(batch: Write[]): Promise<Outcome[]> {
    try {
      const { outcomes, problem } = await this.#parts.writer.write(batch);
      this.#report(problem);
      return outcomes;
    } catch (error) {
      this.#report(problemOf(error));
      return batch.map(() => "unavailable");
    } finally {
      this.#parts.reader.changed();
    }
  }

  /** Tells of a problem when it begins and when it is over, not with every message between. */
  #report(problem: DatabaseProblem | undefined): void {
    const { say, onProblem } = this.#parts;
    const trouble = problem && say(problem);
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    onProblem(trouble ?? "The database can be written again.");
  }

  #read<Result>(read: (reader: Reader, rooms: RoomReader) => Result): Result {
    if (this.#closing) throw closed();
    try {
      return read(this.#parts.reader, this.#parts.rooms);
    } catch (error) {
      throw this.#unreadable(problemOf(error));
    }
  }

  #unreadable(problem: DatabaseProblem): Refusal {
    const { say, onProblem } = this.#parts;
    onProblem(say(problem));
    return new Refusal("unavailable", "The server cannot read its history just now.", RETRY_AFTER);
  }
}

/** Most drafts are messages that mention nobody, and to copy those by hand is much faster. */
function copyOf(draft: Draft): Draft {
  return draft.type === "chat" && !draft.mentions
    ? { ...draft, user: { ...draft.user } }
    : structuredClone(draft);
}
