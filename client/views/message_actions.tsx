import Ellipsis from "lucide/dist/esm/icons/ellipsis.mjs";
import Reply from "lucide/dist/esm/icons/reply.mjs";
import SmilePlus from "lucide/dist/esm/icons/face-slightly-smiling-plus.mjs";
import type { Message, User } from "../../server/protocol.ts";
import type { Room } from "../model.ts";
import { rightsOn } from "../rights.ts";
import { IconButton } from "./icon_button.tsx";
import { reply } from "./message_keys.ts";
import { openMenu, openPicker } from "./overlays.ts";

interface Props {
  room: Room;
  message: Message;
  self: User;
  /** The keyboard is on this message. */
  isActive: boolean;
  /** The pointer is on this message. */
  isHovered: boolean;
}

/** What can be done with a message: the most usual at once, the rest in a menu. */
export function MessageActions({ room, message, self, isActive, isHovered }: Props) {
  // Nobody sees these on other messages, and drawing them for each of very many keeps the page busy.
  const areShown = isActive || isHovered;
  const post = areShown && rightsOn(message, room.about.value, self, Date.now()).post;
  const tabindex = isActive ? 0 : -1;
  return (
    <div class="actions">
      {post && (
        <>
          <IconButton
            icon={SmilePlus}
            label="React"
            tabindex={tabindex}
            aria-haspopup="dialog"
            onClick={(event) => openPicker(room, message, event.currentTarget)}
          />
          <IconButton
            icon={Reply}
            label="Reply"
            tabindex={tabindex}
            onClick={() => reply(room, message)}
          />
        </>
      )}
      <IconButton
        icon={Ellipsis}
        label="More"
        tabindex={tabindex}
        aria-haspopup="menu"
        onClick={(event) => openMenu(room, message, self, event.currentTarget)}
      />
    </div>
  );
}
