import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import type { User } from "../../server/protocol.ts";
import type { Room } from "../model.ts";
import { useLater } from "./use_later.ts";

/** Offers people while somebody's name is typed after an `@` in a field. */
export function useMentionList(
  field: RefObject<HTMLTextAreaElement | null>,
  room: Room,
  self: User,
  text: Signal<string>,
) {
  const caret = useSignal<number | undefined>(undefined);
  const later = useLater(caret.value !== undefined);
  const close = () => {
    caret.value = undefined;
  };
  return {
    close,
    /** The text or the caret has changed. */
    follow() {
      const { value, selectionEnd } = field.current!;
      caret.value = value.includes("@") ? selectionEnd : undefined;
    },
    list: caret.value !== undefined && later && (
      <later.MentionList
        field={field.current!}
        caret={caret.value}
        room={room}
        self={self}
        text={text}
        close={close}
      />
    ),
  };
}
