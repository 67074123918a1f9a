/** What happened to a room itself, in words. */

import type { MemberEvent, RoomEvent, RoomRole, SettingEvent } from "../server/protocol.ts";

/** One sentence, without a full stop: “Ann renamed the room to “Games””. */
export function noticeInWords(event: SettingEvent): string {
  return event.type === "member" ? memberInWords(event) : roomInWords(event);
}

const ROLES: Record<RoomRole, string> = {
  owner: "an owner",
  moderator: "a moderator",
  member: "a member",
  reader: "a reader",
};

function memberInWords({ user, member, role }: MemberEvent): string {
  const isOneself = user.id === member.id;
  if (role === null) return isOneself ? `${user.name} left` : `${user.name} removed ${member.name}`;
  return isOneself ? `${user.name} joined` : `${user.name} made ${member.name} ${ROLES[role]}`;
}

function roomInWords({ user, created, settings }: RoomEvent): string {
  if (created === "direct") return `${user.name} began the conversation`;
  if (created) return `${user.name} created the room`;
  const { title, topic, archived, editMinutes } = settings;
  const done = [
    title !== undefined && (title ? `renamed the room to “${title}”` : "took back its name"),
    topic !== undefined && (topic ? `changed the topic to “${topic}”` : "took back the topic"),
    archived !== undefined && (archived ? "archived the room" : "opened the room again"),
    editMinutes !== undefined && "changed for how long messages may be edited",
  ].filter((one) => one !== false);
  return `${user.name} ${done.join(", ")}`;
}
