/** A store that does some things otherwise: waits, or fails. */

import type { Store } from "../../server/store.ts";

/** Does what `changes` say, and everything else as `inner`. */
export function changedStore(inner: Store, changes: Partial<Store>): Store {
  return new Proxy(inner, {
    get(store, name) {
      if (Object.hasOwn(changes, name)) return changes[name as keyof Store];
      const value = store[name as keyof Store];
      return typeof value === "function" ? value.bind(store) : value;
    },
  });
}
