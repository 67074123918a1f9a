/** The store's end of its writer: requests out, answers in, and what happens if the thread dies. */

import type { BatchResult, Outcome, Write } from "./store_sqlite_batch.ts";
import { DatabaseProblem } from "./store_sqlite_problems.ts";
import { type FromWriter, problemFrom, type ToWriter } from "./store_sqlite_requests.ts";

interface Waiting {
  resolve: (answer: FromWriter) => void;
  reject: (problem: DatabaseProblem) => void;
}

/** Every call rejects with a `DatabaseProblem` where the writer failed. */
export class WriterThread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #dead: DatabaseProblem | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromWriter>) => {
      const waiting = this.#waiting.shift();
      if (data.did === "fail") waiting?.reject(problemFrom(data.problem));
      else waiting?.resolve(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#dead = new DatabaseProblem("other", `the writer stopped: ${event.message}`);
      for (const { reject } of this.#waiting.splice(0)) reject(this.#dead);
    };
  }

  /** Opens the file, made ready for writing, and tells its epoch. */
  async open(file: string): Promise<string> {
    const answer = await this.#ask({ do: "open", file });
    if (answer.did !== "open") throw outOfStep(answer);
    return answer.epoch;
  }

  /** Resolves when the batch is durable or refused. */
  async write(batch: readonly Write[]): Promise<BatchResult> {
    const answer = await this.#ask({ do: "write", batch: JSON.stringify(batch) });
    if (answer.did !== "write") throw outOfStep(answer);
    return {
      outcomes: JSON.parse(answer.outcomes) as Outcome[],
      ...(answer.problem && { problem: problemFrom(answer.problem) }),
    };
  }

  /** Closes the database. */
  async close(): Promise<void> {
    await this.#ask({ do: "close" });
  }

  /** Ends the thread, whatever it is doing. */
  terminate(): void {
    this.#worker.terminate();
  }

  #ask(request: ToWriter): Promise<FromWriter> {
    if (this.#dead) return Promise.reject(this.#dead);
    this.#worker.postMessage(request);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}

function outOfStep(answer: FromWriter): DatabaseProblem {
  return new DatabaseProblem("other", `the writer answered “${answer.did}” to something else`);
}
