import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { EMOJI, type Emoji, findEmoji } from "../emoji.ts";
import { read, write } from "../storage.ts";
import type { PickerProps } from "./overlays.ts";
import { Popover } from "./popover.tsx";

/** Emoji that stand first because they were used last. */
const RECENT_MOST = 8;
/** Emoji in a row, as the style sheet draws them. */
const COLUMNS = 8;

/** Finds an emoji by word, by eye or by arrow keys. */
export function EmojiPicker({ anchor, pick, close }: PickerProps) {
  const text = useSignal("");
  const field = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  // Before it is seen: a key that is pressed right then is meant for it.
  useLayoutEffect(() => field.current!.focus(), []);
  const found = () => text.value.trim() === "" ? withRecent() : findEmoji(text.value);
  const shown = found();

  const take = (emoji: string) => {
    remember(emoji);
    close();
    pick(emoji);
  };
  const buttons = () => [...grid.current!.querySelectorAll<HTMLElement>("button")];

  return (
    <Popover
      class="popover picker"
      role="dialog"
      aria-label="Pick a reaction"
      anchor={anchor}
      close={close}
    >
      <input
        ref={field}
        type="search"
        placeholder="Find an emoji"
        aria-label="Find an emoji"
        autocomplete="off"
        onInput={(event) => text.value = event.currentTarget.value}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") {
            event.preventDefault();
            buttons()[0]?.focus();
          } else if (event.key === "Enter") {
            event.preventDefault();
            // Of the text itself, not the one last drawn: fast typists are ahead of the drawing.
            const [first] = found();
            if (first) take(first.emoji);
          }
        }}
      />
      <div
        class="emoji-grid"
        ref={grid}
        onKeyDown={(event) => {
          const all = buttons();
          const index = all.indexOf(document.activeElement as HTMLElement);
          const step =
            { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS }[event.key];
          if (step === undefined) return;
          event.preventDefault();
          (all[index + step] ?? (step < 0 ? field.current! : all.at(-1)!)).focus();
        }}
      >
        {shown.map(({ emoji, words }) => (
          <button
            key={emoji}
            type="button"
            title={words.split(" ").slice(0, 2).join(" ")}
            aria-label={words}
            onClick={() => take(emoji)}
          >
            {emoji}
          </button>
        ))}
      </div>
      <p class="hint" role="status">{shown.length === 0 && "Nothing found. Try another word."}</p>
    </Popover>
  );
}

function recent(): string[] {
  return (read("emoji") ?? "").split(" ").filter((emoji) => emoji !== "");
}

function remember(emoji: string): void {
  const others = recent().filter((one) => one !== emoji);
  write("emoji", [emoji, ...others].slice(0, RECENT_MOST).join(" "));
}

/** The last used first. */
function withRecent(): readonly Emoji[] {
  const used = recent().flatMap((one) => EMOJI.find(({ emoji }) => emoji === one) ?? []);
  return [...used, ...EMOJI.filter((emoji) => !used.includes(emoji))];
}
