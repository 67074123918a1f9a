/** Keys that hold everywhere on the page. */

import type { Chat } from "./model.ts";
import { isPeopleOpen, pane } from "./panes.ts";
import { go } from "./route.ts";
import { openDialog } from "./views/dialogs.ts";
import { loadLater } from "./views/load_later.ts";

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
      loadLater().then((later) => {
        const room = later?.nextRoom(chat, STEPS[event.key]!, event.shiftKey);
        if (room !== undefined) go(room);
      });
    } else if (event.key === "Escape") {
      isPeopleOpen.value = false;
      pane.value = "conversation";
      document.querySelector<HTMLTextAreaElement>(".composer textarea")?.focus();
    }
  });
}

const STEPS: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select");
}
