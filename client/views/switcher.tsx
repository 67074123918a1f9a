import Lock from "lucide/dist/esm/icons/lock.mjs";
import MessagesSquare from "lucide/dist/esm/icons/messages-square.mjs";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Chat } from "../model.ts";
import { type PublicRoom, roomsApi } from "../rooms_api.ts";
import { go } from "../route.ts";
import { asksForPeople, type Choice, choicesFor } from "../switcher.ts";
import { unreadInWords } from "../unread.ts";
import { Avatar } from "./avatar.tsx";
import { Dialog } from "./dialog.tsx";
import type { DialogProps } from "./dialogs.ts";
import { Icon } from "./icon.tsx";
import { useFound } from "./use_found.ts";
import { usePeople } from "./use_people.ts";
import { useRequest } from "./use_request.ts";

/** Goes to a room or a person by a few letters of the name. */
export function Switcher({ chat, close }: DialogProps) {
  const typed = useSignal("");
  const active = useSignal(0);
  const list = useRef<HTMLUListElement>(null);
  const { problem, run } = useRequest();
  const text = typed.value.trim();
  const people = usePeople(chat, text.replace(/^@/, ""), text !== "");
  const others = useOthers(chat, asksForPeople(text) ? "" : text.replace(/^#/, ""));
  // As it stood when it was opened: what comes meanwhile must not move the choice.
  const own = useRef(chat.list.recent);
  const choices = choicesFor(
    text,
    { own: own.current, others, people },
    chat.user.value?.id,
  );
  const index = Math.min(active.value, choices.length - 1);

  useEffect(() => {
    list.current?.children[index]?.scrollIntoView({ block: "nearest" });
  }, [index]);

  const choose = async (choice: Choice | undefined) => {
    if (!choice) return;
    const isDone = await run(async () => {
      if (choice.kind === "person") {
        const room = await roomsApi(chat.ask).converse([choice.person.id]);
        chat.listed(room);
        go(room.room);
      } else {
        go(choice.room.room);
      }
    });
    if (!isDone) return;
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const move = MOVES[event.key];
    if (move !== undefined && choices.length > 0) {
      event.preventDefault();
      active.value = (index + move + choices.length) % choices.length;
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(choices[index]);
    }
  };

  return (
    <Dialog title="Switch to" close={close} class="tall top">
      <input
        type="text"
        role="combobox"
        autofocus
        placeholder="A room, or @somebody"
        aria-label="Switch to"
        aria-expanded={choices.length > 0}
        aria-controls="switcher-choices"
        aria-autocomplete="list"
        aria-activedescendant={choices[index] && idOf(choices[index])}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          active.value = 0;
        }}
        onKeyDown={onKeyDown}
      />
      <p class="problem" role="alert">{problem.value}</p>
      <ul
        id="switcher-choices"
        class="choice-list"
        role="listbox"
        aria-label="Rooms and people"
        ref={list}
      >
        {choices.map((choice, at) => (
          <li
            key={choice.key}
            id={idOf(choice)}
            role="option"
            aria-selected={at === index}
            onClick={() => choose(choice)}
          >
            <span class="choice-title">
              <ChoiceSign choice={choice} />
              <span class="room-name">{choice.title}</span>
              {choice.kind === "room" && choice.room.unread > 0 && !choice.room.muted && (
                <span class="count-badge">{unreadInWords(choice.room.unread)}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
      <p class="hint" role="status">
        {choices.length === 0 && "Nothing is called so."}
      </p>
    </Dialog>
  );
}

const MOVES: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };

function ChoiceSign({ choice }: { choice: Choice }) {
  if (choice.kind === "person") return <Avatar user={choice.person} small />;
  const kind = choice.kind === "other" ? "public" : choice.room.kind;
  if (kind === "private") {
    return (
      <span class="sign">
        <Icon node={Lock} size={14} />
      </span>
    );
  }
  if (kind === "direct") {
    return (
      <span class="sign">
        <Icon node={MessagesSquare} size={14} />
      </span>
    );
  }
  return <span class="sign" aria-hidden="true">#</span>;
}

function idOf({ key }: Choice): string {
  return `choice-${key}`;
}

/** Public rooms of the server that fit; an empty text asks for none. */
function useOthers(chat: Chat, text: string): readonly PublicRoom[] {
  const find = async () => (await roomsApi(chat.ask).browse(text)).rooms;
  return useFound(text === "" ? undefined : find, [text]);
}
