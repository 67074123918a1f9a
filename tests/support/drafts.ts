/** Drafts for the store that nobody has sent yet, each with an id of its own; what matters is given. */

import type { Member, RoomRole, SettingsChange, User } from "../../server/protocol.ts";
import type {
  ChatDraft,
  DeleteDraft,
  Draft,
  EditDraft,
  MemberDraft,
  PinDraft,
  ReactDraft,
  RoomDraft,
  Store,
} from "../../server/store.ts";
import type { Clock } from "./clock.ts";

/** Somebody of this name; `Ada` is `user-ada`. */
export function person(name: string): User {
  return { id: `user-${name.toLowerCase()}`, name };
}

export const ADA = person("Ada");
export const BOB = person("Bob");
export const CLEO = person("Cleo");

/** What every draft has: Ada's, in the lobby. */
function common(): Pick<Draft, "room" | "user" | "id"> {
  return { room: "lobby", user: { ...ADA }, id: crypto.randomUUID() };
}

/** A message. `name` and `userId` are those of its author. */
export function draft(
  given: Partial<ChatDraft> & { name?: string; userId?: string } = {},
): ChatDraft {
  const { name = ADA.name, userId = ADA.id, ...rest } = given;
  return { type: "chat", ...common(), user: { id: userId, name }, message: "hello", ...rest };
}

export function edit(target: number, given: Partial<EditDraft> = {}): EditDraft {
  return { type: "edit", ...common(), target, message: "changed", ...given };
}

export function deletion(target: number, given: Partial<DeleteDraft> = {}): DeleteDraft {
  return { type: "delete", ...common(), target, ...given };
}

export function reaction(target: number, given: Partial<ReactDraft> = {}): ReactDraft {
  return { type: "react", ...common(), target, emoji: "👍", on: true, ...given };
}

export function pin(target: number, given: Partial<PinDraft> = {}): PinDraft {
  return { type: "pin", ...common(), target, on: true, ...given };
}

/** A change of a room's settings, or with `created` its beginning. */
export function roomDraft(settings: SettingsChange, given: Partial<RoomDraft> = {}): RoomDraft {
  return { type: "room", ...common(), settings, ...given };
}

/** The beginning of a conversation between people, the first of whom begins it. */
export function conversation(room: string, people: readonly User[]): RoomDraft {
  return roomDraft({}, {
    room,
    user: people[0]!,
    created: "direct",
    members: people.map((user) => memberAs(user, "member")),
  });
}

export function memberAs(user: User, role: RoomRole): Member {
  return { user, role };
}

export function membership(
  member: User,
  role: RoomRole | null,
  given: Partial<MemberDraft> = {},
): MemberDraft {
  return { type: "member", ...common(), member, role, ...given };
}

/** Says `count` messages, `m1`, `m2` …, one second apart on the given clock. */
export async function talk(
  store: Store,
  clock: Clock,
  count: number,
  room = "lobby",
): Promise<void> {
  for (let number = 1; number <= count; number++) {
    await store.append(draft({ room, message: `m${number}` }));
    clock.time += 1_000;
  }
}
