import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Message, User } from "../../server/protocol.ts";
import type { Room } from "../model.ts";
import { beginningOf } from "../shorten.ts";

/** Least milliseconds between two announcements. */
const INTERVAL = 2_000;
/** More than this at once are counted, not read out. */
const READ_OUT = 2;

/** Tells screen readers of new messages, politely: neither history nor a flood, nor one's own. */
export function Announcer({ room, self }: { room: Room; self: User }) {
  const words = useSignal("");
  const last = useRef(room.head.peek());
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useEffect(() => {
    const announce = () => {
      timer.current = undefined;
      const fresh = room.messages.peek()
        .filter(({ seq, user }) => seq > last.current && user.id !== self.id);
      last.current = room.head.peek();
      if (fresh.length > 0) words.value = inWords(fresh);
    };
    const stop = room.head.subscribe((head) => {
      // Joining brings history; only what comes after it is news.
      if (last.current === 0 || room.loading.peek()) last.current = head;
      else if (head > last.current) timer.current ??= setTimeout(announce, INTERVAL);
    });
    return () => {
      stop();
      clearTimeout(timer.current);
    };
  }, [room]);

  return <div class="visually-hidden" aria-live="polite">{words.value}</div>;
}

function inWords(messages: readonly Message[]): string {
  return messages.length > READ_OUT
    ? `${messages.length} new messages`
    : messages.map(({ user, message }) => `${user.name}: ${message.slice(0, beginningOf(message))}`)
      .join(". ");
}
