/** What a room is, followed along its log. */

import type {
  RoomAbout,
  RoomRole,
  RoomSettings,
  SettingEvent,
  SettingsChange,
} from "../server/protocol.ts";

/** The room after an event. `selfId` is the reader's own. */
export function aboutAfter<About extends RoomAbout>(
  about: About,
  event: SettingEvent,
  selfId: string | undefined,
): About {
  if (event.type === "room") return withSettings(about, event.settings);
  if (event.member.id !== selfId) return about;
  const { role: _, ...rest } = about;
  return (event.role === null ? rest : { ...rest, role: event.role }) as About;
}

/** Of settings as they are wanted, with null for none, those that are not so already. */
export function changeOf(before: RoomSettings, wanted: SettingsChange): SettingsChange {
  const changed = Object.entries(wanted)
    .filter(([name, value]) => value !== (before[name as keyof RoomSettings] ?? null));
  return Object.fromEntries(changed);
}

/** What is not named stays, null clears. */
function withSettings<About extends RoomAbout>(about: About, change: SettingsChange): About {
  const settings = Object.entries({ ...about, ...change }).filter(([, value]) => value !== null);
  return Object.fromEntries(settings) as About;
}

/** Whether somebody of this role lets people in and out. */
export function mayModerate(role: RoomRole | undefined): boolean {
  return role === "owner" || role === "moderator";
}
