import { useSignal } from "@preact/signals";
import { type PublicRoom, roomsApi } from "../rooms_api.ts";
import { go } from "../route.ts";
import { dayOf } from "../times.ts";
import { Dialog } from "./dialog.tsx";
import { type DialogProps, openDialog } from "./dialogs.ts";
import { FixedRows } from "./fixed_rows.tsx";
import { usePages } from "./use_pages.ts";

/** All public rooms, page by page, filtered by the server. */
export function BrowseDialog({ chat, close }: DialogProps) {
  const filter = useSignal("");
  const { items: rooms, problem, isLoading, more } = usePages(
    filter.value,
    async (filter, after) => {
      const { rooms: items, next } = await roomsApi(chat.ask).browse(filter, after);
      return { items, next };
    },
  );
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
