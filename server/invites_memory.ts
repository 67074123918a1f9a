/** Invites in memory, forgotten with the process. */

import type { Invite, InviteRegistry } from "./invites.ts";
import type { User } from "./protocol.ts";
import type { MemberRecord } from "./store.ts";

/** No invites. `membersOf` tells who is in a room and by which invite they came. */
export function createMemoryInvites(
  membersOf: (room: string) => readonly (MemberRecord & { invite?: string })[],
): InviteRegistry {
  return new MemoryInvites(membersOf);
}

class MemoryInvites implements InviteRegistry {
  readonly #invites = new Map<string, Invite & { isRevoked: boolean }>();

  constructor(
    private readonly membersOf: (room: string) => readonly (MemberRecord & { invite?: string })[],
  ) {}

  // deno-lint-ignore require-await
  async create(invite: Invite): Promise<void> {
    this.#invites.set(invite.token, { ...structuredClone(invite), isRevoked: false });
  }

  // deno-lint-ignore require-await
  async find(token: string): Promise<Invite | undefined> {
    const found = this.#invites.get(token);
    return found && !found.isRevoked ? inviteOf(found) : undefined;
  }

  // deno-lint-ignore require-await
  async list(room: string): Promise<Invite[]> {
    return [...this.#invites.values()]
      .filter((invite) => invite.room === room && !invite.isRevoked)
      .sort((a, b) => b.created - a.created)
      .map(inviteOf);
  }

  // deno-lint-ignore require-await
  async revoke(token: string): Promise<void> {
    const found = this.#invites.get(token);
    if (found) found.isRevoked = true;
  }

  // deno-lint-ignore require-await
  async guests(token: string): Promise<User[]> {
    const room = this.#invites.get(token)?.room;
    if (room === undefined) return [];
    return this.membersOf(room).filter(({ invite }) => invite === token).map(({ user }) => user);
  }
}

function inviteOf({ isRevoked: _, ...invite }: Invite & { isRevoked: boolean }): Invite {
  return structuredClone(invite);
}
