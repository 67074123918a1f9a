import type { User } from "../../server/protocol.ts";
import type { Chat } from "../model.ts";
import { useLater } from "./use_later.ts";

/** Whether somebody is here. It has its place before that is known: nothing moves. */
export function StatusSign({ chat, user }: { chat: Chat; user: User }) {
  const later = useLater(true);
  return later ? <later.WatchedDot chat={chat} user={user} /> : <span class="status unknown" />;
}
