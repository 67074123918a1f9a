/** A store that does some things otherwise: waits, or fails. */

import type { Store } from "../../server/store.ts";

/** Does what `changes` say, and everything else as `inner`. */
export function changedStore(inner: Store, changes: Partial<Store>): Store {
  return {
    epoch: inner.epoch,
    names: inner.names,
    append: (draft) => inner.append(draft),
    since: (room, seq, limit) => inner.since(room, seq, limit),
    page: (room, place, limit) => inner.page(room, place, limit),
    head: (room) => inner.head(room),
    rooms: (limit) => inner.rooms(limit),
    close: () => inner.close(),
    ...changes,
  };
}
