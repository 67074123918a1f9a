/** Copying, also on plain http over a LAN, where browsers have no clipboard interface. */

import { say } from "./toast.tsx";

/** Copies a text and says so; where it cannot be copied, a prompt shows it selected. Whether it was. */
export async function copyText(text: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copyBySelection(text, near)) return false;
  }
  say("Copied");
  return true;
}

function copyBySelection(text: string, near: HTMLElement): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  near.after(field);
  field.select();
  // The old way, without which plain http has none.
  const isCopied = document.execCommand("copy");
  field.remove();
  near.focus();
  if (!isCopied) prompt("Copy this:", text);
  return isCopied;
}
