/** Every dialog, by the name that opens it. */

import { BrowseDialog } from "./browse_dialog.tsx";
import { DateDialog } from "./date_dialog.tsx";
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
