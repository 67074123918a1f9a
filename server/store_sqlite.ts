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
import type { Holder, NameRegistry } from "./names.ts";
import { type NameChange, NameReader } from "./names_sqlite.ts";
import { Refusal } from "./protocol.ts";
import type { Appended, Draft, Page, PagePlace, Replay, RoomHead, Store } from "./store.ts";
import { closed, conflict, eventOf } from "./store_rules.ts";
import type { Outcome, RefusalCode, StampedDraft } from "./store_sqlite_appender.ts";
import { GroupCommit } from "./store_sqlite_group.ts";
import { DatabaseProblem, problemOf, sentenceOf } from "./store_sqlite_problems.ts";
import { Reader } from "./store_sqlite_reader.ts";
import { WriterThread } from "./store_sqlite_thread.ts";

/** Milliseconds after which it makes sense to try again what the disk has failed. */
const RETRY_AFTER = 1_000;

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
    const names = new NameReader(database);
    const held = opening.move();
    return new SqliteStore({ epoch, writer, reader, names, database, held, now, say, onProblem });
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
  names: NameReader;
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
  readonly #parts: Parts;
  readonly #group: GroupCommit;
  /** What the last commit failed of; told once, not with every message that is refused. */
  #trouble: string | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.epoch = parts.epoch;
    this.#parts = parts;
    this.names = this.#registry();
    this.#group = new GroupCommit((batch) => this.#commit(batch));
  }

  append(draft: Draft): Promise<Appended> {
    if (this.#closing) return Promise.reject(closed());
    // A copy: what is kept is what was said when `append` was called.
    const said = { ...draft, user: { ...draft.user } };
    return this.#group.append({ draft: said, timestamp: this.#parts.now() })
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
  async page(room: string, place: PagePlace, limit: number): Promise<Page> {
    return this.#read((reader) => reader.page(room, place, limit));
  }

  // deno-lint-ignore require-await
  async head(room: string): Promise<number> {
    return this.#read((reader) => reader.head(room));
  }

  // deno-lint-ignore require-await
  async rooms(limit: number): Promise<RoomHead[]> {
    return this.#read((reader) => reader.rooms(limit));
  }

  #registry(): NameRegistry {
    const { names, now } = this.#parts;
    return {
      claim: (holder: Holder, { shared } = { shared: false }) =>
        this.#changeName({ change: "claim", holder, shared, now: now() }),
      release: async (id) => {
        await this.#changeName({ change: "release", id });
      },
      // deno-lint-ignore require-await
      find: async (id) => this.#read(() => names.find(id, now())),
      // deno-lint-ignore require-await
      isTaken: async (name, id) => this.#read(() => names.isTaken(name, id, now())),
    };
  }

  async #changeName(change: NameChange): Promise<boolean> {
    if (this.#closing) throw closed();
    try {
      return await this.#parts.writer.changeName(change);
    } catch (error) {
      const problem = problemOf(error);
      this.#report(problem);
      const isFull = problem.kind === "full";
      throw new Refusal(
        isFull ? "storage_full" : "unavailable",
        isFull
          ? "The server's disk is full, so this name was not kept. Please tell whoever runs it."
          : "The server could not keep this name. Please try again.",
        RETRY_AFTER,
      );
    }
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

  /** Never rejects, as `GroupCommit` wants it. */
  async #commit(batch: StampedDraft[]): Promise<Outcome[]> {
    try {
      const { outcomes, problem } = await this.#parts.writer.append(batch);
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

  #read<Result>(read: (reader: Reader) => Result): Result {
    if (this.#closing) throw closed();
    try {
      return read(this.#parts.reader);
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

/** What the caller of `append` gets: the event, or the reason why there is none. */
function appendedOf(draft: Draft, outcome: Outcome): Appended {
  if (typeof outcome === "string") throw refusalOf(outcome);
  if (!Array.isArray(outcome)) return { event: outcome, repeated: true };
  const [seq, timestamp] = outcome;
  return { event: eventOf(draft, seq, timestamp), repeated: false };
}

function refusalOf(code: RefusalCode): Refusal {
  switch (code) {
    case "conflict":
      return conflict();
    case "storage_full":
      return new Refusal(
        code,
        "The server's disk is full, so this message was not kept. Please tell whoever runs it.",
      );
    case "unavailable":
      return new Refusal(
        code,
        "The server could not make sure that this message is kept. Please send it again.",
        RETRY_AFTER,
      );
    case "internal":
      return new Refusal(code, "This message cannot be kept.");
  }
}
