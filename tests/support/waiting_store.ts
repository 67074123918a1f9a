/** A store whose reads of a page wait until a test lets them go on, as on a slow disk. */

import type { Store } from "../../server/store.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { changedStore } from "./changed_store.ts";

export interface WaitingStore {
  store: Store;
  /** Settles when the first page has been asked for. */
  readonly asked: Promise<void>;
  /** Lets every read go on, from now on. */
  open(): void;
}

export function createWaitingStore(): WaitingStore {
  const inner = createMemoryStore();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const store = changedStore(inner, {
    page: async (room, place, limit) => {
      ask();
      await gate;
      return await inner.page(room, place, limit);
    },
  });
  return { store, asked, open };
}
