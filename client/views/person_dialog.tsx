import { roomsApi } from "../rooms_api.ts";
import { go } from "../route.ts";
import { statusesOf } from "../statuses.ts";
import { Avatar } from "./avatar.tsx";
import { Dialog } from "./dialog.tsx";
import type { DialogProps } from "./dialogs.ts";
import { StatusDot, statusInWords, useShown } from "./status_dot.tsx";
import { useRequest } from "./use_request.ts";

/** Somebody: who they are, whether they are here, and a way to write to them. */
export function PersonDialog({ chat, person, close }: DialogProps) {
  const { isBusy, problem, run } = useRequest();
  const user = person!;
  useShown(chat, [user], user.id);
  const isOneself = user.id === chat.user.value?.id;
  const write = async () => {
    const isDone = await run(async () => {
      const room = await roomsApi(chat.ask).converse(isOneself ? [] : [user.id]);
      chat.listed(room);
      go(room.room);
    });
    if (isDone) close();
  };
  return (
    <Dialog title={user.name} close={close}>
      <div class="person-card">
        <Avatar user={user} />
        <p class="hint person-status">
          <StatusDot chat={chat} id={user.id} />
          {statusInWords(statusesOf(chat).of(user.id).value)}
        </p>
      </div>
      {user.unverified
        ? (
          <p class="hint">
            A guest without an account: nobody has checked the name, and messages cannot reach them.
          </p>
        )
        : (
          <button
            type="button"
            class="primary"
            autofocus
            disabled={isBusy.value}
            onClick={write}
          >
            {isOneself ? "Notes to yourself" : "Message"}
          </button>
        )}
      <p class="problem" role="alert">{problem.value}</p>
    </Dialog>
  );
}
