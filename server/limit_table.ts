/** Every limit with its default, and how the command line changes them. */

import { UsageError } from "./errors.ts";
import { LIMITS, type Limits } from "./protocol.ts";

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
export const LIMIT_TABLE = {
  "messages-per-second": rate(20, 1, 10, "You are writing too fast."),
  "address-messages-per-second": rate(500, 1, 10, "Too many messages come from your network."),
  "typing-per-second": rate(5, 1, 4, "Too many typing signals."),
  "signals-per-second": rate(20, 1, 10, "Too many signals of what you read and watch."),
  "joins-per-second": rate(20, 1, 20, "You are entering rooms too fast."),
  "additions-per-hour": rate(100, 3_600, 3, "You are adding too many people."),
  "address-additions-per-hour": rate(
    1_000,
    3_600,
    2,
    "Too many people are added from your network.",
  ),
  "searches-per-second": rate(5, 1, 10, "You are searching too fast."),
  "address-searches-per-second": rate(40, 1, 5, "Too many searches come from your network."),
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

export type LimitName = keyof typeof LIMIT_TABLE;

/** The names of the limits of one kind. */
export type NameOf<Kind extends string> = {
  [Name in LimitName]: (typeof LIMIT_TABLE)[Name]["kind"] extends Kind ? Name : never;
}[LimitName];

/** Every limit's value; 0 is off. */
export type LimitSettings = Readonly<Record<LimitName, number>>;

/** Every limit. */
export const LIMIT_NAMES = Object.keys(LIMIT_TABLE) as LimitName[];

/**
 * The defaults, changed by entries `name=number` in their order; `all=0` switches off every limit but the
 * sizes, which are part of the protocol. Throws `UsageError`.
 */
export function parseLimits(entries: readonly string[]): LimitSettings {
  const settings = Object.fromEntries(LIMIT_NAMES.map((name) => [name, LIMIT_TABLE[name].default]));
  for (const entry of entries) {
    const [, name, number] = /^([a-z-]+)=(\d{1,9})$/.exec(entry) ?? [];
    const isKnown = name === "all" ? Number(number) === 0 : Object.hasOwn(LIMIT_TABLE, name ?? "");
    if (name === undefined || !isKnown) {
      throw new UsageError(
        `A limit is given as name=number, not “${entry}”. ` +
          `The names are ${LIMIT_NAMES.join(", ")}; ` +
          "0 switches one off, and all=0 all but the sizes.",
      );
    }
    const changed = name === "all" ? LIMIT_NAMES.filter((one) => !isSize(one)) : [name];
    for (const one of changed) settings[one] = Number(number);
  }
  return settings as LimitSettings;
}

function isSize(name: LimitName): boolean {
  return LIMIT_TABLE[name].kind === "size";
}

/** Every limit with its default, for the help text. */
export function listLimits(): string[] {
  return LIMIT_NAMES.map((name) => `${name}=${LIMIT_TABLE[name].default}`);
}
