import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type PublicRoom, roomsApi } from "../rooms_api.ts";
import { go } from "../route.ts";
import { dayOf } from "../times.ts";
import { Dialog } from "./dialog.tsx";
import { type DialogProps, openDialog } from "./dialogs.ts";
import { FixedRows } from "./fixed_rows.tsx";

/** Milliseconds of quiet before what was typed is asked for. */
const PAUSE = 150;
/** Pixels of a row. */
const ROW = 60;

/** All public rooms, page by page, filtered by the server. */
export function BrowseDialog({ chat, close }: DialogProps) {
  const filter = useSignal("");
  const { rooms, problem, isLoading, more } = usePages(chat, filter.value);
  const open = (event: MouseEvent, room: string) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(room);
    close();
  };
  const isEmpty = rooms.length === 0 && !isLoading && problem === undefined;
  return (
    <Dialog title="Browse rooms" close={close} class="tall">
      <input
        type="search"
        autofocus
        placeholder="Find a room"
        aria-label="Find a room"
        value={filter.value}
        onInput={(event) => filter.value = event.currentTarget.value}
      />
      <p class="problem" role="alert">{problem}</p>
      {isEmpty && (
        <p class="hint" role="status">
          {filter.value === "" ? "There are no rooms yet." : "No room is called so."}
        </p>
      )}
      <FixedRows
        label="Rooms"
        class="choice-list"
        rows={rooms}
        height={ROW}
        keyOf={({ room }) => room}
        onEnd={more}
        render={(room) => (
          <a href={`/r/${room.room}`} onClick={(event) => open(event, room.room)}>
            <span class="choice-title">
              <span class="sign" aria-hidden="true">#</span>
              <span class="room-name">{room.title ?? room.room}</span>
              {room.archived && <span class="badge">archived</span>}
              {chat.list.peek(room.room) && <span class="badge">in your list</span>}
            </span>
            <span class="hint">{detailOf(room)}</span>
          </a>
        )}
      />
      <button type="button" class="secondary" onClick={() => openDialog("newRoom")}>
        New room
      </button>
    </Dialog>
  );
}

function detailOf({ topic, timestamp }: PublicRoom): string {
  if (topic) return topic;
  return timestamp > 0 ? `Last active: ${dayOf(timestamp, Date.now())}` : "Nothing said yet";
}

function usePages(chat: DialogProps["chat"], filter: string) {
  const rooms = useSignal<readonly PublicRoom[]>([]);
  const problem = useSignal<string | undefined>(undefined);
  const isLoading = useSignal(true);
  const next = useRef<string | undefined>(undefined);
  /** Counts what was asked for: an answer to an earlier question is worth nothing. */
  const asked = useRef(0);

  const load = async (after: string | undefined) => {
    const question = ++asked.current;
    isLoading.value = true;
    try {
      const page = await roomsApi(chat.ask).browse(filter, after);
      if (question !== asked.current) return;
      rooms.value = after === undefined ? page.rooms : [...rooms.peek(), ...page.rooms];
      next.current = page.next;
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

  return {
    rooms: rooms.value,
    problem: problem.value,
    isLoading: isLoading.value,
    more: () => {
      if (!isLoading.value && next.current !== undefined) load(next.current);
    },
  };
}
