/**
 * Moves what was committed from the write-ahead log into the database file. SQLite would do so within
 * the commit that makes the log too long, and everybody whose message is in it would wait for several
 * milliseconds of copying and two more syncs of the disk.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type DatabaseProblem, problemOf } from "./store_sqlite_problems.ts";

/** Pages in the log that are worth it: more at a time are fewer in all, but take longer. */
const PAGES = 1_000;

export class Checkpoints {
  readonly #look: StatementSync;
  readonly #move: StatementSync;
  #problem: DatabaseProblem | undefined;

  /** @param database the only connection that writes; it no longer makes checkpoints by itself */
  constructor(database: DatabaseSync) {
    database.prepare("PRAGMA wal_autocheckpoint = 0").get();
    // SQLite knows NOOP since 3.51. Older ones move at once: that is sound, but slower.
    this.#look = database.prepare("PRAGMA wal_checkpoint(NOOP)");
    this.#move = database.prepare("PRAGMA wal_checkpoint(PASSIVE)");
  }

  /**
   * What went wrong the last time. Nothing is lost by it: all is in the log and read from there. But the
   * log grows until the file can be written again.
   */
  get problem(): DatabaseProblem | undefined {
    return this.#problem;
  }

  /**
   * Makes a checkpoint where the log is long, between two transactions. Never throws, and the next time
   * tries again. What somebody still reads as it was, like another program that makes a copy, stays in
   * the log until they have read it.
   */
  run(): void {
    try {
      const { log } = this.#look.get() as { log: number };
      if (log >= PAGES) this.#move.get();
      this.#problem = undefined;
    } catch (error) {
      this.#problem = problemOf(error);
    }
  }
}
