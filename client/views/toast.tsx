/** A word about what was just done, for a moment. */

import { signal } from "@preact/signals";

/** Milliseconds that it stays. */
const LASTS = 2_000;

const text = signal("");
let timer: ReturnType<typeof setTimeout> | undefined;

export function say(words: string): void {
  text.value = words;
  clearTimeout(timer);
  timer = setTimeout(() => text.value = "", LASTS);
}

export function Toast() {
  return <p class="toast" role="status">{text.value}</p>;
}
