import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** Rows drawn beyond each edge of what is seen. */
const MARGIN = 5;

/** Rows `start` to `end` (exclusive) are drawn, with room for the others above and below. */
export interface DrawnRows {
  start: number;
  end: number;
  style: { paddingTop: string; paddingBottom: string };
  /** Pixels of a row; 0 while none was drawn, and nothing can be revealed. */
  height: number;
  /** Scrolls as little as brings a row into view. */
  reveal(index: number): void;
}

/**
 * Of a long list whose rows are all of one height, those near the view: only these are in the document.
 * The list is in an element that `scrolls`, alone or with others.
 */
export function useDrawnRows(
  list: RefObject<HTMLElement | null>,
  count: number,
  /** The last rows come into view. */
  onEnd?: () => void,
): DrawnRows {
  const first = useSignal(0);
  const most = useSignal(20);
  const height = useSignal(0);
  /** What scrolls, and where in what is seen of it the list begins. */
  const place = () => {
    const scroller = list.current!.closest<HTMLElement>(".scrolls")!;
    const begin = list.current!.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    return { scroller, begin };
  };
  const ended = useRef(onEnd);
  ended.current = onEnd;
  useLayoutEffect(() => {
    const { scroller } = place();
    const draw = () => {
      const row = list.current!.firstElementChild;
      if (!row) return;
      height.value = row.getBoundingClientRect().height;
      first.value = Math.max(0, Math.floor(-place().begin / height.value) - MARGIN);
      most.value = Math.ceil(scroller.clientHeight / height.value) + 2 * MARGIN;
      if (first.value + most.value >= count) ended.current?.();
    };
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(scroller);
    scroller.addEventListener("scroll", draw, { passive: true });
    return () => {
      observer.disconnect();
      scroller.removeEventListener("scroll", draw);
    };
  }, [count]);
  const start = Math.min(first.value, Math.max(0, count - most.value));
  const end = Math.min(start + most.value, count);
  return {
    start,
    end,
    height: height.value,
    style: {
      paddingTop: `${start * height.value}px`,
      paddingBottom: `${(count - end) * height.value}px`,
    },
    reveal: (index) => {
      const { scroller, begin } = place();
      const above = begin + index * height.value;
      const below = above + height.value - scroller.clientHeight;
      if (above < 0) scroller.scrollTop += above;
      else if (below > 0) scroller.scrollTop += below;
    },
  };
}
