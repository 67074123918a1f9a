/** Opens menus and pickers beside what they are about, loaded when the first is opened. */

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

/** Opens the menu of a message. */
export async function openMenu(
  room: Room,
  message: Message,
  self: User,
  anchor: HTMLElement,
  asks?: "delete",
): Promise<void> {
  const later = await loadLater();
  later?.showMenu({ room, message, self, anchor, asks });
}

/** Opens the picker of emoji for a message. */
export async function openPicker(room: Room, message: Message, anchor: HTMLElement): Promise<void> {
  const later = await loadLater();
  later?.showPicker({ anchor, pick: (emoji) => room.react(message.seq, emoji, true) });
}
