/** Invites in memory, forgotten with the process. */

import { forgottenBefore, type Invite, type InviteRegistry, INVITES_LOOKED_AT } from "./invites.ts";
import type { User } from "./protocol.ts";
import type { MemberRecord } from "./store.ts";
import { Walk } from "./walk.ts";

/** No invites. `membersOf` tells who is in a room and by which invite they came. */
export function createMemoryInvites(
  membersOf: (room: string) => readonly (MemberRecord & { invite?: string })[],
  now: () => number,
): InviteRegistry {
  return new MemoryInvites(membersOf, now);
}

/** As it is kept; `revoked`: when, in milliseconds. */
interface Kept extends Invite {
  revoked?: number;
}

class MemoryInvites implements InviteRegistry {
  readonly #invites = new Map<string, Kept>();
  readonly #walk = new Walk(this.#invites);

  constructor(
    private readonly membersOf: (room: string) => readonly (MemberRecord & { invite?: string })[],
    private readonly now: () => number,
  ) {}

  // deno-lint-ignore require-await
  async create(invite: Invite): Promise<void> {
    this.#invites.set(invite.token, structuredClone(invite));
    const before = forgottenBefore(this.now());
    for (const [token, { expires, revoked }] of this.#walk.next(INVITES_LOOKED_AT)) {
      const isOver = revoked === undefined
        ? expires !== undefined && expires <= before.expired
        : revoked <= before.revoked;
      if (isOver) this.#invites.delete(token);
    }
  }

  // deno-lint-ignore require-await
  async find(token: string): Promise<Invite | undefined> {
    const found = this.#invites.get(token);
    return found && found.revoked === undefined ? inviteOf(found) : undefined;
  }

  // deno-lint-ignore require-await
  async list(room: string): Promise<Invite[]> {
    return [...this.#invites.values()]
      .filter(({ room: of, revoked }) => of === room && revoked === undefined)
      .sort((a, b) => b.created - a.created)
      .map(inviteOf);
  }

  // deno-lint-ignore require-await
  async revoke(token: string): Promise<void> {
    const found = this.#invites.get(token);
    if (found) found.revoked ??= this.now();
  }

  // deno-lint-ignore require-await
  async guests(token: string): Promise<User[]> {
    const room = this.#invites.get(token)?.room;
    if (room === undefined) return [];
    return this.membersOf(room).filter(({ invite }) => invite === token).map(({ user }) => user);
  }
}

function inviteOf({ revoked: _, ...invite }: Kept): Invite {
  return structuredClone(invite);
}
