import CornerUpRight from "lucide/dist/esm/icons/corner-up-right.mjs";
import { namedToday } from "../mentions.ts";
import type { Room } from "../model.ts";
import { goToMessage } from "../route.ts";
import { Icon } from "./icon.tsx";

/** Characters of the quoted message. */
const LENGTH = 140;

/** The message that this one answers, in a line that leads to it. */
export function Quote({ room, seq, isActive }: { room: Room; seq: number; isActive: boolean }) {
  const quoted = room.at(seq);
  const text = quoted && namedToday(quoted, room.nameOf).slice(0, LENGTH).replace(/\s+/g, " ");
  return (
    <a
      class="quote"
      href={`/r/${room.id}#m${seq}`}
      tabindex={isActive ? 0 : -1}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        goToMessage(room.id, seq);
      }}
    >
      <Icon node={CornerUpRight} size={14} />
      {quoted && <span class="name">{quoted.user.name}</span>}
      <span class="snippet">
        {quoted === undefined && "…"}
        {quoted === null && "A message that is not here"}
        {quoted && (quoted.deleted ? "A deleted message" : text)}
      </span>
    </a>
  );
}
