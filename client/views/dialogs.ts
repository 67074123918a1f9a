/** Opens dialogs, which are loaded when the first is opened. */

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

/** Opens a dialog, in place of one that is open; focus returns to where it was when it closes. */
export async function openDialog(
  name: keyof Later["dialogs"],
  room?: Room,
  person?: User,
): Promise<void> {
  const from = document.activeElement;
  const later = await loadLater();
  later?.showDialog(name, from, room, person);
}
