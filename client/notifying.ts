/** Whether the reader wants the browser to tell of what is for them, and whether it may. */

import { computed, signal } from "@preact/signals";
import { read, write } from "./storage.ts";

const KEY = "notify";

const isWanted = signal(read(KEY) === "on");
const permission = signal(permissionNow());

/** `impossible`: browsers have no notifications without https. */
export type Notifying = "on" | "off" | "blocked" | "impossible";

export const notifying = computed((): Notifying => {
  if (permission.value === undefined) return "impossible";
  if (permission.value === "denied") return "blocked";
  return isWanted.value && permission.value === "granted" ? "on" : "off";
});

/** Switches it on or off; the browser may ask the reader first. */
export async function wantNotices(on: boolean): Promise<void> {
  isWanted.value = on;
  write(KEY, on ? "on" : null);
  if (on && permissionNow() === "default") await Notification.requestPermission();
  permission.value = permissionNow();
}

/** What the browser allows may have been changed in its own settings. */
export function lookAgain(): void {
  permission.value = permissionNow();
  isWanted.value = read(KEY) === "on";
}

function permissionNow(): NotificationPermission | undefined {
  return isSecureContext && "Notification" in globalThis ? Notification.permission : undefined;
}
