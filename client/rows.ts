/** What the message list shows, row by row: kept messages, then one's own that are on their way. */

import type { Message, SettingEvent, User } from "../server/protocol.ts";
import type { Outgoing } from "./model.ts";
import { isSameDay } from "./times.ts";

/** Messages of one author this close together are one group. */
const GROUP = 5 * 60_000;

/** One row. The key stays when an outgoing message becomes a kept one. */
export interface Row {
  key: string;
  user: User;
  timestamp: number;
  message: string;
  /** The position of the message that it answers. */
  replyTo?: number;
  /** The kept message, where it is one. */
  kept?: Message;
  /** The message on its way, where it is one. */
  outgoing?: Outgoing;
  /** What happened to the room itself between this message and the next. */
  notices?: readonly SettingEvent[];
}

/** How a row stands to the one before it. */
export interface Setting {
  startsDay: boolean;
  startsGroup: boolean;
  /** The first that came since the last visit. */
  isFirstNew: boolean;
}

/** The key of a kept message's row. */
export function keyOfMessage({ user, id }: Message): string {
  return `${user.id} ${id}`;
}

export function rowsOf(
  messages: readonly Message[],
  outgoing: readonly Outgoing[],
  self: User,
  notices: readonly SettingEvent[] = [],
): Row[] {
  const rows: Row[] = messages.map((kept) => ({
    key: keyOfMessage(kept),
    user: kept.user,
    timestamp: kept.timestamp,
    message: kept.message,
    ...(kept.replyTo === undefined ? {} : { replyTo: kept.replyTo }),
    kept,
  }));
  addNotices(rows, notices);
  for (const one of outgoing) {
    rows.push({
      key: `${self.id} ${one.id}`,
      user: self,
      timestamp: one.at,
      message: one.message,
      ...(one.replyTo === undefined ? {} : { replyTo: one.replyTo }),
      outgoing: one,
    });
  }
  return rows;
}

/** Both are in the order of the log. What came before the first loaded message is not shown. */
function addNotices(rows: Row[], notices: readonly SettingEvent[]): void {
  let end = rows.length;
  for (const notice of notices.toReversed()) {
    while (end > 0 && rows[end - 1]!.kept!.seq > notice.seq) end--;
    const row = rows[end - 1];
    if (!row) return;
    row.notices = [notice, ...row.notices ?? []];
  }
}

/**
 * The position of the first message by others that came since the last visit. Undefined where there is
 * none, or where what was seen before is not loaded.
 *
 * @param leftOff The last position seen before, 0 where nothing was.
 */
export function firstNewOf(
  messages: readonly Message[],
  leftOff: number,
  self: User,
): number | undefined {
  if (messages.length === 0 || messages[0]!.seq > leftOff) return undefined;
  return messages.find(({ seq, user }) => seq > leftOff && user.id !== self.id)?.seq;
}

/** `firstNew` is the position that `firstNewOf` found. */
export function settingOf(
  row: Row,
  before: Row | undefined,
  firstNew: number | undefined,
): Setting {
  const isFirstNew = firstNew !== undefined && row.kept?.seq === firstNew;
  const startsDay = before === undefined || !isSameDay(before.timestamp, row.timestamp);
  return {
    startsDay,
    isFirstNew,
    startsGroup: startsDay || isFirstNew || before.notices !== undefined ||
      before.user.id !== row.user.id ||
      before.user.name !== row.user.name || row.timestamp - before.timestamp > GROUP,
  };
}
