import { Link as LinkIcon } from "lucide";
import { useState } from "preact/hooks";
import type { Room } from "../model.ts";
import type { Row, Setting } from "../rows.ts";
import { beginningOf } from "../shorten.ts";
import { dayOf, fullTimeOf, shortTimeOf, timeOf } from "../times.ts";
import { Avatar } from "./avatar.tsx";
import { Icon } from "./icon.tsx";
import { copyLink } from "./copy_link.ts";
import { Text } from "./text.tsx";

interface Props {
  row: Row;
  setting: Setting;
  room: Room;
  /** The row that the keyboard is on. */
  isActive: boolean;
  /** The row that a permalink led to. */
  isTarget: boolean;
  /** A very long message is shown to its end. */
  isWhole: boolean;
  onEdit: (id: string) => void;
  /** The reader asks for the whole message, or has had enough of it. */
  onWhole: (isWhole: boolean) => void;
}

/** One message, with the separators that come before it. */
export function MessageRow(
  { row, setting, room, isActive, isTarget, isWhole, onEdit, onWhole }: Props,
) {
  const { startsDay, startsGroup, isFirstNew } = setting;
  const beginning = beginningOf(row.message);
  const end = isWhole ? undefined : beginning;
  const classes = ["message", startsGroup ? "starts-group" : "", isTarget ? "target" : ""];
  if (row.outgoing) classes.push(row.outgoing.state);
  return (
    <div class="row" data-key={row.key}>
      {startsDay && (
        <div class="separator day" role="separator">
          <span>{dayOf(row.timestamp, Date.now())}</span>
        </div>
      )}
      {isFirstNew && (
        <div class="separator new" role="separator">
          <span>New</span>
        </div>
      )}
      <article
        class={classes.join(" ")}
        tabindex={isActive ? 0 : -1}
        data-message={row.key}
        aria-label={`${row.user.name}, ${timeOf(row.timestamp)}: ${row.message.slice(0, end)}`}
      >
        <div class="margin">
          {startsGroup
            ? <Avatar user={row.user} />
            : (
              <time class="time" dateTime={iso(row)} title={fullTimeOf(row.timestamp)}>
                {shortTimeOf(row.timestamp)}
              </time>
            )}
        </div>
        <div class="content">
          {startsGroup && <Author row={row} />}
          <Body row={row} end={end} />
          {beginning !== undefined && (
            <button
              type="button"
              class="whole"
              onClick={() => onWhole(!isWhole)}
            >
              {isWhole ? "Show less" : "Show more"}
            </button>
          )}
          {row.outgoing && <Delivery row={row} room={room} onEdit={onEdit} />}
        </div>
        {row.kept && <Actions room={room} seq={row.kept.seq} isActive={isActive} />}
      </article>
    </div>
  );
}

function Author({ row }: { row: Row }) {
  return (
    <div class="author">
      <span class="name">{row.user.name}</span>
      {row.user.unverified && (
        <span class="badge" title="Nobody has checked that this name belongs to this person.">
          guest
        </span>
      )}
      <time class="time" dateTime={iso(row)} title={fullTimeOf(row.timestamp)}>
        {timeOf(row.timestamp)}
      </time>
    </div>
  );
}

function Body({ row, end }: { row: Row; end: number | undefined }) {
  if (row.kept?.bytes !== undefined) return <p class="text note">{row.message}</p>;
  return (
    <p class="text" dir="auto">
      <Text text={row.message} end={end} />
    </p>
  );
}

/** How far an own message is, and what can be done where it got stuck. */
function Delivery({ row, room, onEdit }: Pick<Props, "row" | "room" | "onEdit">) {
  const { id, state, reason, retryable } = row.outgoing!;
  if (state === "pending") {
    return room.isOnline.value
      ? <p class="delivery">Sending…</p>
      : <p class="delivery waiting">Waiting for the connection…</p>;
  }
  return (
    <p class="delivery problem" role="alert">
      <span>{reason ? `Not sent. ${reason}` : "Not sent."}</span>
      {retryable !== false && <button type="button" onClick={() => room.retry(id)}>Retry</button>}
      <button type="button" onClick={() => onEdit(id)}>Edit</button>
      <button type="button" onClick={() => room.discard(id)}>Discard</button>
    </p>
  );
}

function Actions({ room, seq, isActive }: { room: Room; seq: number; isActive: boolean }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (event: Event) => {
    setCopied(await copyLink(room.id, seq, event.currentTarget as HTMLElement));
    setTimeout(() => setCopied(false), 1_500);
  };
  const label = isCopied ? "Copied" : "Copy link to this message";
  return (
    <div class="actions">
      <button
        type="button"
        class="icon-button"
        tabindex={isActive ? 0 : -1}
        aria-label={label}
        title={label}
        onClick={copy}
      >
        <Icon node={LinkIcon} size={16} />
        {isCopied && <span class="tip">Copied</span>}
      </button>
    </div>
  );
}

function iso(row: Row): string {
  return new Date(row.timestamp).toISOString();
}
