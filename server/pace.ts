/**
 * When a room flushes. One system call a receiver is what delivery costs, so messages that share a
 * frame are nearly free; but a message in a quiet room must not wait for company.
 *
 * - Quiet: flush in the same tick.
 * - Stream (several arrivals within a window): gather for about as long as the last fan-out took, so
 *   that at most half of the time goes to waiting, then flush what came.
 * - A gathering that found no company ends the stream, and each such disappointment doubles the
 *   evidence asked for next time: a ping-pong of single messages looks like a stream but is none.
 */

/** Shortest and longest time to gather, in milliseconds. */
const GATHER_LEAST = 2;
const GATHER_MOST = 25;
/** Arrivals this close together, in milliseconds, are evidence of a stream. */
const WINDOW = 4;
/** How many close arrivals in a row make a stream, at first and at most. */
const EVIDENCE_LEAST = 3;
const EVIDENCE_MOST = 4096;

export class Pace {
  #streaming = false;
  #evidence = 0;
  #evidenceNeeded = EVIDENCE_LEAST;
  #lastFlush = -Infinity;
  #fanOut = 0;

  /** How long to gather before the flush for something that arrives now: 0 means not at all. */
  wait(now: number): number {
    if (!this.#streaming) {
      if (now - this.#lastFlush <= WINDOW + this.#fanOut) this.#evidence++;
      else this.#evidence = 0;
      if (this.#evidence >= this.#evidenceNeeded) {
        this.#streaming = true;
        this.#evidence = 0;
      }
    }
    return this.#streaming ? Math.min(Math.max(this.#fanOut, GATHER_LEAST), GATHER_MOST) : 0;
  }

  /** Notes a flush: how many arrivals it took along, and how long the fan-out took (milliseconds). */
  flushed(arrivals: number, fanOut: number, now: number): void {
    this.#lastFlush = now;
    this.#fanOut = fanOut;
    if (!this.#streaming) return;
    if (arrivals > 1) {
      this.#evidenceNeeded = EVIDENCE_LEAST;
    } else {
      this.#streaming = false;
      this.#evidenceNeeded = Math.min(this.#evidenceNeeded * 2, EVIDENCE_MOST);
    }
  }
}
