import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/**
 * Where a pane covers the rest of a narrow screen, the focus goes into it, and back to what opened
 * it when it goes.
 */
export function useFocusWithin(element: RefObject<HTMLElement | null>, isCovering: boolean): void {
  // Before the browser takes the focus from what is hidden now.
  useLayoutEffect(() => {
    if (!isCovering) return;
    const opener = document.activeElement as HTMLElement | null;
    element.current!.querySelector<HTMLElement>("a, button")?.focus();
    // What opened it can only be seen, and so have the focus, once the pane is gone.
    return () => requestAnimationFrame(() => isFocusLost() && opener?.focus());
  }, [isCovering]);
}

function isFocusLost(): boolean {
  const { activeElement, body } = document;
  return !activeElement || activeElement === body ||
    !activeElement.checkVisibility({ visibilityProperty: true });
}
