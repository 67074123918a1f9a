/**
 * Group commit: what arrives while a commit runs goes into the next one, so that throughput does not
 * depend on how long the disk takes for each.
 */

import { setImmediate } from "node:timers/promises";
import type { Outcome, Write } from "./store_sqlite_batch.ts";

/** Most drafts and changes in one commit: it should end in a few milliseconds. */
const MOST_WRITES = 1_000;

/** Most UTF-16 units of text in one commit, except for a single message that is longer. */
const MOST_TEXT = 4 * 1024 * 1024;

/** Milliseconds without anything new after which fewer are committed than usual. */
const PAUSE = 0.3;

/** Least and most milliseconds after which a stream without a pause is cut. */
const GATHER_LEAST = 2;
const GATHER_MOST = 5;

/**
 * How much of a large commit is still expected of the one after it. A burst that was once cut in two
 * would otherwise go on as two, each with a commit of its own.
 */
const MEMORY = 0.95;

interface Waiting {
  write: Write;
  settle: (outcome: Outcome) => void;
}

export class GroupCommit {
  readonly #commit: (batch: Write[]) => Promise<Outcome[]>;
  readonly #now: () => number;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  /** How many writes a commit has had of late. */
  #usual = 0;
  /** How long the last commit took, in milliseconds. */
  #lastTook = 0;

  /**
   * @param commit writes a batch and resolves to one outcome for each write, in order; never rejects
   * @param now milliseconds of a clock that never goes back
   */
  constructor(
    commit: (batch: Write[]) => Promise<Outcome[]>,
    now: () => number = () => performance.now(),
  ) {
    this.#commit = commit;
    this.#now = now;
  }

  /** Resolves when it is durable or refused, in the order of the calls. */
  write(write: Write): Promise<Outcome> {
    return new Promise((settle) => {
      this.#waiting.push({ write, settle });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits and no commit runs. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gather();
      const batch = this.#next();
      const started = this.#now();
      const outcomes = await this.#commit(batch.map(({ write }) => write));
      this.#lastTook = this.#now() - started;
      this.#usual = Math.max(batch.length, Math.floor(this.#usual * MEMORY));
      batch.forEach(({ settle }, index) => settle(outcomes[index] ?? "unavailable"));
    }
    this.#running = undefined;
  }

  /**
   * Waits for company. A commit takes about as long for one write as for thirty, and the runtime hands
   * over one frame a socket and turn of its loop, so the first of a burst would go alone and the others
   * would wait for it. A lone write waits for one turn; in a stream, until as many have come as usual, or
   * none for a moment.
   */
  async #gather(): Promise<void> {
    let came = this.#now();
    const until = came + Math.min(Math.max(this.#lastTook, GATHER_LEAST), GATHER_MOST);
    while (this.#waiting.length < MOST_WRITES) {
      const before = this.#waiting.length;
      await setImmediate();
      const now = this.#now();
      if (now >= until) return;
      if (this.#waiting.length > before) came = now;
      else if (before >= this.#usual || now - came >= PAUSE) return;
    }
  }

  #next(): Waiting[] {
    let text = 0;
    const tooFar = this.#waiting.findIndex(({ write }, index) => {
      text += lengthOf(write);
      return index >= MOST_WRITES || (text > MOST_TEXT && index > 0);
    });
    const count = tooFar < 0 ? this.#waiting.length : tooFar;
    return this.#waiting.splice(0, count);
  }
}

function lengthOf(write: Write): number {
  return "draft" in write && "message" in write.draft ? write.draft.message.length : 0;
}
