/** The list of a room's members, in parts: a room of ten thousand is not told whole with every look at it. */

import { Refusal } from "./protocol.ts";
import type { RoomState } from "./room_states.ts";
import type { MemberRecord } from "./store.ts";
import { withoutAccents } from "./without_accents.ts";

/** Which of the members. */
export interface MemberQuery {
  /** Only those whose name has this text in it, whatever the case and accents. */
  search: string;
  /** Only those who came after the one with this id. */
  after?: string;
  limit: number;
}

/** Members in the order of their coming. */
export interface MemberPage {
  members: MemberRecord[];
  /** How many members the room has, found or not. */
  count: number;
  /** The `after` of the next page; absent at the end. */
  next?: string;
}

/** Rejects with `bad_cursor` where the member after whom the page is to begin has left. */
export function pageOfMembers(
  { members, roles, since }: RoomState,
  { search, after, limit }: MemberQuery,
): MemberPage {
  if (after !== undefined && !members.has(after)) {
    throw new Refusal("bad_cursor", "This member has left meanwhile. Read the list again.");
  }
  const wanted = withoutAccents(search);
  const page: MemberRecord[] = [];
  let hasBegun = after === undefined;
  let hasMore = false;
  for (const [id, user] of members) {
    if (hasBegun && withoutAccents(user.name).includes(wanted)) {
      hasMore = page.length === limit;
      if (hasMore) break;
      page.push({ user, role: roles.get(id)!, since: since.get(id)! });
    }
    hasBegun ||= id === after;
  }
  const last = page.at(-1)?.user.id;
  return {
    members: page,
    count: members.size,
    ...(hasMore && last !== undefined && { next: last }),
  };
}
