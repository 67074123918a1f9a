/** How much anybody may do: the one place where it is counted. Per node. */

import { type Buckets, LocalBuckets } from "./buckets.ts";
import { type Identity, isSignedIn } from "./identity.ts";
import {
  LIMIT_NAMES,
  LIMIT_TABLE,
  type LimitName,
  type LimitSettings,
  type NameOf,
} from "./limit_table.ts";
import { LIMITS, type Limits, Refusal } from "./protocol.ts";

/** Counts by key; what is at zero is forgotten. */
class Counter {
  readonly #counts = new Map<string, number>();

  constructor(private readonly most: number) {}

  /** Whether there was room for one more. */
  enter(key: string): boolean {
    const now = this.#counts.get(key) ?? 0;
    if (now >= this.most) return false;
    this.#counts.set(key, now + 1);
    return true;
  }

  leave(key: string): void {
    const now = this.#counts.get(key) ?? 0;
    if (now > 1) this.#counts.set(key, now - 1);
    else this.#counts.delete(key);
  }
}

/** Checks every limit. Each method throws a `Refusal` that names the limit and says when to try again. */
export class Limiter {
  /** The sizes, for parsers and for `welcome`. */
  readonly sizes: Limits;
  readonly #buckets = new Map<LimitName, Buckets>();
  readonly #counters = new Map<LimitName, Counter>();

  constructor(settings: LimitSettings) {
    const sizes: Limits = { ...LIMITS };
    for (const name of LIMIT_NAMES) {
      const limit = LIMIT_TABLE[name];
      const value = settings[name];
      if (limit.kind === "size") sizes[limit.field] = value || Number.MAX_SAFE_INTEGER;
      else if (value === 0) continue;
      else if (limit.kind === "count") this.#counters.set(name, new Counter(value));
      else {
        const holds = value * limit.burst;
        this.#buckets.set(name, new LocalBuckets(value / limit.per, Math.max(holds, 1)));
      }
    }
    this.sizes = Object.freeze(sizes);
  }

  /** Somebody says something. */
  message({ user, network }: Identity): void {
    this.#take("messages-per-second", user.id);
    this.#take("address-messages-per-second", network);
  }

  typing({ user }: Identity): void {
    this.#take("typing-per-second", user.id);
  }

  /** What is only about oneself: read positions, one's list, whose status one watches. */
  signal({ user }: Identity): void {
    this.#take("signals-per-second", user.id);
  }

  join({ user }: Identity): void {
    this.#take("joins-per-second", user.id);
  }

  /** Puts so many others into a room or a conversation, which they cannot refuse beforehand. */
  additions({ user, network }: Identity, people: number): void {
    for (let count = 0; count < people; count++) {
      this.#take("additions-per-hour", user.id);
      this.#take("address-additions-per-hour", network);
    }
  }

  /** Looks through all rooms or people, or through all members of a room. */
  search(who: Identity): void {
    if (isSignedIn(who)) this.#take("searches-per-second", who.user.id);
    this.#take("address-searches-per-second", who.network);
  }

  /** An attempt to sign in, or a token that was no good. */
  signIn(network: string): void {
    this.#take("sign-ins-per-minute", network);
  }

  request(network: string): void {
    this.#take("requests-per-second", network);
  }

  /**
   * Something that came over a connection is refused. An answer costs more than what it answers, so that
   * whoever goes on in spite of refusals is worth no more of them: the connection is then to end.
   */
  refusal({ network }: Identity): void {
    this.#take("refusals-per-second", network);
  }

  /** A connection opens. Returns what to call, once, when it is gone. */
  connect(network: string, userId: string | undefined): () => void {
    this.#enter("connections-per-address", network);
    try {
      if (userId !== undefined) this.#enter("connections-per-person", userId);
    } catch (error) {
      this.#leave("connections-per-address", network);
      throw error;
    }
    return () => {
      this.#leave("connections-per-address", network);
      if (userId !== undefined) this.#leave("connections-per-person", userId);
    };
  }

  /** One connection of a person enters a room; `leaveRoom` when it leaves. */
  enterRoom(userId: string): void {
    this.#enter("rooms-per-person", userId);
  }

  leaveRoom(userId: string): void {
    this.#leave("rooms-per-person", userId);
  }

  #take(name: NameOf<"rate">, key: string): void {
    const wait = this.#buckets.get(name)?.take(key) ?? 0;
    if (wait > 0) throw reached(name, wait);
  }

  #enter(name: NameOf<"count">, key: string): void {
    const counter = this.#counters.get(name);
    if (counter && !counter.enter(key)) throw reached(name, COUNT_RETRY);
  }

  #leave(name: NameOf<"count">, key: string): void {
    this.#counters.get(name)?.leave(key);
  }
}

/** Milliseconds after which somebody else may have made room. */
const COUNT_RETRY = 10_000;

function reached(name: NameOf<"rate" | "count">, retryAfter: number): Refusal {
  const { kind, sentence } = LIMIT_TABLE[name];
  const seconds = Math.ceil(retryAfter / 1_000);
  const advice = kind === "rate"
    ? ` Please try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`
    : "";
  return new Refusal("rate_limited", sentence + advice, retryAfter, { limit: name });
}
