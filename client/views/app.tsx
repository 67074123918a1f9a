import { effect, signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { isPublicRoom, type User } from "../../server/protocol.ts";
import type { Chat, Room } from "../model.ts";
import { isPeopleOpen, pane } from "../panes.ts";
import { route } from "../route.ts";
import { ArrivalQuestion } from "./arrival_question.tsx";
import { Conversation } from "./conversation.tsx";
import { Dialogs } from "./dialogs.tsx";
import { loadLater } from "./load_later.ts";
import { Sidebar } from "./sidebar.tsx";
import { SignIn } from "./sign_in.tsx";
import { Toast } from "./toast.tsx";

/** The people panel, loaded when it is first opened. */
const People = signal<ComponentType<{ room: Room; self: User }> | undefined>(undefined);
effect(() => {
  if (isPeopleOpen.value && !People.peek()) {
    loadLater().then((later) => People.value = later?.People);
  }
});

export function App({ chat }: { chat: Chat }) {
  if (!chat.ready.value) return null;
  if (chat.arrival.value) return <ArrivalQuestion chat={chat} arrival={chat.arrival.value} />;
  if (!chat.user.value) return <SignIn chat={chat} />;
  const room = route.value.room;
  const Panel = isPeopleOpen.value ? People.value : undefined;
  return (
    <div class="layout" data-pane={pane.value}>
      <Sidebar chat={chat} />
      <Conversation chat={chat} />
      {Panel && isPublicRoom(room) && <Panel room={chat.open(room)} self={chat.user.value} />}
      <Dialogs chat={chat} />
      <Toast />
    </div>
  );
}
