/** Keys that hold everywhere on the page. */

import { isPeopleOpen, pane } from "./panes.ts";
import { openDialog } from "./views/dialogs.tsx";

export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "?" && !isWriting(event.target)) {
      event.preventDefault();
      openDialog("shortcuts");
    } else if (event.key === "Escape") {
      isPeopleOpen.value = false;
      pane.value = "conversation";
      document.querySelector<HTMLTextAreaElement>(".composer textarea")?.focus();
    }
  });
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea");
}
