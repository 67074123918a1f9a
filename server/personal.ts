/**
 * What concerns one person, whatever room their connections are in: a topic of the bus for each person
 * who is connected to this node.
 */

import type { Bus } from "./bus.ts";
import type { Identity } from "./identity.ts";
import type { Log } from "./log.ts";
import type { PersonalEvent } from "./protocol.ts";

/** Whatever listens on behalf of a signed-in person. */
export interface PersonalPeer {
  readonly identity: Identity;
  /** The person was taken out of a room, and may not hear anything of it from here on. */
  removed(room: string): void;
  /** Hands over what concerns the person. `frame` is its JSON array, encoded once for all. */
  personal(event: PersonalEvent, frame: string): void;
}

interface Person {
  peers: Set<PersonalPeer>;
  /** Resolves to the function that ends the subscription. */
  subscribed: Promise<() => Promise<void>>;
}

export class Personal {
  readonly #people = new Map<string, Person>();

  constructor(
    private readonly bus: Bus,
    private readonly log: Log,
  ) {}

  /** A connection of a signed-in person begins to hear what concerns them. */
  enter(peer: PersonalPeer): void {
    const { id } = peer.identity.user;
    const person = this.#people.get(id) ?? this.#open(id);
    person.peers.add(peer);
  }

  /** Idempotent. */
  leave(peer: PersonalPeer): void {
    const { id } = peer.identity.user;
    const person = this.#people.get(id);
    if (!person?.peers.delete(peer) || person.peers.size > 0) return;
    this.#people.delete(id);
    person.subscribed.then((end) => end()).catch((error) => this.#warn(id, error));
  }

  /** Tells all connections of a person, on every node. */
  tell(userId: string, event: PersonalEvent): void {
    this.bus.publish(topicOf(userId), { kind: "personal", event })
      .catch((error) => this.#warn(userId, error));
  }

  #open(id: string): Person {
    const subscribed = this.bus.subscribe(topicOf(id), (publication) => {
      if (publication.kind === "personal") this.#deliver(id, publication.event);
    });
    const person = { peers: new Set<PersonalPeer>(), subscribed };
    this.#people.set(id, person);
    return person;
  }

  #deliver(id: string, event: PersonalEvent): void {
    const frame = JSON.stringify([event]);
    for (const peer of [...this.#people.get(id)?.peers ?? []]) {
      if (event.type === "unlisted" && event.removed) peer.removed(event.room);
      peer.personal(event, frame);
    }
  }

  #warn(user: string, error: unknown): void {
    this.log.warn("a person was not told", { user, error: String(error) });
  }
}

function topicOf(userId: string): string {
  return `user:${userId}`;
}
