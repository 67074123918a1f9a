import X from "lucide/dist/esm/icons/x.mjs";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { User } from "../../server/protocol.ts";
import type { Chat, Room } from "../model.ts";
import { isPanelInPlace, isPeopleOpen } from "../panes.ts";
import { readPeople, selfFirst } from "../people.ts";
import { Avatar } from "./avatar.tsx";
import { openDialog } from "./dialogs.ts";
import { useFocusWithin } from "./focus.ts";
import { IconButton } from "./icon_button.tsx";
import { StatusDot, useShown } from "./status_dot.tsx";

/** How often the names of a large room are read while it changes, in milliseconds. */
const INTERVAL = 5_000;

interface Props {
  chat: Chat;
  room: Room;
  self: User;
}

/** Who is in the room now. */
export function People({ chat, room, self }: Props) {
  const element = useRef<HTMLElement>(null);
  useFocusWithin(element, isPanelInPlace.matches);
  const many = usePeopleOf(room);
  const known = room.people.value ?? many;
  const people = known.length > 0 ? selfFirst(known, self) : known;
  const watched = people.filter(({ unverified }) => !unverified);
  useShown(chat, watched, watched.map(({ id }) => id).join());
  const more = room.online.value - people.length;
  return (
    <aside class="people" aria-label="People" ref={element}>
      <header class="topbar">
        <h2>People</h2>
        <IconButton icon={X} label="Close" onClick={() => isPeopleOpen.value = false} />
      </header>
      <p class="hint">{room.online.value.toLocaleString()} online</p>
      <ul>
        {people.map((person) => (
          <li key={person.id}>
            <Avatar user={person} small />
            <StatusDot chat={chat} id={person.id} />
            <button
              type="button"
              class="person-name plain"
              title={person.name}
              onClick={() => openDialog("person", undefined, person)}
            >
              {person.name}
            </button>
            {person.id === self.id && <span class="badge">you</span>}
            {person.unverified && <span class="badge">guest</span>}
          </li>
        ))}
      </ul>
      {more > 0 && people.length > 0 && <p class="hint">and {more.toLocaleString()} more</p>}
    </aside>
  );
}

/** The people of a room that is too large for events to name them; read while the panel is open. */
function usePeopleOf(room: Room): readonly User[] {
  const people = useSignal<readonly User[]>([]);
  const isMany = room.people.value === null;
  useEffect(() => {
    if (!isMany) return;
    const read = () =>
      readPeople(location.origin, room.id).then((found) => people.value = found, () => {
        // The connection's own state tells the reader; the last names stay.
      });
    read();
    let told = room.online.peek();
    const timer = setInterval(() => {
      if (room.online.peek() === told) return;
      told = room.online.peek();
      read();
    }, INTERVAL);
    return () => clearInterval(timer);
  }, [room, isMany]);
  return people.value;
}
