import { SendHorizontal } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { byteLength } from "../../server/protocol_parse.ts";
import type { Room } from "../model.ts";
import { Icon } from "./icon.tsx";

/** The remaining bytes are told when fewer than this share is left. */
const NEAR_LIMIT = 0.1;

interface Props {
  room: Room;
  /** What the room is called, with its sign. */
  title: string;
  /** Longest message in UTF-8 bytes. */
  limit: number;
}

/** Where messages are written. Drafts live in the model and survive a reload. */
export function Composer({ room, title, limit }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const draft = room.draft.value;
  const left = leftOf(draft, limit);

  useEffect(() => {
    if (!isTouch()) field.current!.focus({ preventScroll: true });
  }, [room]);

  const send = () => {
    // The draft itself, not the one last drawn: fast typists are ahead of the drawing.
    const text = room.draft.value;
    if (!canSend(text, limit)) return;
    room.send(text);
    room.draft.value = "";
    field.current!.focus({ preventScroll: true });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // 229: an input method is composing, in browsers that end the composition before this event.
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    if (event.shiftKey || event.altKey || isTouch()) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="composer-box">
        {/* The style sheet draws the text a second time, unseen: it makes the field as high as it is. */}
        <div class="grows" data-text={draft}>
          <textarea
            ref={field}
            rows={1}
            value={draft}
            placeholder={`Message ${title}`}
            aria-label={`Message to ${title}`}
            aria-describedby="composer-limit"
            enterkeyhint="enter"
            dir="auto"
            onInput={(event) => {
              room.draft.value = event.currentTarget.value;
              if (event.currentTarget.value.trim() !== "") room.sayTyping();
            }}
            onKeyDown={onKeyDown}
          />
        </div>
        <button
          type="submit"
          class="send"
          disabled={!canSend(draft, limit)}
          aria-label="Send"
          title="Send"
        >
          <Icon node={SendHorizontal} />
        </button>
      </div>
      <p id="composer-limit" class={left < 0 ? "limit problem" : "limit"} aria-live="polite">
        {left < limit * NEAR_LIMIT && remaining(left)}
      </p>
    </form>
  );
}

/** The bytes that may still be written. */
function leftOf(draft: string, limit: number): number {
  return draft.length * 3 < limit ? limit : limit - byteLength(draft);
}

function canSend(draft: string, limit: number): boolean {
  return draft.trim() !== "" && leftOf(draft, limit) >= 0;
}

function remaining(left: number): string {
  return left >= 0
    ? `${left.toLocaleString()} bytes left`
    : `${(-left).toLocaleString()} bytes too long. Please shorten it or send it in parts.`;
}

/** Where Enter belongs to the on-screen keyboard, the button sends. */
function isTouch(): boolean {
  return matchMedia("(pointer: coarse)").matches;
}
