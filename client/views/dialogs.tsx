/** Dialogs, loaded when the first is opened. */

import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import type { User } from "../../server/protocol.ts";
import type { Chat, Room } from "../model.ts";
import { loadLater } from "./load_later.ts";

export interface DialogProps {
  chat: Chat;
  /** The room that it is about, where it is about one. */
  room: Room | undefined;
  /** The person that it is about, where it is about one. */
  person?: User | undefined;
  close: () => void;
}

type Later = Awaited<ReturnType<typeof loadLater>> & object;

const DIALOGS = {
  date: (later: Later) => later.DateDialog,
  pins: (later: Later) => later.PinsDialog,
  shortcuts: (later: Later) => later.ShortcutsDialog,
  settings: (later: Later) => later.SettingsDialog,
  switcher: (later: Later) => later.Switcher,
  browse: (later: Later) => later.BrowseDialog,
  newRoom: (later: Later) => later.NewRoomDialog,
  newMessage: (later: Later) => later.NewMessageDialog,
  person: (later: Later) => later.PersonDialog,
  roomSettings: (later: Later) => later.RoomSettingsDialog,
  members: (later: Later) => later.MembersDialog,
  invites: (later: Later) => later.InvitesDialog,
  leave: (later: Later) => later.LeaveDialog,
};

interface Opened extends Pick<DialogProps, "room" | "person"> {
  Dialog: ComponentType<DialogProps>;
}

const open = signal<Opened | undefined>(undefined);

/** What had the focus before the first of the dialogs that were opened from one another. */
let opener: Element | null = null;

/** Opens a dialog, in place of one that is open; focus returns to where it was when it closes. */
export async function openDialog(
  name: keyof typeof DIALOGS,
  room?: Room,
  person?: User,
): Promise<void> {
  if (!open.peek()) opener = document.activeElement;
  const later = await loadLater();
  if (later) open.value = { Dialog: DIALOGS[name](later), room, person };
}

function close(): void {
  open.value = undefined;
  // A dialog that took the place of another does not know where the focus came from.
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) (opener as HTMLElement | null)?.focus();
  });
}

export function Dialogs({ chat }: { chat: Chat }) {
  if (!open.value) return null;
  const { Dialog, room, person } = open.value;
  return <Dialog chat={chat} room={room} person={person} close={close} />;
}
