import { isPublicRoom } from "../../server/protocol.ts";
import type { Chat } from "../model.ts";
import { route } from "../route.ts";
import { NameForm } from "./name_form.tsx";

/** The first visit: a name, and in. */
export function SignIn({ chat }: { chat: Chat }) {
  const { room } = route.value;
  return (
    <main class="welcome">
      <div class="card">
        <img src="/icon.svg" alt="" width="48" height="48" />
        <h1>Parlor</h1>
        <p>
          {isPublicRoom(room)
            ? (
              <>
                Pick a name to join <strong>#{room}</strong>.
              </>
            )
            : "Pick a name to come in."}
        </p>
        <NameForm label="Your name" button="Join" name="" submit={(name) => chat.signIn(name)} />
      </div>
    </main>
  );
}
