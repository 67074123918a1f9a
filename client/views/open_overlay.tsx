/** The menu or picker that is open. */

import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { EmojiPicker } from "./emoji_picker.tsx";
import { MessageMenu } from "./message_menu.tsx";
import type { MenuProps, PickerProps } from "./overlays.ts";
import { WhoReacted } from "./who_reacted.tsx";

type Open =
  | { View: ComponentType<MenuProps>; props: Omit<MenuProps, "close"> }
  | { View: ComponentType<PickerProps>; props: Omit<PickerProps, "close"> };

const open = signal<Open | undefined>(undefined);

/** The menu of a message. */
export function showMenu(props: Omit<MenuProps, "close">): void {
  open.value = { View: MessageMenu, props };
}

/** Who reacted to a message. */
export function showReactors(props: Omit<MenuProps, "close">): void {
  open.value = { View: WhoReacted, props };
}

/** The picker of emoji for a message. */
export function showPicker(props: Omit<PickerProps, "close">): void {
  open.value = { View: EmojiPicker, props };
}

/** Counts what was opened, so that each is drawn anew. */
let opened = 0;
let last: Open | undefined;

export function OpenOverlay() {
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
