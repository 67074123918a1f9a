import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { useDrawnRows } from "./drawn_rows.ts";

interface Props<Item> {
  /** What the list is, for screen readers. */
  label: string;
  rows: readonly Item[];
  class: string;
  keyOf: (row: Item) => string;
  render: (row: Item) => ComponentChildren;
  /** The last rows come into view. */
  onEnd?: () => void;
}

/** A long list that scrolls, whose rows are all of one height: only those near the view are drawn. */
export function FixedRows<Item>({ label, rows, class: name, keyOf, render, onEnd }: Props<Item>) {
  const list = useRef<HTMLUListElement>(null);
  const { start, end, style } = useDrawnRows(list, rows.length, onEnd);
  return (
    <div class={`${name} scrolls`}>
      <ul aria-label={label} ref={list} style={style}>
        {rows.slice(start, end).map((row, index) => (
          <li key={keyOf(row)} aria-setsize={rows.length} aria-posinset={start + index + 1}>
            {render(row)}
          </li>
        ))}
      </ul>
    </div>
  );
}
