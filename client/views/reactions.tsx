import type { Reaction, User } from "../../server/protocol.ts";
import type { Room } from "../model.ts";
import { listOf } from "../names.ts";

interface Props {
  room: Room;
  seq: number;
  reactions: readonly Reaction[];
  self: User;
  /** One may not react here. */
  disabled: boolean;
  /** The keyboard is on this message. */
  isActive: boolean;
}

/** Who put which emoji on a message; a click joins in, or takes one's own off. */
export function Reactions({ room, seq, reactions, self, disabled, isActive }: Props) {
  return (
    <div class="reactions">
      {reactions.map(({ emoji, count, people }) => {
        const isOwn = people.some(({ id }) => id === self.id);
        const names = namesOf(people, count, self);
        return (
          <button
            key={emoji}
            type="button"
            class="reaction"
            tabindex={isActive ? 0 : -1}
            disabled={disabled}
            aria-pressed={isOwn}
            title={names}
            onClick={() => room.react(seq, emoji, !isOwn)}
          >
            <span class="emoji">{emoji}</span>
            <span class="count">{count.toLocaleString()}</span>
            <span class="visually-hidden">{names}</span>
          </button>
        );
      })}
    </div>
  );
}

/** At most so many names are spelt out. */
const NAMED = 12;

function namesOf(people: readonly User[], count: number, self: User): string {
  const others = people.filter(({ id }) => id !== self.id).map(({ name }) => name);
  const names = (others.length < people.length ? ["You", ...others] : others).slice(0, NAMED);
  return listOf(names, count - names.length);
}
