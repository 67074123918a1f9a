import Pin from "lucide/dist/esm/icons/pin.mjs";
import { useState } from "preact/hooks";
import { EVERYBODY, type User } from "../../server/protocol.ts";
import type { Room } from "../model.ts";
import { rightsOn } from "../rights.ts";
import type { Row, Setting } from "../rows.ts";
import { beginningOf } from "../shorten.ts";
import { tombstoneOf } from "../tombstone.ts";
import { dayOf, fullTimeOf, shortTimeOf, timeOf } from "../times.ts";
import { Avatar } from "./avatar.tsx";
import { openDialog } from "./dialogs.ts";
import { Icon } from "./icon.tsx";
import { whatIsLoaded } from "./load_later.ts";
import { Quote } from "./quote.tsx";
import { Reactions } from "./reactions.tsx";
import { RoomNotice } from "./room_notice.tsx";
import { Text } from "./text.tsx";
import { useLater } from "./use_later.ts";

interface Props {
  row: Row;
  setting: Setting;
  room: Room;
  self: User;
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
  { row, setting, room, self, isActive, isTarget, isWhole, onEdit, onWhole }: Props,
) {
  const { startsDay, startsGroup, isFirstNew } = setting;
  const later = whatIsLoaded.value;
  const beginning = beginningOf(row.message);
  const end = isWhole ? undefined : beginning;
  const [isHovered, setHovered] = useState(false);
  const classes = ["message", startsGroup ? "starts-group" : "", isTarget ? "target" : ""];
  if (row.outgoing) classes.push(row.outgoing.state);
  if (row.kept?.mentions?.some(({ id }) => id === self.id || id === EVERYBODY)) {
    classes.push("mentions-self");
  }
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
        aria-label={labelOf(row, end, self, room)}
        onPointerEnter={() => setHovered(true)}
        onPointerLeave={() => setHovered(false)}
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
          {row.kept?.pinned && (
            <p class="pinned">
              <Icon node={Pin} size={12} /> Pinned
            </p>
          )}
          {row.replyTo !== undefined && <Quote room={room} seq={row.replyTo} isActive={isActive} />}
          <Body row={row} end={end} self={self} room={room} />
          {beginning !== undefined && (
            <button
              type="button"
              class="whole"
              onClick={() => onWhole(!isWhole)}
            >
              {isWhole ? "Show less" : "Show more"}
            </button>
          )}
          {row.kept?.reactions && (
            <Reactions
              room={room}
              seq={row.kept.seq}
              reactions={row.kept.reactions}
              self={self}
              disabled={!rightsOn(row.kept, room.about.value, self, Date.now()).post}
              isActive={isActive}
            />
          )}
          {row.outgoing && <Delivery row={row} room={room} onEdit={onEdit} />}
          {row.kept && room.changes.value.length > 0 && (
            <FailedChanges room={room} seq={row.kept.seq} />
          )}
        </div>
        {later && row.kept && !row.kept.deleted && (
          <later.MessageActions
            room={room}
            message={row.kept}
            self={self}
            isActive={isActive}
            isHovered={isHovered}
          />
        )}
      </article>
      {row.notices?.map((event) => <RoomNotice key={event.seq} event={event} />)}
    </div>
  );
}

function Author({ row }: { row: Row }) {
  return (
    <div class="author">
      <button
        type="button"
        class="name plain"
        // Along the messages go the arrows; the people panel has everybody for the keyboard.
        tabindex={-1}
        onClick={() => openDialog("person", undefined, row.user)}
      >
        {row.user.name}
      </button>
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

function Body(
  { row, end, self, room }: Pick<Props, "row" | "self" | "room"> & { end: number | undefined },
) {
  const { kept } = row;
  if (kept?.deleted) {
    return <p class="text note">{tombstoneOf(kept, self.id, room.nameOf)}</p>;
  }
  if (kept?.bytes !== undefined) return <p class="text note">{row.message}</p>;
  return (
    <p class="text" dir="auto">
      <Text
        text={row.message}
        end={end}
        mentions={kept?.mentions}
        self={self}
        nameOf={room.nameOf}
      />
      {kept?.edited !== undefined && (
        <span class="edited" title={fullTimeOf(kept.edited)}>(edited)</span>
      )}
    </p>
  );
}

/** What one wanted to do with a message and could not. */
function FailedChanges({ room, seq }: { room: Room; seq: number }) {
  const failed = room.changes.value
    .filter(({ change, state }) => state === "failed" && change!.target === seq);
  const later = useLater(failed.length > 0);
  return (
    <>
      {later &&
        failed.map((outgoing) => (
          <later.FailedChange key={outgoing.id} room={room} outgoing={outgoing} />
        ))}
    </>
  );
}

/** How far an own message is, and what can be done where it got stuck. */
function Delivery({ row, room, onEdit }: Pick<Props, "row" | "room" | "onEdit">) {
  const isPending = row.outgoing!.state === "pending";
  const later = useLater(!isPending);
  if (isPending) {
    return room.isOnline.value
      ? <p class="delivery">Sending…</p>
      : <p class="delivery waiting">Waiting for the connection…</p>;
  }
  return later
    ? <later.FailedMessage room={room} outgoing={row.outgoing!} onEdit={onEdit} />
    : null;
}

/** What a screen reader says of a message. */
function labelOf(row: Row, end: number | undefined, self: User, { nameOf }: Room): string {
  const text = row.kept?.deleted
    ? tombstoneOf(row.kept, self.id, nameOf)
    : row.message.slice(0, end);
  const marks = [row.kept?.edited && "edited", row.kept?.pinned && "pinned"].filter(Boolean);
  return `${[row.user.name, timeOf(row.timestamp), ...marks].join(", ")}: ${text}`;
}

function iso(row: Row): string {
  return new Date(row.timestamp).toISOString();
}
