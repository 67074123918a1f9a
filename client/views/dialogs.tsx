/** Dialogs, loaded when the first is opened. */

import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import type { Chat, Room } from "../model.ts";
import { loadLater } from "./load_later.ts";

export interface DialogProps {
  chat: Chat;
  /** The room that it is about, where it is about one. */
  room: Room | undefined;
  close: () => void;
}

type Later = Awaited<ReturnType<typeof loadLater>> & object;

const DIALOGS = {
  date: (later: Later) => later.DateDialog,
  pins: (later: Later) => later.PinsDialog,
  shortcuts: (later: Later) => later.ShortcutsDialog,
  settings: (later: Later) => later.SettingsDialog,
};

const open = signal<{ Dialog: ComponentType<DialogProps>; room: Room | undefined } | undefined>(
  undefined,
);

/** Opens a dialog; focus returns to where it was when it closes. */
export async function openDialog(name: keyof typeof DIALOGS, room?: Room): Promise<void> {
  const later = await loadLater();
  if (later) open.value = { Dialog: DIALOGS[name](later), room };
}

export function Dialogs({ chat }: { chat: Chat }) {
  if (!open.value) return null;
  const { Dialog, room } = open.value;
  return <Dialog chat={chat} room={room} close={() => open.value = undefined} />;
}
