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
      <div class="lists">
        <Section
          title="Rooms"
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
        >
          {channels.value.map((room) => <Row key={room} chat={chat} room={room} />)}
        </Section>
        <Section
          title="Direct messages"
          actions={
            <IconButton
              icon={MessageSquarePlus}
              label="New message"
              onClick={() => openDialog("newMessage")}
            />
          }
        >
          {conversations.value.map((room) => <Row key={room} chat={chat} room={room} />)}
        </Section>
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
  title: string;
  actions: ComponentChildren;
  children: ComponentChildren;
}

function Section({ title, actions, children }: SectionProps) {
  return (
    <section class="list-section" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {actions}
      </header>
      <ul class="rooms-list">{children}</ul>
    </section>
  );
}

function Row({ chat, room: id }: { chat: Chat; room: string }) {
  const room = chat.list.get(id);
  const isCurrent = route.value.room === id;
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isCurrent) link.current?.scrollIntoView({ block: "nearest" });
  }, [isCurrent]);
  if (!room) return null;
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(id);
  };
  const title = titleOf(room, chat.user.value?.id);
  return (
    <li>
      <a
        ref={link}
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
    </li>
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
          <span class="visually-hidden">{unreadInWords(mentions)} mentions</span>
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
