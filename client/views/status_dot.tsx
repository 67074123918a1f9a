import { useEffect } from "preact/hooks";
import type { PersonStatus, User } from "../../server/protocol.ts";
import type { Chat } from "../model.ts";
import { fullTimeOf } from "../times.ts";

const WORDS = { online: "online", away: "away", offline: "offline" };

/** Whether somebody is here: a full, a half and an empty circle, and the word for screen readers. */
export function StatusDot({ chat, id }: { chat: Chat; id: string }) {
  const status = chat.statuses.of(id).value?.status;
  return (
    <span class={`status ${status ?? "unknown"}`} title={status && WORDS[status]}>
      {status && <span class="visually-hidden">{WORDS[status]}:</span>}
    </span>
  );
}

/** Tells the server that these people are on screen, as long as they are. `key` changes with them. */
export function useShown(chat: Chat, people: readonly User[], key: string): void {
  useEffect(
    () => people.length === 0 ? undefined : chat.statuses.show(people.map(({ id }) => id)),
    [chat, key],
  );
}

/** The status in words. */
export function statusInWords(status: PersonStatus | undefined): string {
  if (!status) return "";
  if (status.status !== "offline") return WORDS[status.status];
  return status.seen === undefined ? WORDS.offline : `last seen ${fullTimeOf(status.seen)}`;
}
