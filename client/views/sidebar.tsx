import { Keyboard, Plus, Settings, X } from "lucide";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { isPublicRoom } from "../../server/protocol.ts";
import type { Chat } from "../model.ts";
import { pane } from "../panes.ts";
import { go, route } from "../route.ts";
import { Avatar } from "./avatar.tsx";
import { openDialog } from "./dialogs.tsx";
import { useFocusWithin } from "./focus.ts";
import { IconButton } from "./icon_button.tsx";

/** The rooms one has been to, and oneself. */
export function Sidebar({ chat }: { chat: Chat }) {
  const user = chat.user.value!;
  const element = useRef<HTMLElement>(null);
  useFocusWithin(element, pane.value === "rooms");
  return (
    <nav class="sidebar" aria-label="Rooms" ref={element}>
      <header>
        <p class="brand">Parlor</p>
        <IconButton
          class="only-narrow"
          icon={X}
          label="Back to the conversation"
          onClick={() => pane.value = "conversation"}
        />
      </header>
      <ul class="rooms-list">
        {chat.rooms.value.map((room) => <RoomLink key={room} chat={chat} room={room} />)}
      </ul>
      <OpenRoom />
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

function RoomLink({ chat, room }: { chat: Chat; room: string }) {
  const isCurrent = route.value.room === room;
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isCurrent) link.current!.scrollIntoView({ block: "nearest" });
  }, [isCurrent]);
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(room);
    pane.value = "conversation";
  };
  return (
    <li>
      <a
        ref={link}
        href={`/r/${room}`}
        aria-current={isCurrent ? "page" : undefined}
        onClick={open}
      >
        <span class="hash" aria-hidden="true">#</span>
        <span class="room-name">{room}</span>
      </a>
      {!isCurrent && (
        <IconButton
          class="forget"
          icon={X}
          label={`Remove ${room} from this list`}
          onClick={() => chat.forget(room)}
        />
      )}
    </li>
  );
}

/** Goes to a room by name; one that nobody has spoken in yet begins with its first message. */
function OpenRoom() {
  const problem = useSignal<string | undefined>(undefined);
  const open = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const room = slugOf(new FormData(form).get("room") as string);
    if (!isPublicRoom(room)) {
      problem.value = "A room name has letters from a to z, digits and hyphens.";
      return;
    }
    problem.value = undefined;
    form.reset();
    go(room);
    pane.value = "conversation";
  };
  return (
    <form class="open-room" onSubmit={open}>
      <input
        name="room"
        placeholder="Open or start a room"
        aria-label="Room name"
        maxLength={64}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        aria-describedby="room-problem"
        onInput={() => problem.value = undefined}
      />
      <IconButton type="submit" icon={Plus} label="Open the room" />
      <p id="room-problem" class="problem" role="alert">{problem.value}</p>
    </form>
  );
}

/** What people type for a name, as a room id: “#Café Games” → “cafe-games”. */
function slugOf(text: string): string {
  return text.trim().toLowerCase().replace(/^#\s*/, "").replace(/[\s_]+/g, "-")
    .normalize("NFD").replace(/\p{Mn}/gu, "");
}
