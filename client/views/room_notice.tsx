import type { SettingEvent } from "../../server/protocol.ts";
import { useLater } from "./use_later.ts";

/** What happened to the room itself. It has its line before it has its words: nothing moves. */
export function RoomNotice({ event }: { event: SettingEvent }) {
  const later = useLater(true);
  return <p class="room-notice">{later ? later.noticeInWords(event) : NO_BREAK_SPACE}</p>;
}

const NO_BREAK_SPACE = "\u00a0";
