import type { Chat } from "../model.ts";
import { isPeopleOpen, pane } from "../panes.ts";
import { isRoom, route } from "../route.ts";
import { Conversation } from "./conversation.tsx";
import { whatIsLoaded } from "./load_later.ts";
import { Sidebar } from "./sidebar.tsx";
import { SignIn } from "./sign_in.tsx";
import { useLater } from "./use_later.ts";

export function App({ chat }: { chat: Chat }) {
  const { room, invite } = route.value;
  const arrival = chat.identity.arrival.value;
  const later = useLater(isPeopleOpen.value || invite !== undefined || arrival !== null);
  if (!chat.identity.isKnown.value) return null;
  // Until it is answered, nobody is shown as anybody.
  if (arrival) return later ? <later.ArrivalQuestion chat={chat} arrival={arrival.user} /> : null;
  if (invite !== undefined) {
    return later ? <later.Join key={invite} chat={chat} token={invite} /> : null;
  }
  if (!chat.user.value) return <SignIn chat={chat} />;
  const loaded = whatIsLoaded.value;
  const isPanelShown = later && isPeopleOpen.value && isRoom(room);
  return (
    <div class="layout" data-pane={pane.value}>
      <Sidebar chat={chat} />
      <Conversation chat={chat} />
      {isPanelShown && <later.People chat={chat} room={chat.open(room)} self={chat.user.value} />}
      {loaded && <loaded.OpenDialog chat={chat} />}
      {loaded && <loaded.Toast />}
    </div>
  );
}
