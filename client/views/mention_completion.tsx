import { type Signal, signal, useSignal } from "@preact/signals";
import type { ComponentType, RefObject } from "preact";
import type { User } from "../../server/protocol.ts";
import type { Room } from "../model.ts";
import { loadLater } from "./load_later.ts";
import type { MentionListProps } from "./mention_list.tsx";

/** The list, loaded when the first `@` is typed. */
const List = signal<ComponentType<MentionListProps> | undefined>(undefined);

/** Offers people while somebody's name is typed after an `@` in a field. */
export function useMentionList(
  field: RefObject<HTMLTextAreaElement | null>,
  room: Room,
  self: User,
  text: Signal<string>,
) {
  const caret = useSignal<number | undefined>(undefined);
  const close = () => {
    caret.value = undefined;
  };
  return {
    close,
    /** The text or the caret has changed. */
    follow() {
      const { value, selectionEnd } = field.current!;
      caret.value = value.includes("@") ? selectionEnd : undefined;
      if (caret.value !== undefined && !List.value) {
        loadLater().then((later) => List.value = later?.MentionList);
      }
    },
    list: caret.value !== undefined && List.value && (
      <List.value
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
