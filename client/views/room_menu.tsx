import type { RoomAbout } from "../../server/protocol.ts";
import type { Chat, Room } from "../model.ts";
import { mayModerate } from "../room_about.ts";
import { titleOf } from "../room_names.ts";
import { roomsApi } from "../rooms_api.ts";
import { go } from "../route.ts";
import { Dialog } from "./dialog.tsx";
import { type DialogProps, openDialog } from "./dialogs.ts";
import { MenuList } from "./menu_list.tsx";
import { useRequest } from "./use_request.ts";

interface Props {
  chat: Chat;
  room: Room;
  close: () => void;
}

/** What can be done with a room, and with one's own place in it. */
export function RoomMenu({ chat, room, close }: Props) {
  const about = room.about.value;
  const isMuted = chat.list.get(room.id)?.muted ?? false;
  const isDirect = about.kind === "direct";
  const items = [
    { label: "Jump to a date", does: () => openDialog("date", room) },
    !isDirect && { label: "Members", does: () => openDialog("members", room) },
    !isDirect && mayModerate(about.role) &&
    { label: "Invite people", does: () => openDialog("invites", room) },
    !isDirect && about.role === "owner" &&
    { label: "Room settings", does: () => openDialog("roomSettings", room) },
    isMuted
      ? { label: "Tell me of new messages", does: () => chat.mute(room.id, false) }
      : { label: "Mute", does: () => chat.mute(room.id, true) },
    {
      label: "Remove from my list",
      does: () => {
        goElsewhere(chat, room.id);
        chat.forget(room.id);
      },
    },
    mayLeave(about) && { label: "Leave the room…", does: () => openDialog("leave", room) },
  ].filter((item) => item !== false);
  return <MenuList label="Room" items={items} close={close} />;
}

/** Asks once before somebody leaves: coming back may need an invite. */
export function LeaveDialog({ chat, room, close }: DialogProps) {
  const { isBusy, problem, run } = useRequest();
  const about = room!.about.peek();
  const leave = async () => {
    if (!await run(() => roomsApi(chat.ask).remove(about.room, "me"))) return;
    goElsewhere(chat, about.room);
    chat.list.remove(about.room);
    close();
  };
  return (
    <Dialog title={`Leave ${titleOf(about, undefined)}?`} close={close}>
      <p>
        {about.kind === "private"
          ? "Somebody in the room has to let you in again before you can come back."
          : "You lose your role in the room. You can come back as everybody can."}
      </p>
      <p class="problem" role="alert">{problem.value}</p>
      <div class="pair">
        <button type="button" class="secondary" autofocus onClick={close}>Stay</button>
        <button type="button" class="primary" disabled={isBusy.value} onClick={leave}>Leave</button>
      </div>
    </Dialog>
  );
}

function mayLeave({ kind, role }: RoomAbout): boolean {
  return kind !== "direct" && role !== undefined;
}

/** Away from a room that is about to go. */
function goElsewhere(chat: Chat, room: string): void {
  go(chat.list.channels.peek().find((one) => one !== room) ?? "lobby");
}
