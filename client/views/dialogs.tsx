/** Dialogs, each loaded when it is first opened. */

import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import type { Chat, Room } from "../model.ts";

export interface DialogProps {
  chat: Chat;
  /** The room that it is about, where it is about one. */
  room: Room | undefined;
  close: () => void;
}

const LOADERS = {
  date: () => import("./date_dialog.tsx"),
  shortcuts: () => import("./shortcuts_dialog.tsx"),
  settings: () => import("./settings_dialog.tsx"),
};

const open = signal<{ Dialog: ComponentType<DialogProps>; room: Room | undefined } | undefined>(
  undefined,
);

/** Opens a dialog; focus returns to where it was when it closes. */
export async function openDialog(name: keyof typeof LOADERS, room?: Room): Promise<void> {
  const { default: Dialog } = await LOADERS[name]();
  open.value = { Dialog, room };
}

export function Dialogs({ chat }: { chat: Chat }) {
  if (!open.value) return null;
  const { Dialog, room } = open.value;
  return <Dialog chat={chat} room={room} close={() => open.value = undefined} />;
}
