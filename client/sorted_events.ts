/** The events of one frame, by whom they concern. */

import type { LogEvent, PersonalEvent, ServerEvent } from "../server/protocol.ts";

export interface SortedEvents {
  /** In the order in which they came. */
  byRoom: Map<string, ServerEvent[]>;
  /** What concerns the reader on all devices. */
  personal: PersonalEvent[];
  others: ServerEvent[];
}

/** Frames are nearly always of one room; others are taken apart. */
export function sorted(events: readonly ServerEvent[]): SortedEvents {
  const byRoom = new Map<string, ServerEvent[]>();
  const personal: PersonalEvent[] = [];
  const others: ServerEvent[] = [];
  for (const event of events) {
    if (isPersonal(event)) personal.push(event);
    else if (event.type === "error" || !("room" in event)) others.push(event);
    else {
      const same = byRoom.get(event.room);
      if (same) same.push(event);
      else byRoom.set(event.room, [event]);
    }
  }
  return { byRoom, personal, others };
}

/** The events of a room's log that an event is or brings. */
export function loggedIn(event: ServerEvent): readonly LogEvent[] {
  if (event.type === "joined") return event.events ?? [];
  return "seq" in event ? [event] : [];
}

function isPersonal(event: ServerEvent): event is PersonalEvent {
  return event.type === "listed" || event.type === "unlisted" || event.type === "read";
}
