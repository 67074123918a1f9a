import EllipsisVertical from "lucide/dist/esm/icons/ellipsis-vertical.mjs";
import Lock from "lucide/dist/esm/icons/lock.mjs";
import MessagesSquare from "lucide/dist/esm/icons/messages-square.mjs";
import Users from "lucide/dist/esm/icons/users.mjs";
import { useSignal } from "@preact/signals";
import type { Chat, Room } from "../model.ts";
import { isPeopleOpen } from "../panes.ts";
import { othersIn, titleOf, titleWithSign } from "../room_names.ts";
import { whyNotWritten } from "../rights.ts";
import { isRoom, route } from "../route.ts";
import { Banner } from "./banner.tsx";
import { Beginning } from "./beginning.tsx";
import { Composer } from "./composer.tsx";
import { Icon } from "./icon.tsx";
import { IconButton } from "./icon_button.tsx";
import { whatIsLoaded } from "./load_later.ts";
import { MessageList } from "./message_list.tsx";
import { PinsButton } from "./pins_button.tsx";
import { RoomsButton } from "./rooms_button.tsx";
import { StatusSign } from "./status_sign.tsx";
import { TypingLine } from "./typing_line.tsx";
import { useLater } from "./use_later.ts";

/** One room: its head, its messages, and where to write. */
export function Conversation({ chat }: { chat: Chat }) {
  const { room: id, message } = route.value;
  const problem = isRoom(id) ? chat.open(id).problem.value : "";
  const later = useLater(problem !== null);
  if (problem !== null) {
    return later ? <later.NotFound chat={chat} problem={problem} /> : <main class="conversation" />;
  }
  const room = chat.open(id);
  const loaded = whatIsLoaded.value;
  const whyReadOnly = whyNotWritten(room.about.value);
  return (
    <main class="conversation" aria-labelledby="room-title">
      <header class="topbar">
        <RoomsButton chat={chat} />
        <Title key={id} chat={chat} room={room} />
        <PinsButton room={room} />
        <PeopleButton room={room} />
        <MenuButton key={id} chat={chat} room={room} />
      </header>
      <Banner chat={chat} />
      <MessageList
        key={id}
        room={room}
        beginning={<Beginning chat={chat} room={room} />}
        self={chat.user.value!}
        target={message}
        onEdit={(outgoing) => room.draft.value = joined(room.draft.value, room.take(outgoing))}
      />
      <TypingLine room={room} />
      {whyReadOnly ? <p class="read-only-note">{whyReadOnly}</p> : (
        <Composer
          key={id}
          room={room}
          self={chat.user.value!}
          title={titleWithSign(room.about.value, chat.user.value!.id)}
          limit={chat.limits.value.messageBytes}
        />
      )}
      {loaded && <loaded.OpenOverlay />}
    </main>
  );
}

/** What the room is called and is about. */
function Title({ chat, room }: { chat: Chat; room: Room }) {
  const about = room.about.value;
  const selfId = chat.user.value!.id;
  const others = about.kind === "direct" ? othersIn(about, selfId) : [];
  return (
    <div class="room-heading">
      <h1 id="room-title">
        {about.kind === "public" && <span class="sign" aria-hidden="true">#</span>}
        {about.kind === "private" && (
          <span class="sign">
            <Icon node={Lock} size={15} />
            <span class="visually-hidden">Private room</span>
          </span>
        )}
        {about.kind === "direct" && (
          <span class="sign">
            {others.length === 1
              ? <StatusSign chat={chat} user={others[0]!} />
              : <Icon node={MessagesSquare} size={15} />}
          </span>
        )}
        {titleOf(about, selfId)}
      </h1>
      {about.topic && <p class="topic" title={about.topic}>{about.topic}</p>}
    </div>
  );
}

function PeopleButton({ room }: { room: Room }) {
  const online = room.online.value;
  // Nobody is there only as long as nothing is known: the reader is one of them.
  const isKnown = online > 0;
  return (
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
  );
}

function MenuButton({ chat, room }: { chat: Chat; room: Room }) {
  const isOpen = useSignal(false);
  const later = useLater(isOpen.value);
  return (
    <div class="menu-place">
      <IconButton
        icon={EllipsisVertical}
        label="Room menu"
        aria-haspopup="menu"
        aria-expanded={isOpen.value}
        onClick={() => isOpen.value = !isOpen.value}
      />
      {later && <later.RoomMenu chat={chat} room={room} close={() => isOpen.value = false} />}
    </div>
  );
}

/** A draft is never thrown away for a message that comes back to be edited. */
function joined(draft: string, text: string): string {
  return draft.trim() === "" ? text : `${draft}\n${text}`;
}
