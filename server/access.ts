/** Whether somebody may do something in a room as it stands. Every command and request asks here. */

import type { Identity } from "./identity.ts";
import { type Act, may, permit } from "./permissions.ts";
import { Refusal } from "./protocol.ts";
import type { RoomState, RoomStates } from "./room_states.ts";

export class Access {
  constructor(private readonly states: RoomStates) {}

  /** The room, where somebody may do this there; else rejects with the refusal that fits. */
  async permit(who: Identity, act: Act, room: string): Promise<RoomState> {
    const known = this.states.of(room);
    // Not awaited where it is known: messages of one connection stay in their order either way.
    const state = known instanceof Promise ? await known : known;
    permit(who.grant, act, room, state.roles.get(who.user.id));
    if (act === "post" && state.settings.archived) {
      throw new Refusal("archived", "This room is archived. It can be read, but not written in.");
    }
    return state;
  }

  /** Whether somebody may do this. */
  async may(who: Identity, act: Act, room: string): Promise<boolean> {
    const { roles } = await this.states.of(room);
    return may(who.grant, act, room, roles.get(who.user.id));
  }
}
