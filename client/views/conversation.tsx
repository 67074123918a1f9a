import { Calendar, Menu, Users } from "lucide";
import { isPublicRoom } from "../../server/protocol.ts";
import type { Chat } from "../model.ts";
import { go, route } from "../route.ts";
import { isPeopleOpen, pane } from "../panes.ts";
import { Banner } from "./banner.tsx";
import { Composer } from "./composer.tsx";
import { openDialog } from "./dialogs.tsx";
import { Icon } from "./icon.tsx";
import { IconButton } from "./icon_button.tsx";
import { MessageList } from "./message_list.tsx";
import { Overlays } from "./overlays.tsx";
import { PinsButton } from "./pins_button.tsx";
import { TypingLine } from "./typing_line.tsx";

/** One room: its head, its messages, and where to write. */
export function Conversation({ chat }: { chat: Chat }) {
  const { room: id, message } = route.value;
  if (!isPublicRoom(id)) return <NotFound chat={chat} />;
  const room = chat.open(id);
  const online = room.online.value;
  // Nobody is there only as long as nothing is known: the reader is one of them.
  const isKnown = online > 0;
  return (
    <main class="conversation" aria-labelledby="room-title">
      <header class="topbar">
        <RoomsButton />
        <h1 id="room-title">
          <span aria-hidden="true">#</span>
          {id}
        </h1>
        <PinsButton room={room} />
        <IconButton
          icon={Calendar}
          label="Jump to a date"
          onClick={() => openDialog("date", room)}
        />
        <button
          type="button"
          class="people-toggle"
          aria-expanded={isPeopleOpen.value}
          aria-label={isKnown ? `People, ${online} online` : "People"}
          title="People"
          onClick={() => isPeopleOpen.value = !isPeopleOpen.value}
        >
          <Icon node={Users} />
          <span class="count">{isKnown && online.toLocaleString()}</span>
        </button>
      </header>
      <Banner chat={chat} />
      {room.problem.value === null
        ? (
          <MessageList
            key={id}
            room={room}
            self={chat.user.value!}
            target={message}
            onEdit={(outgoing) => room.draft.value = joined(room.draft.value, room.take(outgoing))}
          />
        )
        : <p class="log problem" role="alert">{room.problem.value}</p>}
      <TypingLine room={room} />
      <Composer
        key={id}
        room={room}
        self={chat.user.value!}
        limit={chat.limits.value.messageBytes}
      />
      <Overlays />
    </main>
  );
}

/** Leads to the rooms where one pane is shown at a time. */
function RoomsButton() {
  return (
    <IconButton
      class="only-narrow"
      icon={Menu}
      label="Rooms"
      onClick={() => pane.value = "rooms"}
    />
  );
}

function NotFound({ chat }: { chat: Chat }) {
  const last = chat.rooms.value[0] ?? "lobby";
  return (
    <main class="conversation">
      <header class="topbar">
        <RoomsButton />
        <h1>No such room</h1>
      </header>
      <div class="blank">
        <p>
          This address leads to no room. A room is named with lower-case letters, digits and
          hyphens.
        </p>
        <button type="button" class="primary" onClick={() => go(last)}>Go to #{last}</button>
      </div>
    </main>
  );
}

/** A draft is never thrown away for a message that comes back to be edited. */
function joined(draft: string, text: string): string {
  return draft.trim() === "" ? text : `${draft}\n${text}`;
}
