import { type Signal, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { EVERYBODY, type User } from "../../server/protocol.ts";
import {
  type MentionQuery,
  mentionQueryAt,
  mentionsOffered,
  OFFERED_MOST,
} from "../mention_query.ts";
import type { Room } from "../model.ts";
import { searchPeople } from "../people.ts";
import { Avatar } from "./avatar.tsx";
import { useFound } from "./use_found.ts";

export interface MentionListProps {
  field: HTMLTextAreaElement;
  caret: number;
  room: Room;
  self: User;
  text: Signal<string>;
  close: () => void;
}

/** People whose names begin with what stands between an `@` and the caret. */
export function MentionList(props: MentionListProps) {
  const { field, caret, text } = props;
  // The text and the caret change at once; what is drawn between belongs to neither.
  const query = text.value === field.value ? mentionQueryAt(text.value, caret) : undefined;
  return query ? <Offer {...props} query={query} /> : null;
}

function Offer(
  { field, room, self, text, close, query }: MentionListProps & { query: MentionQuery },
) {
  const found = usePeopleFound(room, query.name);
  const chosen = useSignal(0);
  const known = [...room.mentionable, ...found]
    .filter(({ id }, index, all) =>
      id !== self.id && all.findIndex((other) => other.id === id) === index
    );
  const { role } = room.about.value;
  const offered = mentionsOffered(query.name, known, role === "owner" || role === "moderator");
  const index = Math.min(chosen.value, offered.length - 1);

  const take = ({ name }: User) => {
    const before = `${text.value.slice(0, query.from)}@${name} `;
    text.value = field.value = before + text.value.slice(query.to).replace(/^ /, "");
    field.setSelectionRange(before.length, before.length);
    close();
  };

  const latest = useRef({ offered, index, take });
  latest.current = { offered, index, take };
  // As soon as it is drawn: a key that is pressed right then is meant for it.
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { offered, index, take } = latest.current;
      if (offered.length === 0 || event.isComposing || event.shiftKey) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) chosen.value = (index + step + offered.length) % offered.length;
      else if (event.key === "Enter" || event.key === "Tab") take(offered[index]!);
      else if (event.key === "Escape") close();
      else return void (chosen.value = 0);
      // The field does not send, and the page does not leave it.
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    field.addEventListener("keydown", onKeyDown, { capture: true });
    return () => field.removeEventListener("keydown", onKeyDown, { capture: true });
  }, [field]);

  const isOpen = offered.length > 0;
  useLayoutEffect(() => {
    if (!isOpen) return;
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", "mention-list");
    field.setAttribute("aria-activedescendant", `mention-${index}`);
    return () => {
      for (const name of ["autocomplete", "controls", "activedescendant"]) {
        field.removeAttribute(`aria-${name}`);
      }
    };
  }, [field, isOpen, index]);

  if (!isOpen) return null;
  return (
    <div class="mention-list" id="mention-list" role="listbox" aria-label="People">
      {offered.map((user, place) => (
        <div
          key={user.id}
          id={`mention-${place}`}
          role="option"
          aria-selected={place === index}
          // The field keeps the focus.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => take(user)}
        >
          {user.id === EVERYBODY
            ? <span class="everybody" aria-hidden="true">@</span>
            : <Avatar user={user} small />}
          <span class="name">{user.name}</span>
          {user.id === EVERYBODY && <span class="what">everybody in this room</span>}
        </div>
      ))}
    </div>
  );
}

/** People whom the server knows and who are not here; only where everybody may come in. */
function usePeopleFound(room: Room, name: string): readonly User[] {
  const isAsked = name !== "" && room.about.value.kind === "public";
  const find = async () => {
    const people = await searchPeople(location.origin, name, OFFERED_MOST);
    room.noteNames(people);
    return people;
  };
  return useFound(isAsked ? find : undefined, [room, name]);
}
