import type { Chat } from "../model.ts";
import { useLater } from "./use_later.ts";

/** How the connection is, where that concerns the reader. Lies over the conversation: nothing moves. */
export function Banner({ chat }: { chat: Chat }) {
  const { notice, endsAt } = chat.identity;
  // All of it comes from the server, so that this can be had from there too.
  const later = useLater(
    notice.value !== null || endsAt.value !== null || chat.builds.isOutdated.value,
  );
  switch (chat.status.value) {
    case "offline":
      return (
        <div class="banner" role="status">
          You are offline. Messages will be sent when you are back.
        </div>
      );
    case "reconnecting":
      return (
        <div class="banner late" role="status">
          <span>Reconnecting…</span>
          <button type="button" onClick={() => chat.reconnectNow()}>Try now</button>
        </div>
      );
    case "ended":
      return (
        <div class="banner problem" role="alert">
          <span>{chat.statusDetail.value ?? "The server ended the connection."}</span>
          <button type="button" onClick={() => location.reload()}>Reload</button>
        </div>
      );
    default:
      return later ? <later.News chat={chat} /> : null;
  }
}
