import PinOff from "lucide/dist/esm/icons/pin-off.mjs";
import { useEffect, useMemo } from "preact/hooks";
import type { Message } from "../../server/protocol.ts";
import { namedToday } from "../mentions.ts";
import type { Room } from "../model.ts";
import { Pins, pinsAt } from "../pins.ts";
import { rightsOn } from "../rights.ts";
import { goToMessage, permalink } from "../route.ts";
import { fullTimeOf } from "../times.ts";
import { Dialog } from "./dialog.tsx";
import type { DialogProps } from "./dialogs.ts";
import { IconButton } from "./icon_button.tsx";

/** Characters of a message in the list. */
const SHOWN = 300;

/** What is pinned in a room, the last pinned first; each leads to its place. */
export function PinsDialog({ chat, room, close }: DialogProps) {
  const pins = useMemo(() => new Pins(pinsAt(location.origin, room!.id)), [room]);
  useEffect(() => {
    pins.read();
    return room!.onChange((event) => pins.change(event));
  }, [pins]);
  const self = chat.user.value;
  if (!self) return null;
  // What one has just taken off is off.
  const isOff = ({ seq }: Message) =>
    room!.changes.value.some(({ state, change }) =>
      state === "pending" && change!.target === seq && change!.type === "pin" && !change!.on
    );
  const shown = pins.messages.value?.filter((message) => !isOff(message));
  return (
    <Dialog title="Pinned messages" close={close}>
      <p class="problem" role="alert">{pins.problem.value}</p>
      <p class="hint" role="status">
        {shown?.length === 0 &&
          "Nothing is pinned. Pin a message from its menu, and everybody finds it here."}
      </p>
      <ul class="pins">
        {shown?.map((message) => (
          <li key={message.seq}>
            <PinnedMessage room={room!} message={message} />
            {rightsOn(message, room!.about.value, self, Date.now()).post && (
              <IconButton
                icon={PinOff}
                label={`Unpin the message of ${message.user.name}`}
                onClick={() => room!.pin(message.seq, false)}
              />
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function PinnedMessage({ room, message }: { room: Room; message: Message }) {
  const { seq, user, timestamp } = message;
  return (
    <a
      href={permalink(room.id, seq)}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        event.currentTarget.closest("dialog")!.close();
        goToMessage(room.id, seq);
      }}
    >
      <span class="author">
        <span class="name">{room.nameOf(user.id) ?? user.name}</span>
        <time class="time" dateTime={new Date(timestamp).toISOString()}>
          {fullTimeOf(timestamp)}
        </time>
      </span>
      <span class="snippet">{namedToday(message, room.nameOf).slice(0, SHOWN)}</span>
    </a>
  );
}
