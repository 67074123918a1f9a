/**
 * Group commit: what arrives while a commit runs goes into the next one, so that throughput does not
 * depend on how long the disk takes for each.
 */

import type { Outcome, Write } from "./store_sqlite_batch.ts";

/** Most drafts and changes in one commit: it should end in a few milliseconds. */
const MOST_WRITES = 1_000;

/** Most UTF-16 units of text in one commit, except for a single message that is longer. */
const MOST_TEXT = 4 * 1024 * 1024;

interface Waiting {
  write: Write;
  settle: (outcome: Outcome) => void;
}

export class GroupCommit {
  readonly #commit: (batch: Write[]) => Promise<Outcome[]>;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  /** @param commit writes a batch and resolves to one outcome for each write, in order; never rejects */
  constructor(commit: (batch: Write[]) => Promise<Outcome[]>) {
    this.#commit = commit;
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
    // After what runs now, so that all writes of one frame go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#next();
      const outcomes = await this.#commit(batch.map(({ write }) => write));
      batch.forEach(({ settle }, index) => settle(outcomes[index] ?? "unavailable"));
    }
    this.#running = undefined;
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
