/**
 * Which rows of a long list are worth drawing. Rows have heights that are only known once drawn, so
 * the others are estimated. No DOM: the view measures and applies.
 */

/** Pixels of a row that was never drawn. */
const ESTIMATE = 44;
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

  of(key: string): number {
    return this.#known.get(key) ?? ESTIMATE;
  }

  /** Notes what a drawn row measured. */
  set(key: string, height: number): void {
    this.#known.set(key, height);
  }

  /** Forgets everything, as after a change of width. */
  clear(): void {
    this.#known.clear();
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

/** The window around one row. */
export function windowAround(
  keys: readonly string[],
  heights: Heights,
  index: number,
  height: number,
): Window {
  const top = sum(keys, heights, 0, index);
  return windowAt(keys, heights, top - height / 2, height);
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
