/** Tells of what is for the reader: by the browser's notifications, and by the icon of the tab. */

import { effect } from "@preact/signals";
import { isLookedAt } from "./attention.ts";
import { showBadge } from "./badge.ts";
import { Looking } from "./looking.ts";
import type { Chat } from "./model.ts";
import { type Notice, Notices } from "./notices.ts";
import { lookAgain, notifying } from "./notifying.ts";
import { goToMessage, route } from "./route.ts";

/** Begins to tell; call once. */
export function startNotices(chat: Chat): void {
  const isHere = (room: string) => isLookedAt.peek() && route.peek().room === room;
  const looking = new Looking(isHere);
  const notices = new Notices({
    self: () => chat.user.peek(),
    about: (room) => chat.list.peek(room) ?? chat.about(room),
    nameOf: (id) => chat.nameOf(id),
    isLooking: (room) => looking.at(room),
    isWanted: () => notifying.peek() === "on",
    show,
  }, chat.list.recent.map(({ room }) => room));
  chat.onEvent((event) => notices.take(event));

  const look = () => {
    lookAgain();
    const { room } = route.peek();
    if (isHere(room)) notices.seen(room);
  };
  addEventListener("pagehide", () => notices.clear());
  effect(() => {
    route.value;
    isLookedAt.value;
    look();
  });
  effect(() => {
    if (!chat.user.value) notices.clear();
  });
  effect(() => void showBadge(chat.list.waiting.value));
}

function show({ room, seq, title, body }: Notice): () => void {
  try {
    // One for each room: the last says enough, and tabs do not repeat each other.
    const notification = new Notification(title, { body, tag: room, icon: "/icon-192.png" });
    notification.onclick = () => {
      focus();
      goToMessage(room, seq);
      notification.close();
    };
    return () => notification.close();
  } catch {
    // Phones show only what an installed app sends.
    return () => {};
  }
}
