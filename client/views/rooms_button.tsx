import Menu from "lucide/dist/esm/icons/menu.mjs";
import type { Chat } from "../model.ts";
import { pane } from "../panes.ts";
import { IconButton } from "./icon_button.tsx";

/** Leads to the rooms where one pane is shown at a time. */
export function RoomsButton({ chat }: { chat: Chat }) {
  const isUnread = chat.list.unread.value > 0;
  return (
    <span class="only-narrow rooms-button">
      <IconButton
        icon={Menu}
        label={isUnread ? "Rooms, some unread" : "Rooms"}
        onClick={() => pane.value = "rooms"}
      />
      {isUnread && <span class="dot" aria-hidden="true" />}
    </span>
  );
}
