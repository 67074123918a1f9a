import type { Outgoing, Room } from "../model.ts";

/** One thing that could not be done with a message: why, and what is possible now. */
export function FailedChange({ room, outgoing }: { room: Room; outgoing: Outgoing }) {
  const { id, change, reason, retryable } = outgoing;
  return (
    <p class="delivery problem" role="alert">
      <span>{`${UNDONE[change!.type]} ${reason ?? ""}`.trim()}</span>
      {retryable !== false && <button type="button" onClick={() => room.retry(id)}>Retry</button>}
      <button type="button" onClick={() => room.discard(id)}>Dismiss</button>
    </p>
  );
}

const UNDONE = {
  edit: "Not changed.",
  delete: "Not deleted.",
  react: "Not reacted.",
  pin: "Not pinned.",
} as const;
