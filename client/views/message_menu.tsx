import Copy from "lucide/dist/esm/icons/copy.mjs";
import LinkIcon from "lucide/dist/esm/icons/link.mjs";
import MailOpen from "lucide/dist/esm/icons/mail-open.mjs";
import Pencil from "lucide/dist/esm/icons/pencil.mjs";
import Pin from "lucide/dist/esm/icons/pin.mjs";
import PinOff from "lucide/dist/esm/icons/pin-off.mjs";
import Reply from "lucide/dist/esm/icons/reply.mjs";
import SmilePlus from "lucide/dist/esm/icons/face-slightly-smiling-plus.mjs";
import Trash2 from "lucide/dist/esm/icons/trash.mjs";
import Users from "lucide/dist/esm/icons/users.mjs";
import type { IconNode } from "lucide";
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { namedToday } from "../mentions.ts";
import { beginningOf } from "../shorten.ts";
import { rightsOn } from "../rights.ts";
import { permalink } from "../route.ts";
import { copyText } from "./copy_text.ts";
import { Icon } from "./icon.tsx";
import { edit, focusComposer, reply } from "./message_keys.ts";
import { showReactors } from "./open_overlay.tsx";
import { type MenuProps, openPicker } from "./overlays.ts";
import { Popover } from "./popover.tsx";

interface Item {
  icon: IconNode;
  label: string;
  keys?: string;
  isGrave?: boolean;
  act: () => void;
}

/** Characters of the message in the question before it is deleted. */
const ASKED = 120;

/** Everything that can be done with a message. */
export function MessageMenu({ room, message, self, anchor, asks, close }: MenuProps) {
  const isAsking = useSignal(asks === "delete");
  const list = useRef<HTMLDivElement>(null);
  // Before it is seen: a key that is pressed right then is meant for it.
  useLayoutEffect(() => {
    list.current?.querySelector<HTMLElement>("button")?.focus();
  }, [isAsking.value]);

  if (isAsking.value) {
    const beginning = namedToday(message, room.nameOf);
    return (
      <Popover
        class="popover question"
        role="alertdialog"
        aria-label="Delete this message?"
        anchor={anchor}
        close={close}
      >
        <div ref={list}>
          <h2>Delete this message for everybody?</h2>
          <blockquote>
            {beginning.slice(0, beginningOf(beginning)).slice(0, ASKED)}
          </blockquote>
          <p class="buttons">
            <button
              type="button"
              class="primary grave"
              onClick={() => {
                room.delete(message.seq);
                // It may have been emptied while it was being edited.
                if (room.composing.value?.kind === "edit") room.stopComposing();
                close();
                focusComposer();
              }}
            >
              Delete
            </button>
            <button type="button" class="secondary" onClick={close}>Keep</button>
          </p>
        </div>
      </Popover>
    );
  }

  const rights = rightsOn(message, room.about.value, self, Date.now());
  const items: (Item | false)[] = [
    rights.post && { icon: Reply, label: "Reply", keys: "R", act: () => reply(room, message) },
    rights.post && {
      icon: SmilePlus,
      label: "React",
      keys: "+",
      act: () => void openPicker(room, message, anchor),
    },
    rights.edit && { icon: Pencil, label: "Edit", keys: "E", act: () => edit(room, message) },
    rights.post && {
      icon: message.pinned ? PinOff : Pin,
      label: message.pinned ? "Unpin" : "Pin",
      keys: "P",
      act: () => room.pin(message.seq, !message.pinned),
    },
    message.reactions !== undefined && {
      icon: Users,
      label: "Who reacted",
      act: () => showReactors({ room, message, self, anchor }),
    },
    {
      icon: Copy,
      label: "Copy text",
      act: () => void copyText(namedToday(message, room.nameOf), anchor),
    },
    {
      icon: LinkIcon,
      label: "Copy link",
      act: () => void copyText(permalink(room.id, message.seq), anchor),
    },
    {
      icon: MailOpen,
      label: "Mark unread from here",
      act: () => room.markUnreadFrom(message.seq),
    },
  ];
  return (
    <Popover
      class="popover message-menu"
      role="menu"
      aria-label="Message"
      anchor={anchor}
      close={close}
    >
      <div ref={list} onKeyDown={walk}>
        {items.filter((item) => item !== false).map((item) => (
          <MenuItem key={item.label} item={item} close={close} />
        ))}
        {rights.delete && (
          <button
            type="button"
            role="menuitem"
            class="grave"
            onClick={() => isAsking.value = true}
          >
            <Icon node={Trash2} size={16} />
            <span>Delete…</span>
            <kbd>Del</kbd>
          </button>
        )}
      </div>
    </Popover>
  );
}

function MenuItem({ item: { icon, label, keys, act }, close }: { item: Item; close: () => void }) {
  return (
    <button
      type="button"
      role="menuitem"
      onClick={() => {
        close();
        act();
      }}
    >
      <Icon node={icon} size={16} />
      <span>{label}</span>
      {keys && <kbd>{keys}</kbd>}
    </button>
  );
}

/** Arrow keys, as in any menu. */
function walk(event: KeyboardEvent): void {
  const items = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("button")];
  const index = items.indexOf(document.activeElement as HTMLElement);
  const next = {
    ArrowDown: (index + 1) % items.length,
    ArrowUp: (index - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  items[next]!.focus();
}
