/** Dialogs, loaded when the first is opened. */

import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import type { User } from "../../server/protocol.ts";
import type { Chat, Room } from "../model.ts";
import { type Later, loadLater } from "./load_later.ts";

export interface DialogProps {
  chat: Chat;
  /** The room that it is about, where it is about one. */
  room: Room | undefined;
  /** The person that it is about, where it is about one. */
  person?: User | undefined;
  close: () => void;
}

interface Opened extends Pick<DialogProps, "room" | "person"> {
  Dialog: ComponentType<DialogProps>;
}

const open = signal<Opened | undefined>(undefined);

/** What had the focus before the first of the dialogs that were opened from one another. */
let opener: Element | null = null;

/** Opens a dialog, in place of one that is open; focus returns to where it was when it closes. */
export async function openDialog(
  name: keyof Later["dialogs"],
  room?: Room,
  person?: User,
): Promise<void> {
  if (!open.peek()) opener = document.activeElement;
  const later = await loadLater();
  if (later) open.value = { Dialog: later.dialogs[name], room, person };
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
