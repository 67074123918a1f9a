/**
 * Writes batches of drafts and changes, one transaction a batch. Synchronous: it blocks until the disk
 * has the batch, so it runs in the writer, off the server's event loop.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { Appender, type DraftOutcome, type StampedDraft } from "./store_sqlite_appender.ts";
import { type Change, type ChangeResult, ChangeWriter } from "./store_sqlite_changes.ts";
import { type DatabaseProblem, isValueProblem, problemOf } from "./store_sqlite_problems.ts";
import { RoomHeads } from "./store_sqlite_room_heads.ts";

/** Something to be written: into the log, or beside it. */
export type Write = StampedDraft | { change: Change };

/** Why nothing was kept. `internal`: this cannot be, by no fault of the disk. */
export type WriteRefusalCode = "storage_full" | "unavailable" | "internal";

export type Outcome = DraftOutcome | { done: ChangeResult } | WriteRefusalCode;

export interface BatchResult {
  /** One for each write, in their order. */
  outcomes: Outcome[];
  /** What went wrong, where more did than what a draft is refused for. */
  problem?: DatabaseProblem;
}

export class BatchWriter {
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #heads: RoomHeads;
  readonly #appender: Appender;
  readonly #changes: ChangeWriter;

  constructor(private readonly database: DatabaseSync) {
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
    this.#rollback = database.prepare("ROLLBACK");
    this.#heads = new RoomHeads(database);
    this.#appender = new Appender(database, this.#heads);
    this.#changes = new ChangeWriter(database, this.#heads);
  }

  /**
   * Keeps what can be kept of a batch, in order, and returns when it is durable. Never throws: a
   * failure of the disk refuses the whole batch.
   */
  write(batch: readonly Write[]): BatchResult {
    try {
      return { outcomes: this.#transaction(batch) };
    } catch (error) {
      if (!(error instanceof ValueError)) return refusalOfAll(batch, problemOf(error));
      // A value that cannot be kept must not take others with it. Whether one can be is checked before
      // it is written, so this is rare enough for one transaction each, and a savepoint for every
      // write of every batch would be paid for nothing.
      if (batch.length === 1) return { outcomes: ["internal"], problem: problemOf(error.cause) };
      const results = batch.map((write) => this.write([write]));
      const problem = results.find((result) => result.problem)?.problem;
      return {
        outcomes: results.flatMap((result) => result.outcomes),
        ...(problem && { problem }),
      };
    }
  }

  #transaction(batch: readonly Write[]): Outcome[] {
    this.#heads.begin();
    this.#begin.run();
    try {
      const outcomes = batch.map((write) => this.#write(write));
      this.#heads.write();
      this.#commit.run();
      return outcomes;
    } catch (error) {
      if (this.database.isTransaction) this.#rollback.run();
      throw error;
    }
  }

  #write(write: Write): Outcome {
    try {
      if ("draft" in write) return this.#appender.append(write);
      return { done: this.#changes.apply(write.change) };
    } catch (error) {
      throw isValueProblem(error) ? new ValueError("cannot be kept", { cause: error }) : error;
    }
  }
}

/** What was to be written is at fault, not the database. */
class ValueError extends Error {}

/**
 * A full disk has kept nothing: SQLite wrote no valid end of the transaction. After any other failure
 * at the commit nobody knows what the disk has, so the author has to retry with the same id.
 */
function refusalOfAll(batch: readonly Write[], problem: DatabaseProblem): BatchResult {
  const code = problem.kind === "full" ? "storage_full" : "unavailable";
  return { outcomes: batch.map(() => code), problem };
}
