import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { isNarrow } from "../panes.ts";

interface Props extends Omit<JSX.IntrinsicElements["div"], "ref"> {
  anchor: HTMLElement;
  close: () => void;
  children: ComponentChildren;
}

/** Pixels between it and what it stands beside, and from the edge of the window. */
const GAP = 6;
const EDGE = 8;

/**
 * The browser's own popover: above everything, closed by Esc and by a click elsewhere. It stands beside
 * its anchor; on a narrow screen the style sheet makes it a sheet at the bottom.
 */
export function Popover({ anchor, close, children, ...rest }: Props) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const popover = element.current!;
    popover.showPopover();
    if (!isNarrow.matches) place(popover, anchor.getBoundingClientRect());
  }, [anchor]);
  useEffect(() => {
    const popover = element.current!;
    const onToggle = (event: Event) => {
      if ((event as ToggleEvent).newState === "closed") close();
    };
    popover.addEventListener("toggle", onToggle);
    return () => popover.removeEventListener("toggle", onToggle);
  }, [close]);
  return (
    <div ref={element} popover="auto" {...rest}>
      {children}
    </div>
  );
}

/** Below the anchor where there is room, else above; always within the window. */
function place(popover: HTMLElement, anchor: DOMRect): void {
  const { width, height } = popover.getBoundingClientRect();
  const isBelow = anchor.bottom + GAP + height + EDGE <= innerHeight;
  const top = isBelow ? anchor.bottom + GAP : anchor.top - GAP - height;
  popover.style.top = `${clamp(top, innerHeight - height)}px`;
  popover.style.left = `${clamp(anchor.right - width, innerWidth - width)}px`;
}

function clamp(value: number, most: number): number {
  return Math.max(EDGE, Math.min(value, most - EDGE));
}
