/** How long something took that was done many times. */

/** Milliseconds at the median, the 99th percentile and the worst. */
export interface Spread {
  p50: number;
  p99: number;
  worst: number;
}

export function spread(times: readonly number[]): Spread {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
  return { p50: at(0.5), p99: at(0.99), worst: sorted.at(-1)! };
}
