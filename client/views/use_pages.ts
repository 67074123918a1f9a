import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { PAUSE } from "./use_found.ts";

/** A part of a list that the server tells in pages. */
export interface Page<Item> {
  items: readonly Item[];
  /** Where the next page begins; absent at the end. */
  next?: string | undefined;
}

/**
 * A list that is read page by page: the first whenever `filter` changes, the next ones on demand.
 * `read` is told how many items are wanted at least, and rejects with a sentence for people.
 */
export function usePages<Item>(
  filter: string,
  read: (filter: string, after: string | undefined, count: number) => Promise<Page<Item>>,
) {
  /** What was read until now, and with which filter. */
  const list = useSignal<Page<Item> & { filter?: string }>({ items: [] });
  const problem = useSignal<string | undefined>(undefined);
  const isLoading = useSignal(true);
  /** Counts what was asked for: an answer to an earlier question is worth nothing. */
  const asked = useRef(0);
  /** As of now, also for what was begun some time ago. */
  const current = useRef(filter);
  current.current = filter;

  const load = async (after: string | undefined, count = 1) => {
    const filter = current.current;
    const question = ++asked.current;
    isLoading.value = true;
    try {
      const { items, next } = await read(filter, after, count);
      if (question !== asked.current) return;
      const before = after === undefined ? [] : list.peek().items;
      list.value = { filter, items: [...before, ...items], next };
      problem.value = undefined;
    } catch (error) {
      if (question === asked.current) problem.value = (error as Error).message;
    } finally {
      if (question === asked.current) isLoading.value = false;
    }
  };
  useEffect(() => {
    const timer = setTimeout(() => load(undefined), filter === "" ? 0 : PAUSE);
    return () => clearTimeout(timer);
  }, [filter]);

  const { items, next } = list.value;
  return {
    items,
    problem: problem.value,
    isLoading: isLoading.value,
    /** These are all that there are for the filter. */
    isWhole: list.value.filter === filter && next === undefined,
    more: () => {
      if (!isLoading.value && next !== undefined) load(next);
    },
    /** Reads what is shown again: it has changed. */
    again: () => load(undefined, list.peek().items.length),
  };
}
