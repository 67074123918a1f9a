/**
 * How much anybody may do: one table with every limit and its default, and the one place where they are
 * counted. Per node; `Buckets` is what nodes of a cluster would share.
 */

import { UsageError } from "./errors.ts";
import type { Identity } from "./identity.ts";
import { LIMITS, type Limits, Refusal } from "./protocol.ts";

/** So many in a time, and `burst` times as many at once after a while of quiet. */
interface Rate {
  kind: "rate";
  default: number;
  /** The time, in seconds. */
  per: number;
  burst: number;
  /** What a person is told who reaches it. */
  sentence: string;
}

/** So many at a time. */
interface Count {
  kind: "count";
  default: number;
  sentence: string;
}

/** A size that clients are told in `welcome` and that the parsers check. */
interface Size {
  kind: "size";
  default: number;
  field: keyof Limits;
}

const rate = (
  standard: number,
  per: number,
  burst: number,
  sentence: string,
): Rate => ({ kind: "rate", default: standard, per, burst, sentence });
const count = (standard: number, sentence: string): Count => ({
  kind: "count",
  default: standard,
  sentence,
});
const size = (field: keyof Limits): Size => ({ kind: "size", default: LIMITS[field], field });

/**
 * The defaults let a class or a team of 200 work behind one address, everybody with some tabs. An IPv6
 * address counts by its network of 64 bits, as one customer has all of it.
 */
const TABLE = {
  "messages-per-second": rate(20, 1, 10, "You are writing too fast."),
  "address-messages-per-second": rate(500, 1, 10, "Too many messages come from your network."),
  "typing-per-second": rate(5, 1, 4, "Too many typing signals."),
  "joins-per-second": rate(20, 1, 20, "You are entering rooms too fast."),
  "sign-ins-per-minute": rate(120, 60, 3, "Too many attempts to sign in from your network."),
  "requests-per-second": rate(500, 1, 10, "Too many requests come from your network."),
  "refusals-per-second": rate(100, 1, 10, "Too much of what your network sends is refused."),
  "connections-per-address": count(1_000, "Too many connections come from your network."),
  "connections-per-person": count(50, "You have too many connections open. Close some of them."),
  "rooms-per-person": count(1_000, "You are in too many rooms. Leave one first."),
  "rooms-per-connection": size("roomsPerConnection"),
  "message-bytes": size("messageBytes"),
  "frame-bytes": size("frameBytes"),
  "binary-bytes": size("binaryBytes"),
  "commands-per-frame": size("commandsPerFrame"),
  "commands-waiting": size("commandsWaiting"),
} as const satisfies Record<string, Rate | Count | Size>;

export type LimitName = keyof typeof TABLE;

type NameOf<Kind extends string> = {
  [Name in LimitName]: (typeof TABLE)[Name]["kind"] extends Kind ? Name : never;
}[LimitName];

/** Every limit's value; 0 is off. */
export type LimitSettings = Readonly<Record<LimitName, number>>;

const NAMES = Object.keys(TABLE) as LimitName[];

/**
 * The defaults, changed by entries `name=number` in their order; `all=0` switches off every limit but the
 * sizes, which are part of the protocol. Throws `UsageError`.
 */
export function parseLimits(entries: readonly string[]): LimitSettings {
  const settings = Object.fromEntries(NAMES.map((name) => [name, TABLE[name].default]));
  for (const entry of entries) {
    const [, name, number] = /^([a-z-]+)=(\d{1,9})$/.exec(entry) ?? [];
    const isKnown = name === "all" ? Number(number) === 0 : Object.hasOwn(TABLE, name ?? "");
    if (name === undefined || !isKnown) {
      throw new UsageError(
        `A limit is given as name=number, not “${entry}”. ` +
          `The names are ${NAMES.join(", ")}; 0 switches one off, and all=0 all but the sizes.`,
      );
    }
    const changed = name === "all" ? NAMES.filter((one) => !isSize(one)) : [name];
    for (const one of changed) settings[one] = Number(number);
  }
  return settings as LimitSettings;
}

function isSize(name: LimitName): boolean {
  return TABLE[name].kind === "size";
}

/** Every limit with its default, for the help text. */
export function listLimits(): string[] {
  return NAMES.map((name) => `${name}=${TABLE[name].default}`);
}

/** Buckets of one kind, one for each key, which fill at a steady rate. */
export interface Buckets {
  /** Takes one out. 0 where there was one, else the milliseconds until there is. */
  take(key: string): number;
}

/**
 * Buckets in memory. Of each only the time is kept at which it is full again (the “virtual scheduling” of
 * ATM's generic cell rate algorithm), and one that was not touched for as long as filling takes is full and
 * is forgotten: two generations of them take turns, so that nothing is ever searched through.
 */
export class LocalBuckets implements Buckets {
  /** Milliseconds that one takes to come back. */
  readonly #interval: number;
  /** Milliseconds that an empty bucket takes to be full. */
  readonly #filling: number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();
  #turned: number;

  /** @param now a clock that never goes back, in milliseconds */
  constructor(
    perSecond: number,
    holds: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#interval = 1_000 / perSecond;
    this.#filling = this.#interval * holds;
    this.#turned = now();
  }

  take(key: string): number {
    const now = this.now();
    if (now - this.#turned > this.#filling) this.#turn(now);
    const full = Math.max(this.#young.get(key) ?? this.#old.get(key) ?? 0, now) + this.#interval;
    const missing = full - now - this.#filling;
    // Sums of fractions are a little off.
    if (missing > 1e-6) return Math.ceil(missing);
    this.#young.set(key, full);
    return 0;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  #turn(now: number): void {
    this.#old = now - this.#turned > 2 * this.#filling ? new Map() : this.#young;
    this.#young = new Map();
    this.#turned = now;
  }
}

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
    for (const name of NAMES) {
      const limit = TABLE[name];
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

  join({ user }: Identity): void {
    this.#take("joins-per-second", user.id);
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
  const { kind, sentence } = TABLE[name];
  const seconds = Math.ceil(retryAfter / 1_000);
  const advice = kind === "rate"
    ? ` Please try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`
    : "";
  return new Refusal("rate_limited", sentence + advice, retryAfter, { limit: name });
}
