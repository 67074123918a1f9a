import { Compass, Keyboard, Lock, MessageSquarePlus, Plus, Search, Settings, X } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ListedRoom } from "../../server/protocol.ts";
import type { Chat } from "../model.ts";
import { pane } from "../panes.ts";
import { othersIn, titleOf } from "../room_names.ts";
import { go, route } from "../route.ts";
import { unreadInWords } from "../unread.ts";
import { Avatar } from "./avatar.tsx";
import { openDialog } from "./dialogs.tsx";
import { useDrawnRows } from "./drawn_rows.ts";
import { useFocusWithin } from "./focus.ts";
import { Icon } from "./icon.tsx";
import { IconButton } from "./icon_button.tsx";
import { StatusDot, useShown } from "./status_dot.tsx";

/** One's rooms and conversations, and oneself. */
export function Sidebar({ chat }: { chat: Chat }) {
  const user = chat.user.value!;
  const element = useRef<HTMLElement>(null);
  useFocusWithin(element, pane.value === "rooms");
  const { channels, conversations } = chat.list;
  return (
    <nav class="sidebar" aria-label="Rooms" ref={element}>
      <header>
        <p class="brand">Parlor</p>
        <IconButton icon={Search} label="Switch to…" onClick={() => openDialog("switcher")} />
        <IconButton
          class="only-narrow"
          icon={X}
          label="Back to the conversation"
          onClick={() => pane.value = "conversation"}
        />
      </header>
      <div class="lists scrolls">
        <Section
          chat={chat}
          title="Rooms"
          rooms={channels.value}
          actions={
            <>
              <IconButton
                icon={Compass}
                label="Browse rooms"
                onClick={() => openDialog("browse")}
              />
              <IconButton icon={Plus} label="New room" onClick={() => openDialog("newRoom")} />
            </>
          }
        />
        <Section
          chat={chat}
          title="Direct messages"
          rooms={conversations.value}
          actions={
            <IconButton
              icon={MessageSquarePlus}
              label="New message"
              onClick={() => openDialog("newMessage")}
            />
          }
        />
      </div>
      <footer>
        <Avatar user={user} small />
        <span class="own-name" title={user.name}>{user.name}</span>
        <IconButton
          class="only-keyboard"
          icon={Keyboard}
          label="Keyboard shortcuts"
          onClick={() => openDialog("shortcuts")}
        />
        <IconButton icon={Settings} label="Settings" onClick={() => openDialog("settings")} />
      </footer>
    </nav>
  );
}

interface SectionProps {
  chat: Chat;
  title: string;
  actions: ComponentChildren;
  rooms: readonly string[];
}

function Section({ chat, title, actions, rooms }: SectionProps) {
  const list = useRef<HTMLUListElement>(null);
  const { start, end, height, style, reveal } = useDrawnRows(list, rooms.length);
  const current = rooms.indexOf(route.value.room);
  useEffect(() => {
    if (current >= 0) reveal(current);
  }, [route.value.room, rooms.length, height]);
  return (
    <section class="list-section" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {actions}
      </header>
      <ul class="rooms-list" ref={list} style={style}>
        {rooms.slice(start, end).map((room, index) => (
          <li key={room} aria-setsize={rooms.length} aria-posinset={start + index + 1}>
            <Row chat={chat} room={room} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row({ chat, room: id }: { chat: Chat; room: string }) {
  const room = chat.list.get(id);
  const isCurrent = route.value.room === id;
  if (!room) return null;
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(id);
  };
  const title = titleOf(room, chat.user.value?.id);
  return (
    <>
      <a
        class={classOf(room)}
        href={`/r/${id}`}
        title={title}
        aria-current={isCurrent ? "page" : undefined}
        onClick={open}
      >
        <Sign chat={chat} room={room} />
        <span class="room-name">{title}</span>
        <Badge room={room} />
      </a>
      {!isCurrent && (
        <IconButton
          class="forget"
          icon={X}
          label={`Remove ${title} from this list`}
          onClick={() => chat.forget(id)}
        />
      )}
    </>
  );
}

/** What tells the kinds of rooms apart; of a conversation, whether its people are here. */
function Sign({ chat, room }: { chat: Chat; room: ListedRoom }) {
  const others = room.kind === "direct" ? othersIn(room, chat.user.value?.id) : [];
  const ids = others.map(({ id }) => id).join();
  useShown(chat, others.length === 1 ? others : [], ids);
  switch (room.kind) {
    case "public":
      return <span class="sign" aria-hidden="true">#</span>;
    case "private":
      return (
        <span class="sign">
          <Icon node={Lock} size={14} />
          <span class="visually-hidden">Private:</span>
        </span>
      );
    case "direct":
      return (
        <span class="sign">
          {others.length === 1
            ? <StatusDot chat={chat} id={others[0]!.id} />
            : <span class="people-count" aria-hidden="true">{others.length || ""}</span>}
        </span>
      );
  }
}

function Badge({ room: { unread, mentions, muted } }: { room: ListedRoom }) {
  return (
    <>
      {mentions > 0 && (
        <span class="count-badge mentions">
          <span aria-hidden="true">@{unreadInWords(mentions)}</span>
          <span class="visually-hidden">
            {unreadInWords(mentions)} {mentions === 1 ? "mention" : "mentions"}
          </span>
        </span>
      )}
      {unread > mentions && !muted && (
        <span class="count-badge">
          <span aria-hidden="true">{unreadInWords(unread)}</span>
          <span class="visually-hidden">{unreadInWords(unread)} unread</span>
        </span>
      )}
      {muted && <span class="visually-hidden">muted</span>}
    </>
  );
}

function classOf({ unread, muted, archived }: ListedRoom): string {
  return [
    unread > 0 && !muted ? "unread" : "",
    muted ? "muted" : "",
    archived ? "archived" : "",
  ].join(" ").trim();
}
