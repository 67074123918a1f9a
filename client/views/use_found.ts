import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** Milliseconds of quiet before what was typed is asked for. */
export const PAUSE = 150;

/**
 * What the server finds for what is typed: asked for when that has been quiet for `pause` milliseconds,
 * and again whenever one of `inputs` changes. Without an answer, what was found before stays.
 *
 * @param find undefined: nothing is to be asked for, and nothing is found
 */
export function useFound<Item>(
  find: (() => Promise<readonly Item[]>) | undefined,
  inputs: readonly unknown[],
  pause = PAUSE,
): readonly Item[] {
  const found = useSignal<readonly Item[]>([]);
  useEffect(() => {
    if (!find) {
      found.value = [];
      return;
    }
    let isOver = false;
    const timer = setTimeout(() => {
      find().then((items) => {
        if (!isOver) found.value = items;
      }, () => {
        // Whoever and whatever is known already can still be chosen.
      });
    }, pause);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [find === undefined, ...inputs]);
  return found.value;
}
