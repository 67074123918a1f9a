import { X } from "lucide";
import type { Room } from "../model.ts";
import { isPeopleOpen } from "../panes.ts";
import { Avatar } from "./avatar.tsx";
import { IconButton } from "./icon_button.tsx";

interface Props {
  room: Room;
  selfId: string;
}

/** Who is in the room now. */
export default function People({ room, selfId }: Props) {
  const people = room.people.value;
  const more = room.online.value - people.length;
  return (
    <aside class="people" aria-label="People">
      <header class="topbar">
        <h2>People</h2>
        <IconButton icon={X} label="Close" onClick={() => isPeopleOpen.value = false} />
      </header>
      <p class="hint">{room.online.value} online</p>
      <ul>
        {people.map((person) => (
          <li key={person.id}>
            <Avatar user={person} small />
            <span class="person-name" title={person.name}>{person.name}</span>
            {person.id === selfId && <span class="badge">you</span>}
            {person.unverified && <span class="badge">guest</span>}
          </li>
        ))}
      </ul>
      {more > 0 && people.length > 0 && <p class="hint">and {more.toLocaleString()} more</p>}
    </aside>
  );
}
