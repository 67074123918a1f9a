/** Loads what the first messages do without. */

/** Undefined where it cannot be had now: then the connection's own state tells the reader. */
export function loadLater() {
  return import("./later.ts").catch(() => undefined);
}
