import Compass from "lucide/dist/esm/icons/compass.mjs";
import Keyboard from "lucide/dist/esm/icons/keyboard.mjs";
import Lock from "lucide/dist/esm/icons/lock.mjs";
import MessageSquarePlus from "lucide/dist/esm/icons/message-square-plus.mjs";
import Plus from "lucide/dist/esm/icons/plus.mjs";
import Search from "lucide/dist/esm/icons/search.mjs";
import Settings from "lucide/dist/esm/icons/settings.mjs";
import X from "lucide/dist/esm/icons/x.mjs";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ListedRoom } from "../../server/protocol.ts";
import type { Chat } from "../model.ts";
import { pane } from "../panes.ts";
import { othersIn, titleOf } from "../room_names.ts";
import { go, route } from "../route.ts";
import { unreadInWords } from "../unread.ts";
import { Avatar } from "./avatar.tsx";
import { openDialog } from "./dialogs.ts";
import { useFocusWithin } from "./focus.ts";
import { Icon } from "./icon.tsx";
import { IconButton } from "./icon_button.tsx";
import { StatusSign } from "./status_sign.tsx";
import { useLater } from "./use_later.ts";

/** Rooms of a section that are drawn whether they are seen or not. */
const FEW = 50;

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
  return (
    <section class="list-section" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {actions}
      </header>
      <Rooms chat={chat} rooms={rooms} />
    </section>
  );
}

/** Few are all drawn; of more than that, those near the view, as soon as that is loaded. */
function Rooms({ chat, rooms }: Pick<SectionProps, "chat" | "rooms">) {
  const later = useLater(rooms.length > FEW);
  const list = useRef<HTMLUListElement>(null);
  const { room: current } = route.value;
  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [current, rooms.length]);
  const row = (room: string) => <Row chat={chat} room={room} />;
  if (later) return <later.ManyRooms rooms={rooms} current={current} row={row} />;
  return (
    <ul class="rooms-list" ref={list}>
      {rooms.slice(0, FEW).map((room) => <li key={room}>{row(room)}</li>)}
    </ul>
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
            ? <StatusSign chat={chat} user={others[0]!} />
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
