/** Loads what the first messages do without. */

import { type ReadonlySignal, signal } from "@preact/signals";

export type Later = typeof import("./later.ts");

const loaded = signal<Later | undefined>(undefined);

/** What was loaded, for whatever reason. */
export const whatIsLoaded: ReadonlySignal<Later | undefined> = loaded;

let begin: ((later: Later) => void) | undefined;

/** Calls back once, as soon as it has been loaded for whatever reason. */
export function onceLoaded(callback: (later: Later) => void): void {
  begin = callback;
}

/** Undefined where it cannot be had now: then the connection's own state tells the reader. */
export function loadLater(): Promise<Later | undefined> {
  return import("./later.ts").then((later) => {
    loaded.value = later;
    begin?.(later);
    begin = undefined;
    return later;
  }, () => undefined);
}
