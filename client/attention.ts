/** Whether somebody looks at this page, and sits at this screen at all. */

import { type ReadonlySignal, signal } from "@preact/signals";

/** Milliseconds without any input after which nobody is taken for sitting here. */
const IDLE = 5 * 60_000;
const INPUTS = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"] as const;

const looked = signal(isLooking());
const away = signal(false);

/** The page is visible and has the focus. */
export const isLookedAt: ReadonlySignal<boolean> = looked;

/** The page is hidden, or nothing was typed or pointed at for a while. */
export const isAway: ReadonlySignal<boolean> = away;

/** Follows what the browser says; call once. */
export function followAttention(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stir = () => {
    clearTimeout(timer);
    timer = setTimeout(() => away.value = true, IDLE);
    away.value = false;
  };
  const look = () => {
    looked.value = isLooking();
    if (document.visibilityState === "visible") return stir();
    clearTimeout(timer);
    away.value = true;
  };
  addEventListener("focus", look);
  addEventListener("blur", () => looked.value = false);
  document.addEventListener("visibilitychange", look);
  for (const input of INPUTS) addEventListener(input, stir, { passive: true, capture: true });
  look();
}

function isLooking(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}
