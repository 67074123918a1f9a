import { useEffect } from "preact/hooks";
import type { PersonStatus, User } from "../../server/protocol.ts";
import type { Chat } from "../model.ts";
import { statusesOf } from "../statuses.ts";
import { fullTimeOf } from "../times.ts";

const WORDS = { online: "online", away: "away", offline: "offline" };

/** Whether somebody is here: a full, a half and an empty circle, and the word for screen readers. */
export function StatusDot({ chat, id }: { chat: Chat; id: string }) {
  const status = statusesOf(chat).of(id).value?.status;
  return (
    <span class={`status ${status ?? "unknown"}`} title={status && WORDS[status]}>
      {status && <span class="visually-hidden">{WORDS[status]}:</span>}
    </span>
  );
}

/** The status of somebody who is on screen for as long as this is. */
export function WatchedDot({ chat, user }: { chat: Chat; user: User }) {
  useShown(chat, [user], user.id);
  return <StatusDot chat={chat} id={user.id} />;
}

/** Tells the server that these people are on screen, as long as they are. `key` changes with them. */
export function useShown(chat: Chat, people: readonly User[], key: string): void {
  useEffect(
    () => people.length === 0 ? undefined : statusesOf(chat).show(people.map(({ id }) => id)),
    [chat, key],
  );
}

/** The status in words. */
export function statusInWords(status: PersonStatus | undefined): string {
  if (!status) return "";
  if (status.status !== "offline") return WORDS[status.status];
  return status.seen === undefined ? WORDS.offline : `last seen ${fullTimeOf(status.seen)}`;
}
