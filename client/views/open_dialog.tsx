/** The dialog that is open. */

import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import type { User } from "../../server/protocol.ts";
import type { Chat, Room } from "../model.ts";
import { BrowseDialog } from "./browse_dialog.tsx";
import { DateDialog } from "./date_dialog.tsx";
import type { DialogProps } from "./dialogs.ts";
import { InvitesDialog } from "./invites_dialog.tsx";
import { MembersDialog } from "./members_dialog.tsx";
import { NewMessageDialog } from "./new_message_dialog.tsx";
import { NewRoomDialog } from "./new_room_dialog.tsx";
import { PersonDialog } from "./person_dialog.tsx";
import { PinsDialog } from "./pins_dialog.tsx";
import { LeaveDialog } from "./room_menu.tsx";
import { RoomSettingsDialog } from "./room_settings_dialog.tsx";
import { SettingsDialog } from "./settings_dialog.tsx";
import { ShortcutsDialog } from "./shortcuts_dialog.tsx";
import { Switcher } from "./switcher.tsx";

/** Every dialog, by the name that opens it. */
export const dialogs = {
  date: DateDialog,
  pins: PinsDialog,
  shortcuts: ShortcutsDialog,
  settings: SettingsDialog,
  switcher: Switcher,
  browse: BrowseDialog,
  newRoom: NewRoomDialog,
  newMessage: NewMessageDialog,
  person: PersonDialog,
  roomSettings: RoomSettingsDialog,
  members: MembersDialog,
  invites: InvitesDialog,
  leave: LeaveDialog,
};

interface Opened extends Pick<DialogProps, "room" | "person"> {
  Dialog: ComponentType<DialogProps>;
}

const open = signal<Opened | undefined>(undefined);

/** What had the focus before the first of the dialogs that were opened from one another. */
let opener: Element | null = null;

/** Shows a dialog, in place of one that is open. `from` had the focus when it was asked for. */
export function showDialog(
  name: keyof typeof dialogs,
  from: Element | null,
  room?: Room,
  person?: User,
): void {
  if (!open.peek()) opener = from;
  open.value = { Dialog: dialogs[name], room, person };
}

function close(): void {
  open.value = undefined;
  // A dialog that took the place of another does not know where the focus came from.
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) (opener as HTMLElement | null)?.focus();
  });
}

export function OpenDialog({ chat }: { chat: Chat }) {
  if (!open.value) return null;
  const { Dialog, room, person } = open.value;
  return <Dialog chat={chat} room={room} person={person} close={close} />;
}
