import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Reactors } from "../../server/protocol.ts";
import { listOf } from "../names.ts";
import { readReactors } from "../reactors.ts";
import type { MenuProps } from "./overlays.ts";
import { Popover } from "./popover.tsx";

/** Milliseconds of quiet before it is asked for again: many may react at once. */
const PAUSE = 150;

/** Everybody who reacted to a message, as it stands while one looks. */
export function WhoReacted(props: MenuProps) {
  const { room, message: { seq } } = props;
  const found = useSignal<readonly Reactors[] | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const standing = room.at(seq)?.reactions;
  useEffect(() => {
    let isOver = false;
    const timer = setTimeout(() => {
      (standing ? readReactors(room.id, seq) : Promise.resolve([])).then((reactors) => {
        if (!isOver) [found.value, problem.value] = [reactors, undefined];
      }, (error: Error) => {
        if (!isOver) problem.value = error.message;
      });
    }, found.peek() ? PAUSE : 0);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [standing]);
  // A popover finds its place once, by what is in it.
  if (!found.value && !problem.value) return null;
  return <List {...props} found={found.value ?? []} problem={problem.value} />;
}

interface ListProps extends MenuProps {
  found: readonly Reactors[];
  problem: string | undefined;
}

function List({ room, self, anchor, close, found, problem }: ListProps) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => list.current!.focus(), []);
  const nameOf = ({ id, name }: { id: string; name: string }) =>
    id === self.id ? "You" : room.nameOf(id) ?? name;
  return (
    <Popover class="popover who-reacted" anchor={anchor} close={close}>
      <div ref={list} role="dialog" aria-label="Who reacted" tabindex={-1}>
        <p class="problem" role="alert">{problem}</p>
        <p class="hint" role="status">
          {found.length === 0 && !problem && "Nobody has reacted."}
        </p>
        <ul>
          {found.map(({ emoji, count, people }) => (
            <li key={emoji}>
              <span class="emoji">{emoji}</span>
              <span class="count">{count.toLocaleString()}</span>
              <span class="names">{listOf(people.map(nameOf), count - people.length)}</span>
            </li>
          ))}
        </ul>
      </div>
    </Popover>
  );
}
