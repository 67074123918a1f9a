/** Copying links, also on plain http over a LAN, where browsers have no clipboard interface. */

import { permalink } from "../route.ts";

/** Copies the permalink of a message. */
export function copyLink(room: string, seq: number, near: HTMLElement): Promise<boolean> {
  return copyText(permalink(room, seq), near);
}

/** Whether it is on the clipboard; where it cannot be, a prompt shows the link selected. */
export async function copyText(link: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(link);
    return true;
  } catch {
    return copyBySelection(link, near);
  }
}

function copyBySelection(link: string, near: HTMLElement): boolean {
  const field = document.createElement("input");
  field.value = link;
  field.className = "visually-hidden";
  near.after(field);
  field.select();
  // The old way, without which plain http has none.
  const isCopied = document.execCommand("copy");
  field.remove();
  near.focus();
  if (!isCopied) prompt("Copy this link:", link);
  return isCopied;
}
