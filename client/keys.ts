/** Keys that hold everywhere on the page. */

import type { ListedRoom } from "../server/protocol.ts";
import type { Chat } from "./model.ts";
import { isPeopleOpen, pane } from "./panes.ts";
import { go, route } from "./route.ts";
import { openDialog } from "./views/dialogs.tsx";

export function listenToKeys(chat: Chat): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open], :popover-open")) return;
    if (event.key === "?" && !isWriting(event.target)) {
      event.preventDefault();
      openDialog("shortcuts");
    } else if (event.key === "k" && (event.ctrlKey || event.metaKey) && chat.user.value) {
      event.preventDefault();
      openDialog("switcher");
    } else if (event.altKey && event.key in STEPS) {
      event.preventDefault();
      const room = nextRoom(chat, STEPS[event.key]!, event.shiftKey);
      if (room !== undefined) go(room);
    } else if (event.key === "Escape") {
      isPeopleOpen.value = false;
      pane.value = "conversation";
      document.querySelector<HTMLTextAreaElement>(".composer textarea")?.focus();
    }
  });
}

const STEPS: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };

/** The room before or after this one in the list, or the nearest in that direction that is unread. */
function nextRoom({ list }: Chat, step: number, isUnread: boolean): string | undefined {
  const rooms = [...list.channels.peek(), ...list.conversations.peek()];
  const here = rooms.indexOf(route.peek().room);
  const start = here < 0 && step < 0 ? 0 : here;
  for (let distance = 1; distance <= rooms.length; distance++) {
    const room = rooms[(start + step * distance + 2 * rooms.length) % rooms.length]!;
    if (!isUnread || isToldOf(list.peek(room)!)) return room;
  }
  return undefined;
}

function isToldOf({ unread, mentions, muted }: ListedRoom): boolean {
  return (muted ? mentions : unread) > 0;
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select");
}
