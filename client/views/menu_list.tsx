import { useEffect, useRef } from "preact/hooks";

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
  const focus = (index: number) => {
    at.current = (index + items.length) % items.length;
    (element.current!.children[at.current] as HTMLElement).focus();
  };
  useEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    focus(0);
    const onPointer = (event: PointerEvent) => {
      if (!element.current!.contains(event.target as Node)) close();
    };
    // After the click that has opened it.
    const timer = setTimeout(() => addEventListener("pointerdown", onPointer));
    return () => {
      clearTimeout(timer);
      removeEventListener("pointerdown", onPointer);
      if (document.activeElement === document.body) opener?.focus();
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    const move = MOVES[event.key]?.(at.current, items.length);
    if (move !== undefined) {
      event.preventDefault();
      focus(move);
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      close();
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
            close();
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
