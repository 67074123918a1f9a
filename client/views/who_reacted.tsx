import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Reactors } from "../../server/protocol.ts";
import { listOf } from "../names.ts";
import { readReactors } from "../reactors.ts";
import type { MenuProps } from "./overlays.ts";
import { Popover } from "./popover.tsx";
import { useRequest } from "./use_request.ts";

/** Everybody who reacted to a message, as it stands while one looks. */
export function WhoReacted({ room, message, self, anchor, close }: MenuProps) {
  const { seq } = message;
  const found = useSignal<readonly Reactors[] | undefined>(undefined);
  const { problem, run } = useRequest();
  const list = useRef<HTMLDivElement>(null);
  const standing = room.at(seq)?.reactions;
  useEffect(() => list.current!.focus(), []);
  useEffect(() => {
    run(async () => found.value = standing ? await readReactors(room.id, seq) : []);
  }, [standing]);
  const nameOf = ({ id, name }: { id: string; name: string }) =>
    id === self.id ? "You" : room.nameOf(id) ?? name;
  return (
    <Popover class="popover who-reacted" anchor={anchor} close={close}>
      <div ref={list} role="dialog" aria-label="Who reacted" tabindex={-1}>
        <p class="problem" role="alert">{problem.value}</p>
        <p class="hint" role="status">{found.value?.length === 0 && "Nobody has reacted."}</p>
        <ul>
          {found.value?.map(({ emoji, count, people }) => (
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
