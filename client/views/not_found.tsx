import type { Chat } from "../model.ts";
import { titleOf } from "../room_names.ts";
import { go, route } from "../route.ts";
import { Banner } from "./banner.tsx";
import { RoomsButton } from "./rooms_button.tsx";

const NO_SUCH_ROOM =
  "This address leads to no room. A room is named with lower-case letters, digits and hyphens.";

/** In place of a conversation. `problem` is why it cannot be read; empty: there can be no such room. */
export function NotFound({ chat, problem }: { chat: Chat; problem: string }) {
  const here = route.value.room;
  const last = chat.list.recent.find(({ room, kind }) => room !== here && kind !== "direct");
  const id = last?.room ?? "lobby";
  return (
    <main class="conversation">
      <header class="topbar">
        <RoomsButton chat={chat} />
        <h1>{problem ? "You cannot read this room" : "No such room"}</h1>
      </header>
      <Banner chat={chat} />
      <div class="blank">
        <p role="alert">{problem || NO_SUCH_ROOM}</p>
        {problem && (
          <p class="hint">If somebody has sent you its address, ask them for an invite.</p>
        )}
        <button type="button" class="primary" onClick={() => go(id)}>
          Go to {last ? titleOf(last, undefined) : `#${id}`}
        </button>
      </div>
    </main>
  );
}
