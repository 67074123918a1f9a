/**
 * Which rows of a long list are worth drawing. Rows have heights that are only known once drawn, so
 * the others are estimated. No DOM: the view measures and applies.
 */

/** Pixels of a row while none was ever drawn. */
const ESTIMATE = 40;
/** So many rows that are gone may still be known. */
const FORGOTTEN_LATER = 500;
/** Pixels drawn beyond each edge of what is seen. */
const MARGIN = 600;

/** Rows `start` to `end` (exclusive) are drawn, between two spacers of so many pixels. */
export interface Window {
  start: number;
  end: number;
  above: number;
  below: number;
}

export class Heights {
  readonly #known = new Map<string, number>();
  #total = 0;

  /** What a row measured, or what rows measure on average. */
  of(key: string): number {
    return this.#known.get(key) ??
      (this.#known.size > 0 ? this.#total / this.#known.size : ESTIMATE);
  }

  /** Notes what a drawn row measured. */
  set(key: string, height: number): void {
    this.#total += height - (this.#known.get(key) ?? 0);
    this.#known.set(key, height);
  }

  /** Forgets rows that are no longer in the list, once they are many: a room may run for days. */
  keepOnly(keys: readonly string[]): void {
    if (this.#known.size <= 2 * keys.length + FORGOTTEN_LATER) return;
    const kept = new Set(keys);
    for (const [key, height] of this.#known) {
      if (kept.has(key)) continue;
      this.#known.delete(key);
      this.#total -= height;
    }
  }

  /** Forgets everything, as after a change of width. */
  clear(): void {
    this.#known.clear();
    this.#total = 0;
  }
}

/** The window for a view of `height` pixels that is scrolled down by `top`. */
export function windowAt(
  keys: readonly string[],
  heights: Heights,
  top: number,
  height: number,
): Window {
  let start = 0;
  let above = 0;
  while (start < keys.length && above + heights.of(keys[start]!) < top - MARGIN) {
    above += heights.of(keys[start]!);
    start++;
  }
  return { start, above, ...endOf(keys, heights, start, above, top + height + MARGIN) };
}

/** The window whose last row is the last of all. */
export function windowAtEnd(keys: readonly string[], heights: Heights, height: number): Window {
  let start = keys.length;
  let drawn = 0;
  while (start > 0 && drawn < height + MARGIN) drawn += heights.of(keys[--start]!);
  return { start, end: keys.length, above: sum(keys, heights, 0, start), below: 0 };
}

/** A row that must not move, and how many pixels its top is below that of the view. */
export interface Anchor {
  key: string;
  offset: number;
}

/** The row at so many pixels from the top of the list. */
export function anchorAt(
  keys: readonly string[],
  heights: Heights,
  top: number,
): Anchor | undefined {
  let above = 0;
  for (const key of keys) {
    const height = heights.of(key);
    if (above + height > top) return { key, offset: above - top };
    above += height;
  }
  return undefined;
}

/** How far the list is scrolled when the anchor is where it belongs; undefined where it is gone. */
export function topOf(
  keys: readonly string[],
  heights: Heights,
  { key, offset }: Anchor,
): number | undefined {
  const index = keys.indexOf(key);
  return index < 0 ? undefined : sum(keys, heights, 0, index) - offset;
}

function endOf(
  keys: readonly string[],
  heights: Heights,
  start: number,
  above: number,
  bottom: number,
): { end: number; below: number } {
  let end = start;
  let reached = above;
  while (end < keys.length && reached < bottom) reached += heights.of(keys[end++]!);
  return { end, below: sum(keys, heights, end, keys.length) };
}

function sum(keys: readonly string[], heights: Heights, from: number, to: number): number {
  let pixels = 0;
  for (let index = from; index < to; index++) pixels += heights.of(keys[index]!);
  return pixels;
}
