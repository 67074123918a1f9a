import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Chat } from "../model.ts";
import { type Invitation, roomsApi } from "../rooms_api.ts";
import { go } from "../route.ts";
import { titleOf } from "../room_names.ts";
import { Card } from "./card.tsx";
import { NameForm } from "./name_form.tsx";
import { useRequest } from "./use_request.ts";

/** Where an invite leads: what room it is, a name for who is new, and in. */
export function Join({ chat, token }: { chat: Chat; token: string }) {
  const invitation = useSignal<Invitation | undefined>(undefined);
  const reading = useRequest();
  const joining = useRequest();
  const api = roomsApi(chat.ask);
  useEffect(() =>
    void reading.run(async () => {
      invitation.value = await api.invitation(token);
    }), [token]);

  const enter = async () => {
    const room = await api.accept(token);
    chat.listed(room);
    go(room.room);
  };
  const about = invitation.value;
  const problem = reading.problem.value;
  return (
    <Card title={titleFor(about, problem)}>
      {problem !== undefined && (
        <>
          <p role="alert">{problem}</p>
          <p class="hint">Ask whoever sent it to you for a new one.</p>
          <button
            type="button"
            class="primary"
            onClick={() => go("lobby")}
          >
            Go to the lobby
          </button>
        </>
      )}
      {about && (
        <>
          <p>
            You are invited to this {about.kind} room of {inWords(about.members)}.
          </p>
          {chat.user.value
            ? (
              <>
                <p class="hint">You come in as {chat.user.value.name}.</p>
                <p class="problem" role="alert">{joining.problem.value}</p>
                <button
                  type="button"
                  class="primary"
                  autofocus
                  disabled={joining.isBusy.value}
                  onClick={() => joining.run(enter)}
                >
                  Join the room
                </button>
              </>
            )
            : (
              <NameForm
                label="Your name"
                button="Join the room"
                name=""
                submit={async (name) => {
                  await chat.identity.signIn(name);
                  await enter();
                }}
              />
            )}
        </>
      )}
    </Card>
  );
}

function titleFor(about: Invitation | undefined, problem: string | undefined): string {
  if (about) return titleOf(about, undefined);
  return problem === undefined ? "Parlor" : "This link does not lead in";
}

function inWords(members: number): string {
  return members === 1 ? "1 member" : `${members.toLocaleString()} members`;
}
