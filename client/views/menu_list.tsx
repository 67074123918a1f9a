import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

export interface MenuItem {
  label: string;
  does: () => void;
}

interface Props {
  label: string;
  items: readonly MenuItem[];
  close: () => void;
}

/** An open menu: arrows walk it, Esc and a click elsewhere close it, the focus goes back. */
export function MenuList({ label, items, close }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const at = useRef(0);
  const opener = useRef<HTMLElement | null>(null);
  const focus = (index: number) => {
    at.current = (index + items.length) % items.length;
    (element.current!.children[at.current] as HTMLElement).focus();
  };
  // Before it is seen: a key that is pressed right then is meant for it.
  useLayoutEffect(() => {
    opener.current = document.activeElement as HTMLElement | null;
    focus(0);
  }, []);
  useEffect(() => {
    const onPointer = (event: PointerEvent) => {
      if (!element.current!.contains(event.target as Node)) close();
    };
    // After the click that has opened it.
    const timer = setTimeout(() => addEventListener("pointerdown", onPointer));
    return () => {
      clearTimeout(timer);
      removeEventListener("pointerdown", onPointer);
    };
  }, []);
  /** The focus goes back at once: a dialog that an item opens is to know where it came from. */
  const leave = () => {
    close();
    opener.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const move = MOVES[event.key]?.(at.current, items.length);
    if (move !== undefined) {
      event.preventDefault();
      focus(move);
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      leave();
    }
  };
  return (
    <div class="menu" role="menu" aria-label={label} ref={element} onKeyDown={onKeyDown}>
      {items.map((item) => (
        <button
          key={item.label}
          type="button"
          role="menuitem"
          tabindex={-1}
          onClick={() => {
            leave();
            item.does();
          }}
        >
          {item.label}
        </button>
      ))}
    </div>
  );
}

const MOVES: Record<string, (at: number, count: number) => number> = {
  ArrowUp: (at) => at - 1,
  ArrowDown: (at) => at + 1,
  Home: () => 0,
  End: (_, count) => count - 1,
};
