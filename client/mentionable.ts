/** People who may be meant by a name in a room. */

import type { User } from "../server/protocol.ts";
import type { NamesSeen } from "./names_seen.ts";
import type { Room } from "./room.ts";

/** Those present first. Who is in a private room is not known of everybody who was seen elsewhere. */
export function mentionableIn({ about, messages, people }: Room, names: NamesSeen): User[] {
  const { kind, people: members = [] } = about.value;
  const authors = messages.value.map(({ user }) => user).reverse();
  const seen = kind === "public" ? names.people : [];
  const byId = new Map<string, User>();
  for (const user of [...people.value ?? [], ...members, ...authors, ...seen]) {
    if (!user.unverified && !byId.has(user.id)) {
      byId.set(user.id, { id: user.id, name: names.of(user.id) ?? user.name });
    }
  }
  return [...byId.values()];
}
