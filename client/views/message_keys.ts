/** Keys on a message. What is typed after one must find its field, so none of this is loaded later. */

import type { Message, User } from "../../server/protocol.ts";
import type { Room } from "../model.ts";
import { rightsOn } from "../rights.ts";
import { openMenu, openPicker } from "./overlays.ts";

/** Does what a key asks of a message. Whether it was one. */
export function actOnMessage(
  event: KeyboardEvent,
  room: Room,
  message: Message,
  self: User,
): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || message.deleted) return false;
  const rights = rightsOn(message, room.about.value, self, Date.now());
  const from = event.target as HTMLElement;
  const act = {
    "+": rights.post && (() => openPicker(room, message, from)),
    r: rights.post && (() => reply(room, message)),
    p: rights.post && (() => room.pin(message.seq, !message.pinned)),
    e: rights.edit && (() => edit(room, message)),
    Delete: rights.delete && (() => openMenu(room, message, self, from, "delete")),
    Enter: () => openMenu(room, message, self, from),
  }[event.key];
  if (!act) return false;
  event.preventDefault();
  act();
  return true;
}

export function reply(room: Room, message: Message): void {
  room.reply(message);
  focusComposer();
}

export function edit(room: Room, message: Message): void {
  room.startEdit(message);
  focusComposer();
}

export function focusComposer(): void {
  document.querySelector<HTMLTextAreaElement>(".composer textarea")?.focus();
}
