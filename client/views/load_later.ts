/** Loads what the first messages do without. */

export type Later = typeof import("./later.ts");

let begin: ((later: Later) => void) | undefined;

/** Calls back once, as soon as it has been loaded for whatever reason. */
export function onceLoaded(callback: (later: Later) => void): void {
  begin = callback;
}

/** Undefined where it cannot be had now: then the connection's own state tells the reader. */
export function loadLater(): Promise<Later | undefined> {
  return import("./later.ts").then((later) => {
    begin?.(later);
    begin = undefined;
    return later;
  }, () => undefined);
}
