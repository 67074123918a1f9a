import { useRef, useState } from "preact/hooks";
import type { Reaction, Reactors, User } from "../../server/protocol.ts";
import type { Room } from "../model.ts";
import { listOf } from "../names.ts";
import { loadLater } from "./load_later.ts";

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

/** What people put on a message; a click joins in, or takes one's own off. */
export function Reactions({ room, seq, reactions, self, disabled, isActive }: Props) {
  const reactors = useReactors(room, seq, reactions);
  return (
    <div class="reactions" onPointerEnter={reactors.ask} onFocusCapture={reactors.ask}>
      {reactions.map((reaction) => {
        const { emoji, count, mine = false } = reaction;
        const people = reaction.people ?? reactors.of(emoji) ?? [];
        const names = people.filter(({ id }) => id !== self.id)
          .map(({ id, name }) => room.nameOf(id) ?? name);
        const words = inWords(reaction, names.slice(0, NAMED));
        const unnamed = count === 1 ? "person" : "people";
        return (
          <button
            key={emoji}
            type="button"
            class="reaction"
            tabindex={isActive ? 0 : -1}
            disabled={disabled}
            aria-pressed={mine}
            title={words ?? `${count.toLocaleString()} ${unnamed}`}
            onClick={() => room.react(seq, emoji, !mine)}
          >
            <span class="emoji">{emoji}</span>
            <span class="count">{count.toLocaleString()}</span>
            <span class="visually-hidden">{words ?? unnamed}</span>
          </button>
        );
      })}
    </div>
  );
}

/** At most so many names are spelt out. */
const NAMED = 12;

/** “You, Ada and 3 others”, undefined where nobody is known; names are without the reader's. */
function inWords({ count, mine }: Reaction, names: readonly string[]): string | undefined {
  const known = mine ? ["You", ...names] : names;
  return known.length > 0 ? listOf(known, count - known.length) : undefined;
}

/** Of many who reacted the page tells only how many; who they are is asked for when somebody looks. */
function useReactors(room: Room, seq: number, reactions: readonly Reaction[]) {
  const [found, setFound] = useState<Found>();
  const asked = useRef<readonly Reaction[] | undefined>(undefined);
  const ask = async () => {
    if (asked.current === reactions || reactions.every(({ people }) => people)) return;
    asked.current = reactions;
    const later = await loadLater();
    const reactors = await later?.readReactors(room.id, seq).catch(() => undefined);
    // What could not be had is asked for when somebody looks again.
    if (reactors) setFound({ as: reactions, reactors });
    else asked.current = undefined;
  };
  const of = (emoji: string) =>
    found?.as === reactions
      ? found.reactors.find((each) => each.emoji === emoji)?.people
      : undefined;
  return { ask, of };
}

/** Who reacted, and what stood on the message then. */
interface Found {
  as: readonly Reaction[];
  reactors: readonly Reactors[];
}
