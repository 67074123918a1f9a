import { useSignal } from "@preact/signals";
import { isPublicRoom } from "../../server/protocol.ts";
import { roomsApi } from "../rooms_api.ts";
import { go } from "../route.ts";
import { slugOf } from "../slug.ts";
import { Dialog } from "./dialog.tsx";
import type { DialogProps } from "./dialogs.ts";
import { useRequest } from "./use_request.ts";

/** Begins a room, public or private. */
export function NewRoomDialog({ chat, close }: DialogProps) {
  const title = useSignal("");
  /** Undefined until the reader writes one: then it follows the title. */
  const ownAddress = useSignal<string | undefined>(undefined);
  const topic = useSignal("");
  const isPrivate = useSignal(false);
  const { isBusy, problem, run } = useRequest();
  const address = ownAddress.value ?? slugOf(title.value);

  const create = async (event: SubmitEvent) => {
    event.preventDefault();
    const isDone = await run(async () => {
      const about = { title: title.value.trim(), topic: topic.value.trim() };
      if (about.title === "") throw new Error("Please give the room a name.");
      if (!isPrivate.value && !isPublicRoom(address)) {
        throw new Error("An address has letters from a to z, digits and hyphens.");
      }
      const room = await roomsApi(chat.ask).create(
        isPrivate.value ? { ...about, private: true } : { ...about, room: address },
      );
      chat.listed(room);
      go(room.room);
    });
    if (isDone) close();
  };

  return (
    <Dialog title="New room" close={close}>
      <form class="form" onSubmit={create} noValidate>
        <label class="stack">
          Name
          <input
            autofocus
            value={title.value}
            maxLength={128}
            placeholder="Summer fair"
            autocomplete="off"
            aria-describedby="new-room-problem"
            onInput={(event) => title.value = event.currentTarget.value}
          />
        </label>
        <fieldset class="choices">
          <legend>Who may read it</legend>
          <label>
            <input
              type="radio"
              name="kind"
              checked={!isPrivate.value}
              onChange={() => isPrivate.value = false}
            />
            Everybody here
          </label>
          <label>
            <input
              type="radio"
              name="kind"
              checked={isPrivate.value}
              onChange={() => isPrivate.value = true}
            />
            Only its members, whom you invite
          </label>
        </fieldset>
        {!isPrivate.value && (
          <label class="stack">
            Address
            <span class="prefixed">
              <span aria-hidden="true">/r/</span>
              <input
                value={address}
                maxLength={64}
                autocomplete="off"
                autocapitalize="none"
                spellcheck={false}
                onInput={(event) => ownAddress.value = event.currentTarget.value}
              />
            </span>
          </label>
        )}
        <label class="stack">
          Topic (optional)
          <input
            value={topic.value}
            maxLength={1024}
            autocomplete="off"
            onInput={(event) => topic.value = event.currentTarget.value}
          />
        </label>
        <p id="new-room-problem" class="problem" role="alert">{problem.value}</p>
        <button type="submit" class="primary" disabled={isBusy.value}>Create the room</button>
      </form>
    </Dialog>
  );
}
