import SendHorizontal from "lucide/dist/esm/icons/send-horizontal.mjs";
import { useLayoutEffect, useRef } from "preact/hooks";
import { byteLength } from "../../server/protocol_parse.ts";
import type { Message, User } from "../../server/protocol.ts";
import type { Room } from "../model.ts";
import { rightsOn } from "../rights.ts";
import { Icon } from "./icon.tsx";
import { useMentionList } from "./mention_completion.tsx";
import { openMenu } from "./overlays.ts";
import { useLater } from "./use_later.ts";

/** The remaining bytes are told when fewer than this share is left. */
const NEAR_LIMIT = 0.1;

interface Props {
  room: Room;
  self: User;
  /** What the room is called, with its sign. */
  title: string;
  /** Longest message in UTF-8 bytes. */
  limit: number;
}

/** Where messages are written. Drafts live in the model and survive a reload. */
export function Composer({ room, self, title, limit }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const composing = room.composing.value;
  const later = useLater(composing !== null);
  const text = composing?.kind === "edit" ? composing.text : room.draft;
  const draft = text.value;
  const left = leftOf(draft, limit);
  const mentions = useMentionList(field, room, self, text);

  useLayoutEffect(() => {
    if (!isTouch()) field.current!.focus({ preventScroll: true });
  }, [room]);

  const send = () => {
    // The text itself, not the one last drawn: fast typists are ahead of the drawing.
    if (composing?.kind === "edit" && text.value.trim() === "") {
      openMenu(room, composing.of, self, field.current!, "delete");
      return;
    }
    if (!canSend(text.value, limit)) return;
    if (composing?.kind === "edit") {
      if (text.value.trim() !== composing.before) room.edit(composing.of.seq, text.value);
    } else {
      room.send(text.value, composing ? { replyTo: composing.to.seq } : {});
      text.value = "";
    }
    room.stopComposing();
    field.current!.focus({ preventScroll: true });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && composing) {
      event.preventDefault();
      room.stopComposing();
      return;
    }
    if (event.key === "ArrowUp" && !event.altKey && draft === "" && !composing) {
      const last = lastOwn(room, self);
      if (!last) return;
      event.preventDefault();
      room.startEdit(last);
      return;
    }
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
      {composing && later && <later.ComposingBar room={room} composing={composing} />}
      <div class="composer-box">
        {mentions.list}
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
              text.value = event.currentTarget.value;
              mentions.follow();
              if (event.currentTarget.value.trim() !== "") room.sayTyping();
            }}
            onClick={mentions.follow}
            onBlur={mentions.close}
            onKeyDown={onKeyDown}
          />
        </div>
        <button
          type="submit"
          class="send"
          disabled={composing?.kind !== "edit" && !canSend(draft, limit)}
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

/** One's own last message that may be edited. */
function lastOwn(room: Room, self: User): Message | undefined {
  return room.messages.value.findLast((message) =>
    rightsOn(message, room.about.value, self, Date.now()).edit
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
