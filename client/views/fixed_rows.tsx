import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** Rows drawn beyond each edge of what is seen. */
const MARGIN = 5;

interface Props<Item> {
  /** What the list is, for screen readers. */
  label: string;
  rows: readonly Item[];
  class: string;
  /** Pixels of every row; the style sheet says the same. */
  height: number;
  keyOf: (row: Item) => string;
  render: (row: Item) => ComponentChildren;
  /** The last rows come into view. */
  onEnd?: () => void;
}

/** A long list whose rows are all of one height: only those near the view are in the document. */
export function FixedRows<Item>(
  { label, rows, class: name, height, keyOf, render, onEnd }: Props<Item>,
) {
  const element = useRef<HTMLDivElement>(null);
  const first = useSignal(0);
  const count = useSignal(20);
  const look = () => {
    const { scrollTop, clientHeight } = element.current!;
    first.value = Math.max(0, Math.floor(scrollTop / height) - MARGIN);
    count.value = Math.ceil(clientHeight / height) + 2 * MARGIN;
    if (first.value + count.value >= rows.length) onEnd?.();
  };
  useLayoutEffect(look, [rows.length]);
  const start = Math.min(first.value, Math.max(0, rows.length - count.value));
  const drawn = rows.slice(start, start + count.value);
  return (
    <div class={`${name} scrolls`} ref={element} onScroll={look}>
      <ul
        aria-label={label}
        style={{
          paddingTop: `${start * height}px`,
          paddingBottom: `${(rows.length - start - drawn.length) * height}px`,
        }}
      >
        {drawn.map((row, index) => (
          <li key={keyOf(row)} aria-setsize={rows.length} aria-posinset={start + index + 1}>
            {render(row)}
          </li>
        ))}
      </ul>
    </div>
  );
}
