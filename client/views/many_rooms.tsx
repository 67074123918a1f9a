import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useDrawnRows } from "./drawn_rows.ts";

interface Props {
  rooms: readonly string[];
  /** The room that is looked at: brought into view. */
  current: string;
  row: (room: string) => ComponentChildren;
}

/** A list of rooms of which only those near the view are drawn. */
export function ManyRooms({ rooms, current, row }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const { start, end, height, style, reveal } = useDrawnRows(list, rooms.length);
  const index = rooms.indexOf(current);
  useEffect(() => {
    if (index >= 0) reveal(index);
  }, [current, rooms.length, height]);
  return (
    <ul class="rooms-list" ref={list} style={style}>
      {rooms.slice(start, end).map((room, index) => (
        <li key={room} aria-setsize={rooms.length} aria-posinset={start + index + 1}>
          {row(room)}
        </li>
      ))}
    </ul>
  );
}
