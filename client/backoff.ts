/** How long to wait before trying again, in milliseconds. */

const FIRST = 500;
const MOST = 30_000;

/**
 * Exponential with full jitter: many clients that lost the same server spread over the whole span.
 * `attempt` counts from 0; `random` gives a number from 0 to 1.
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(MOST, FIRST * 2 ** attempt);
}
