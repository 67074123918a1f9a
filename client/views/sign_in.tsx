import { isPublicRoom } from "../../server/protocol.ts";
import type { Chat } from "../model.ts";
import { route } from "../route.ts";
import { Card } from "./card.tsx";
import { NameForm } from "./name_form.tsx";

/** The first visit: a name, and in; or where to come from. */
export function SignIn({ chat }: { chat: Chat }) {
  const notice = chat.identity.notice.value;
  return (
    <Card title="Parlor">
      {notice !== null && <p class="notice" role="alert">{notice}</p>}
      {chat.identity.mode.value === "open" ? <PickName chat={chat} /> : (
        <p>
          This chat belongs to an application, which signs its people in. Open the chat from there.
        </p>
      )}
    </Card>
  );
}

function PickName({ chat }: { chat: Chat }) {
  const { room } = route.value;
  return (
    <>
      <p>
        {isPublicRoom(room)
          ? (
            <>
              Pick a name to join <strong>#{room}</strong>.
            </>
          )
          : "Pick a name to come in."}
      </p>
      <NameForm
        label="Your name"
        button="Join"
        name=""
        submit={(name) => chat.identity.signIn(name)}
      />
    </>
  );
}
