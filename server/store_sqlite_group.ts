/**
 * Group commit: what arrives while a commit runs, or in the same burst, goes into one, so that throughput
 * does not depend on how long the disk takes for each.
 */

import { Gathering } from "./gathering.ts";
import type { Outcome, Write } from "./store_sqlite_batch.ts";

/** Most drafts and changes in one commit: it should end in a few milliseconds. */
const MOST_WRITES = 1_000;

/** Most UTF-16 units of text in one commit, except for a single message that is longer. */
const MOST_TEXT = 4 * 1024 * 1024;

/** Most milliseconds for which a stream is gathered. */
const GATHER_MOST = 5;

interface Waiting {
  write: Write;
  settle: (outcome: Outcome) => void;
}

export class GroupCommit {
  readonly #commit: (batch: Write[]) => Promise<Outcome[]>;
  readonly #gathering: Gathering;
  #waiting: Waiting[] = [];
  #onIdle: (() => void)[] = [];

  /**
   * @param commit writes a batch and resolves to one outcome for each write, in order; never rejects
   * @param now milliseconds of a clock that never goes back
   */
  constructor(commit: (batch: Write[]) => Promise<Outcome[]>, now?: () => number) {
    this.#commit = commit;
    this.#gathering = new Gathering(() => this.#commitNext(), {
      most: GATHER_MOST,
      enough: MOST_WRITES,
      ...(now && { now }),
    });
  }

  /** Resolves when it is durable or refused, in the order of the calls. */
  write(write: Write): Promise<Outcome> {
    return new Promise((settle) => {
      this.#waiting.push({ write, settle });
      this.#gathering.came();
    });
  }

  /** Resolves when nothing waits and no commit runs. */
  async idle(): Promise<void> {
    if (this.#waiting.length > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  async #commitNext(): Promise<void> {
    const count = this.#countOfNext();
    const batch = this.#waiting.slice(0, count);
    const outcomes = await this.#commit(batch.map(({ write }) => write));
    this.#waiting.splice(0, count);
    batch.forEach(({ settle }, index) => settle(outcomes[index] ?? "unavailable"));
    this.#gathering.through(count);
    if (this.#waiting.length === 0) this.#onIdle.splice(0).forEach((resolve) => resolve());
  }

  /** How many of those that wait go into the next commit. */
  #countOfNext(): number {
    let text = 0;
    const tooFar = this.#waiting.findIndex(({ write }, index) => {
      text += lengthOf(write);
      return index >= MOST_WRITES || (text > MOST_TEXT && index > 0);
    });
    return tooFar < 0 ? this.#waiting.length : tooFar;
  }
}

function lengthOf(write: Write): number {
  return "draft" in write && "message" in write.draft ? write.draft.message.length : 0;
}
