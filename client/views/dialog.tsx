import X from "lucide/dist/esm/icons/x.mjs";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { IconButton } from "./icon_button.tsx";

interface Props {
  title: string;
  close: () => void;
  class?: string;
  children: ComponentChildren;
}

/** The browser's own modal dialog: it holds the focus, and Esc closes it. */
export function Dialog({ title, close, class: extra, children }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  // Before it is seen: a key that is pressed right then is meant for it.
  useLayoutEffect(() => element.current!.showModal(), []);
  return (
    <dialog
      ref={element}
      class={extra}
      aria-labelledby="dialog-title"
      onClose={close}
      onClick={(event) => event.target === element.current && element.current!.close()}
    >
      <div class="dialog-content">
        <header>
          <h2 id="dialog-title">{title}</h2>
          <IconButton icon={X} label="Close" onClick={() => element.current!.close()} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
