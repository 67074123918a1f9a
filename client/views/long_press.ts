/** Holding a finger on something: the way to its menu where nothing hovers. */

/** Milliseconds that a finger rests, and pixels that it may stray meanwhile. */
const LASTS = 450;
const STRAYS = 10;

/**
 * Calls back when a finger is held on an element, or the keyboard asks for the menu of what has the
 * focus. A mouse keeps the browser's own menu, and so do links.
 */
export function listenToHolding(
  element: HTMLElement,
  hold: (target: Element) => void,
): () => void {
  const listening = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let from = { x: 0, y: 0 };
  /** The press under way has already called back. */
  let isHeld = false;
  const end = () => clearTimeout(timer);
  const listen = <Type extends keyof HTMLElementEventMap>(
    type: Type,
    listener: (event: HTMLElementEventMap[Type]) => void,
  ) => element.addEventListener(type, listener, { signal: listening.signal, passive: false });

  listen("pointerdown", (event) => {
    end();
    isHeld = false;
    const target = event.target as Element;
    if (event.pointerType !== "touch" || !event.isPrimary || isOwnControl(target)) return;
    from = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      isHeld = true;
      hold(target);
    }, LASTS);
  });
  listen("pointermove", ({ clientX, clientY }) => {
    if (Math.hypot(clientX - from.x, clientY - from.y) > STRAYS) end();
  });
  listen("pointerup", end);
  listen("pointercancel", end);
  // The finger that opened the menu does not press what has come under it.
  listen("touchend", (event) => isHeld && event.preventDefault());
  listen("contextmenu", (event) => {
    const target = event.target as Element;
    if (event.button === 2 || isOwnControl(target)) return;
    event.preventDefault();
    end();
    if (!isHeld) hold(target);
    isHeld = true;
  });
  return () => {
    end();
    listening.abort();
  };
}

function isOwnControl(target: Element): boolean {
  return target.closest("a, button, input, textarea") !== null;
}
