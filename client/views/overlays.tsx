/** Menus and pickers beside what they are about, loaded when the first is opened. */

import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import type { Message, User } from "../../server/protocol.ts";
import type { Room } from "../model.ts";
import { loadLater } from "./load_later.ts";

export interface MenuProps {
  room: Room;
  message: Message;
  self: User;
  /** What it stands beside, and where the focus returns. */
  anchor: HTMLElement;
  /** The question that it begins with. */
  asks?: "delete" | undefined;
  close: () => void;
}

export type PickerProps = Pick<MenuProps, "anchor" | "close"> & { pick: (emoji: string) => void };

type Open =
  | { View: ComponentType<MenuProps>; props: Omit<MenuProps, "close"> }
  | { View: ComponentType<PickerProps>; props: Omit<PickerProps, "close"> };

const open = signal<Open | undefined>(undefined);

/** Opens the menu of a message. */
export async function openMenu(
  room: Room,
  message: Message,
  self: User,
  anchor: HTMLElement,
  asks?: "delete",
): Promise<void> {
  const later = await loadLater();
  if (later) open.value = { View: later.MessageMenu, props: { room, message, self, anchor, asks } };
}

/** Shows who reacted to a message. */
export async function openReactors(
  room: Room,
  message: Message,
  self: User,
  anchor: HTMLElement,
): Promise<void> {
  const later = await loadLater();
  if (later) open.value = { View: later.WhoReacted, props: { room, message, self, anchor } };
}

/** Opens the picker of emoji for a message. */
export async function openPicker(room: Room, message: Message, anchor: HTMLElement): Promise<void> {
  const later = await loadLater();
  const pick = (emoji: string) => room.react(message.seq, emoji, true);
  if (later) open.value = { View: later.EmojiPicker, props: { anchor, pick } };
}

/** Counts what was opened, so that each is drawn anew. */
let opened = 0;
let last: Open | undefined;

export function Overlays() {
  const current = open.value;
  if (current !== last) opened++;
  last = current;
  if (!current) return null;
  const { View, props } = current as {
    View: ComponentType<object>;
    props: { anchor: HTMLElement };
  };
  const close = () => {
    // Browsers tell late that they have closed something: another one may be open by now,
    if (open.peek() !== current) return;
    open.value = undefined;
    // or somebody writes.
    if (!document.activeElement?.matches("textarea")) props.anchor.focus({ preventScroll: true });
  };
  return <View key={opened} {...props} {...{ close }} />;
}
