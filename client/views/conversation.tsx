import { EllipsisVertical, Lock, Menu, MessagesSquare, Users } from "lucide";
import { useSignal } from "@preact/signals";
import type { Chat, Room } from "../model.ts";
import { isPeopleOpen, pane } from "../panes.ts";
import { othersIn, titleOf, titleWithSign } from "../room_names.ts";
import { whyNotWritten } from "../rights.ts";
import { go, isRoom, route } from "../route.ts";
import { Banner } from "./banner.tsx";
import { Beginning } from "./beginning.tsx";
import { Composer } from "./composer.tsx";
import { Icon } from "./icon.tsx";
import { IconButton } from "./icon_button.tsx";
import { MessageList } from "./message_list.tsx";
import { Overlays } from "./overlays.tsx";
import { PinsButton } from "./pins_button.tsx";
import { StatusDot, useShown } from "./status_dot.tsx";
import { TypingLine } from "./typing_line.tsx";
import { useLater } from "./use_later.ts";

/** One room: its head, its messages, and where to write. */
export function Conversation({ chat }: { chat: Chat }) {
  const { room: id, message } = route.value;
  if (!isRoom(id)) {
    return (
      <NotFound
        chat={chat}
        title="No such room"
        reason="This address leads to no room. A room is named with lower-case letters, digits and hyphens."
      />
    );
  }
  const room = chat.open(id);
  const problem = room.problem.value;
  if (problem !== null) {
    return (
      <NotFound
        chat={chat}
        title="You cannot read this room"
        reason={problem}
        hint="If somebody has sent you its address, ask them for an invite."
      />
    );
  }
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
      <Overlays />
    </main>
  );
}

/** What the room is called and is about. */
function Title({ chat, room }: { chat: Chat; room: Room }) {
  const about = room.about.value;
  const selfId = chat.user.value!.id;
  const others = about.kind === "direct" ? othersIn(about, selfId) : [];
  useShown(chat, others.length === 1 ? others : [], others.map(({ id }) => id).join());
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
              ? <StatusDot chat={chat} id={others[0]!.id} />
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

/** Leads to the rooms where one pane is shown at a time. */
function RoomsButton({ chat }: { chat: Chat }) {
  const isUnread = chat.list.unread.value > 0;
  return (
    <span class="only-narrow rooms-button">
      <IconButton
        icon={Menu}
        label={isUnread ? "Rooms, some unread" : "Rooms"}
        onClick={() => pane.value = "rooms"}
      />
      {isUnread && <span class="dot" aria-hidden="true" />}
    </span>
  );
}

interface NotFoundProps {
  chat: Chat;
  title: string;
  /** In words for people. */
  reason: string;
  hint?: string;
}

function NotFound({ chat, title, reason, hint }: NotFoundProps) {
  const here = route.value.room;
  const last = chat.list.recent.find(({ room, kind }) => room !== here && kind !== "direct");
  const id = last?.room ?? "lobby";
  return (
    <main class="conversation">
      <header class="topbar">
        <RoomsButton chat={chat} />
        <h1>{title}</h1>
      </header>
      <Banner chat={chat} />
      <div class="blank">
        <p role="alert">{reason}</p>
        {hint && <p class="hint">{hint}</p>}
        <button type="button" class="primary" onClick={() => go(id)}>
          Go to {last ? titleOf(last, undefined) : `#${id}`}
        </button>
      </div>
    </main>
  );
}

/** A draft is never thrown away for a message that comes back to be edited. */
function joined(draft: string, text: string): string {
  return draft.trim() === "" ? text : `${draft}\n${text}`;
}
