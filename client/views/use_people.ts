import type { Chat } from "../model.ts";
import { type Person, roomsApi } from "../rooms_api.ts";
import { PAUSE, useFound } from "./use_found.ts";

/** People whose name has a text in it, without oneself. `isWanted` false asks for nobody. */
export function usePeople(chat: Chat, text: string, isWanted = true): readonly Person[] {
  const find = async () => {
    const found = await roomsApi(chat.ask).people(text);
    return found.filter(({ id }) => id !== chat.user.value?.id);
  };
  return useFound(isWanted ? find : undefined, [text], text === "" ? 0 : PAUSE);
}
