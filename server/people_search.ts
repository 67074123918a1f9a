/** People as others find and see them: by name, by id, and whether they are here. */

import type { Directory } from "./directory.ts";
import type { Identity } from "./identity.ts";
import type { Limiter } from "./limits.ts";
import type { Person } from "./people.ts";
import type { PersonStatus, User } from "./protocol.ts";
import { mayBegin } from "./permissions.ts";
import type { Statuses, Watcher } from "./statuses.ts";

/** Somebody as others see them. */
export type PersonAbout = User & PersonStatus;

/** Only who may begin conversations may look for people and watch them. */
export class People {
  constructor(
    private readonly directory: Directory,
    private readonly statuses: Statuses,
    private readonly limiter: Limiter,
  ) {}

  /** People whose name has this text in it, the best first. */
  async search(who: Identity, text: string, limit: number): Promise<PersonAbout[]> {
    mayBegin(who);
    this.limiter.search(who);
    const found = await this.directory.search(text, limit);
    return found.map((person) => this.#about(person));
  }

  /** Those of the ids that are known. */
  async find(who: Identity, ids: readonly string[]): Promise<PersonAbout[]> {
    this.#mayLook(who);
    const found = new Map((await this.directory.find(ids)).map((person) => [person.id, person]));
    return ids.map((id) => found.get(id)).filter((person) => person !== undefined)
      .map((person) => this.#about(person));
  }

  /** Tells a connection how these people are, and what changes, in place of those before. */
  async watch(peer: Watcher & { identity: Identity }, ids: readonly string[]): Promise<void> {
    this.#mayLook(peer.identity);
    await this.statuses.watch(peer, ids);
  }

  /** A connection says whether anybody sits at its screen. */
  setAway(peer: Watcher & { identity: Identity }, away: boolean): void {
    this.limiter.signal(peer.identity);
    this.statuses.setAway(peer, away);
  }

  #mayLook(who: Identity): void {
    mayBegin(who);
    this.limiter.signal(who);
  }

  #about({ id, name, seen }: Person): PersonAbout {
    const status = this.statuses.of(id);
    return status === "offline" ? { id, name, status, seen } : { id, name, status };
  }
}
