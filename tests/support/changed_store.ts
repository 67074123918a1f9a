/** A store, or a part of one, that does some things otherwise: waits, or fails. */

import type { Store } from "../../server/store.ts";

/** Does what `changes` say, and everything else as `inner`. */
export function changedStore(inner: Store, changes: Partial<Store>): Store {
  return changedPart(inner, changes);
}

/** The same for a part of a store. */
export function changedPart<Part extends object>(inner: Part, changes: Partial<Part>): Part {
  return new Proxy(inner, {
    get(part, name) {
      if (Object.hasOwn(changes, name)) return changes[name as keyof Part];
      const value = part[name as keyof Part];
      return typeof value === "function" ? value.bind(part) : value;
    },
  });
}
