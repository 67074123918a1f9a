/** What could not be sent or done: why, and what is possible now. */

import type { Outgoing, Room } from "../model.ts";

interface Props {
  room: Room;
  outgoing: Outgoing;
}

/** A message that was not sent. */
export function FailedMessage(
  { room, outgoing, onEdit }: Props & { onEdit: (id: string) => void },
) {
  const { id, reason, retryable } = outgoing;
  return (
    <p class="delivery problem" role="alert">
      <span>{reason ? `Not sent. ${reason}` : "Not sent."}</span>
      {retryable !== false && <button type="button" onClick={() => room.retry(id)}>Retry</button>}
      <button type="button" onClick={() => onEdit(id)}>Edit</button>
      <button type="button" onClick={() => room.discard(id)}>Discard</button>
    </p>
  );
}

/** Something that was not done with a message. */
export function FailedChange({ room, outgoing }: Props) {
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
