/**
 * Moves what was committed from the write-ahead log into the database file. SQLite would do so within
 * the commit that makes the log too long, and everybody whose message is in it would wait for several
 * milliseconds of copying and two more syncs of the disk.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Pages in the log that are worth it: more at a time are fewer in all, but take longer. */
const PAGES = 1_000;

export class Checkpoints {
  readonly #look: StatementSync;
  readonly #move: StatementSync;

  constructor(database: DatabaseSync) {
    database.prepare("PRAGMA wal_autocheckpoint = 0").get();
    this.#look = database.prepare("PRAGMA wal_checkpoint(NOOP)");
    this.#move = database.prepare("PRAGMA wal_checkpoint(PASSIVE)");
  }

  /** Between two transactions. Never throws: where the disk fails, the next commit says so. */
  run(): void {
    try {
      const { log } = this.#look.get() as { log: number };
      if (log >= PAGES) this.#move.get();
    } catch {
      // Everything is in the log and read from there, and the next time tries again.
    }
  }
}
