/** Whether somebody may do something in a room as it stands. Every command and request asks here. */

import type { Identity } from "./identity.ts";
import { type Act, may, permit } from "./permissions.ts";
import { Refusal } from "./protocol.ts";
import type { RoomState, RoomStates } from "./room_states.ts";

export class Access {
  constructor(private readonly states: RoomStates) {}

  /**
   * The room, where somebody may do this there; else throws or rejects with the refusal that fits. At once
   * where the room is known: this is asked with every message.
   */
  permit(who: Identity, act: Act, room: string): RoomState | Promise<RoomState> {
    const state = this.states.of(room);
    return state instanceof Promise
      ? state.then((state) => permitted(who, act, state))
      : permitted(who, act, state);
  }

  /** Whether somebody may do this. */
  async may(who: Identity, act: Act, room: string): Promise<boolean> {
    const { roles } = await this.states.of(room);
    return may(who.grant, act, room, roles.get(who.user.id));
  }
}

function permitted(who: Identity, act: Act, state: RoomState): RoomState {
  permit(who.grant, act, state.room, state.roles.get(who.user.id));
  if (act === "post" && state.settings.archived) {
    throw new Refusal("archived", "This room is archived. It can be read, but not written in.");
  }
  return state;
}
