import X from "lucide/dist/esm/icons/x.mjs";
import { useSignal } from "@preact/signals";
import type { User } from "../../server/protocol.ts";
import { roomsApi } from "../rooms_api.ts";
import { go } from "../route.ts";
import { Avatar } from "./avatar.tsx";
import { Dialog } from "./dialog.tsx";
import type { DialogProps } from "./dialogs.ts";
import { Icon } from "./icon.tsx";
import { StatusDot, useShown } from "./status_dot.tsx";
import { usePeople } from "./use_people.ts";
import { useRequest } from "./use_request.ts";

/** Chooses one person or several, and opens their conversation. */
export function NewMessageDialog({ chat, close }: DialogProps) {
  const search = useSignal("");
  const chosen = useSignal<readonly User[]>([]);
  const { isBusy, problem, run } = useRequest();
  const people = usePeople(chat, search.value.trim());
  const others = people.filter(({ id }) => !chosen.value.some((one) => one.id === id));
  useShown(chat, others, others.map(({ id }) => id).join());
  const most = chat.limits.value.peoplePerConversation - 1;
  const isFull = chosen.value.length >= most;

  const choose = ({ id, name }: User) => {
    chosen.value = [...chosen.value, { id, name }];
    search.value = "";
  };
  const begin = async (event: SubmitEvent) => {
    event.preventDefault();
    const isDone = await run(async () => {
      const room = await roomsApi(chat.ask).converse(chosen.value.map(({ id }) => id));
      chat.listed(room);
      go(room.room);
    });
    if (isDone) close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Backspace" && search.value === "") {
      chosen.value = chosen.value.slice(0, -1);
    } else if (event.key === "Enter" && search.value.trim() !== "" && others[0]) {
      event.preventDefault();
      if (!isFull) choose(others[0]);
    }
  };

  return (
    <Dialog title="New message" close={close} class="tall">
      <form class="form fills" onSubmit={begin}>
        <div class="chosen">
          {chosen.value.map((person) => (
            <button
              type="button"
              class="chip"
              key={person.id}
              aria-label={`Take out ${person.name}`}
              onClick={() => chosen.value = chosen.value.filter((one) => one !== person)}
            >
              {person.name}
              <Icon node={X} size={14} />
            </button>
          ))}
          <input
            type="search"
            autofocus
            placeholder={chosen.value.length === 0 ? "To whom?" : "Add somebody"}
            aria-label="Find people"
            value={search.value}
            onInput={(event) => search.value = event.currentTarget.value}
            onKeyDown={onKeyDown}
          />
        </div>
        <ul class="choice-list" aria-label="People">
          {others.map((person) => (
            <li key={person.id}>
              <button type="button" disabled={isFull} onClick={() => choose(person)}>
                <span class="choice-title">
                  <Avatar user={person} small />
                  <StatusDot chat={chat} id={person.id} />
                  <span class="room-name">{person.name}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
        <p class="hint" role="status">
          {isFull &&
            `A conversation has at most ${most + 1} people. Create a private room for more.`}
        </p>
        <p class="problem" role="alert">{problem.value}</p>
        <button
          type="submit"
          class="primary"
          disabled={isBusy.value || chosen.value.length === 0}
        >
          Begin
        </button>
      </form>
    </Dialog>
  );
}
