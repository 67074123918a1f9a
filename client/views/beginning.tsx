import type { RoomAbout } from "../../server/protocol.ts";
import type { Chat, Room } from "../model.ts";
import { mayModerate } from "../room_about.ts";
import { titleWithSign } from "../room_names.ts";
import { openDialog } from "./dialogs.ts";
import { RoomNotice } from "./room_notice.tsx";

/** Where a conversation begins. As long as nothing was said, it says what the room is and what to do. */
export function Beginning({ chat, room }: { chat: Chat; room: Room }) {
  const about = room.about.value;
  const isEmpty = room.messages.value.length + room.outgoing.value.length === 0;
  const first = room.messages.value[0]?.seq ?? Infinity;
  const notices = room.notices.value.filter(({ seq }) => seq < first);
  const mayInvite = isEmpty && about.kind !== "direct" && mayModerate(about.role);
  return (
    <div class="beginning">
      <h2>{titleWithSign(about, chat.user.value?.id)}</h2>
      <p>{isEmpty ? `${EXPLAINED[about.kind]} Nobody has said anything yet. Say hello.` : BEGAN}</p>
      {mayInvite && (
        <button
          type="button"
          class="secondary"
          onClick={() => openDialog("invites", room)}
        >
          Invite people
        </button>
      )}
      {notices.map((event) => <RoomNotice key={event.seq} event={event} />)}
    </div>
  );
}

const BEGAN = "This is where the conversation began.";

const EXPLAINED: Record<RoomAbout["kind"], string> = {
  public: "Everybody here can read and write in this room.",
  private: "Only members can see this room and what is said in it.",
  direct: "Only the people of this conversation can see it.",
};
