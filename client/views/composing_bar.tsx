import Pencil from "lucide/dist/esm/icons/pencil.mjs";
import Reply from "lucide/dist/esm/icons/reply.mjs";
import X from "lucide/dist/esm/icons/x.mjs";
import type { Composing } from "../composing.ts";
import { namedToday } from "../mentions.ts";
import type { Room } from "../model.ts";
import { Icon } from "./icon.tsx";
import { IconButton } from "./icon_button.tsx";

/** Characters of the message that is answered. */
const QUOTED = 120;

/** What the text is for, and the way back to a new message. */
export function ComposingBar({ room, composing }: { room: Room; composing: Composing }) {
  const isEdit = composing.kind === "edit";
  return (
    <p class="composing">
      <Icon node={isEdit ? Pencil : Reply} size={14} />
      <span class="what">
        {isEdit
          ? (
            <>
              Editing <span class="only-keyboard">· Esc to cancel</span>
            </>
          )
          : (
            <>
              Reply to <span class="name">{composing.to.user.name}</span>:{" "}
              {namedToday(composing.to, room.nameOf).slice(0, QUOTED)}
            </>
          )}
      </span>
      <IconButton
        icon={X}
        label={isEdit ? "Stop editing (Esc)" : "Stop replying (Esc)"}
        onClick={() => room.stopComposing()}
      />
    </p>
  );
}
