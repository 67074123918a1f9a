/**
 * Moves what was committed from the write-ahead log into the database file. SQLite would do so within
 * the commit that makes the log too long, and everybody whose message is in it would wait for several
 * milliseconds of copying and two more syncs of the disk.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type DatabaseProblem, problemOf } from "./store_sqlite_problems.ts";

/**
 * Pages in the log from which they are moved. Few, as what is written meanwhile waits for it, and that must
 * not be long: beside a busy room, on the same core, 300 take 3 ms, 1,000 take 5 and 4,000 take 17.
 */
const PAGES = 300;

/** Pages from which they are moved however long that takes. */
const PAGES_MOST = 4_000;

/**
 * Least time between two checkpoints, as a multiple of what the last one took: on a slow disk the syncs of
 * many small ones would keep it from the commits.
 */
const REST = 10;

export class Checkpoints {
  readonly #look: StatementSync;
  readonly #move: StatementSync;
  #problem: DatabaseProblem | undefined;
  /** Not before, unless the log gets too long; in milliseconds. */
  #next = 0;

  /**
   * @param database the only connection that writes; it no longer makes checkpoints by itself
   * @param now a clock that never goes back, in milliseconds
   */
  constructor(database: DatabaseSync, private readonly now = () => performance.now()) {
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
      const begun = this.now();
      if (log >= PAGES_MOST || log >= PAGES && begun >= this.#next) {
        this.#move.get();
        const ended = this.now();
        this.#next = ended + (ended - begun) * REST;
      }
      this.#problem = undefined;
    } catch (error) {
      this.#problem = problemOf(error);
    }
  }
}
