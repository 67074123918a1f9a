import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Chat } from "../model.ts";
import { type Person, roomsApi } from "../rooms_api.ts";

/** Milliseconds of quiet before what was typed is asked for. */
const PAUSE = 150;

/** People whose name has a text in it, without oneself. `isWanted` false asks for nobody. */
export function usePeople(chat: Chat, text: string, isWanted = true): readonly Person[] {
  const people = useSignal<readonly Person[]>([]);
  useEffect(() => {
    if (!isWanted) {
      people.value = [];
      return;
    }
    let isOver = false;
    const timer = setTimeout(() => {
      roomsApi(chat.ask).people(text).then((found) => {
        if (!isOver) people.value = found.filter(({ id }) => id !== chat.user.value?.id);
      }, () => {
        // Whoever is known already can still be chosen.
      });
    }, text === "" ? 0 : PAUSE);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [text, isWanted]);
  return people.value;
}
