/** Conversations between people: one for each circle of people, begun by the first message to them. */

import type { Directory } from "./directory.ts";
import type { EventLog } from "./event_log.ts";
import type { Identity } from "./identity.ts";
import type { Limiter } from "./limits.ts";
import type { Lists } from "./lists.ts";
import { LIMITS, type Member, Refusal } from "./protocol.ts";
import type { RoomIds } from "./room_ids.ts";
import type { Store } from "./store.ts";
import { mayBegin } from "./permissions.ts";

export interface Begun {
  room: string;
  /** They had one already. */
  repeated: boolean;
}

export class Conversations {
  constructor(
    private readonly store: Store,
    private readonly directory: Directory,
    private readonly events: EventLog,
    private readonly lists: Lists,
    private readonly limiter: Limiter,
    private readonly ids: RoomIds,
  ) {}

  /**
   * The room of the conversation of somebody with these people, begun where there is none. With nobody
   * else it is for notes to oneself.
   */
  async with(who: Identity, userIds: readonly string[]): Promise<Begun> {
    mayBegin(who);
    const others = [...new Set(userIds)].filter((id) => id !== who.user.id);
    if (others.length >= LIMITS.peoplePerConversation) {
      throw new Refusal(
        "bad_command",
        `A conversation has at most ${LIMITS.peoplePerConversation} people. Create a private room.`,
      );
    }
    this.limiter.join(who);
    const known = await this.store.conversation([who.user.id, ...others]);
    if (known !== undefined) return { room: known, repeated: true };
    const people = await this.directory.find(others);
    if (people.length < others.length) {
      throw new Refusal("not_found", "One of these people is not known here.");
    }
    const members: Member[] = [who.user, ...people]
      .map(({ id, name }) => ({ user: { id, name }, role: "member" }));
    this.limiter.additions(who, others.length);
    const id = crypto.randomUUID();
    const { event, repeated } = await this.events.commit({
      type: "room",
      room: await this.ids.privateRoom(who.user.id, id),
      user: who.user,
      id,
      created: "direct",
      settings: {},
      members,
    });
    if (!repeated) {
      for (const { user } of members) await this.lists.tell(user.id, event.room);
    }
    return { room: event.room, repeated };
  }
}
