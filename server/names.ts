/**
 * Who may be called what. A name belongs to one session while it lives, and so does every name that
 * looks like it. Implementations of the registry: `names_memory.ts`, `names_sqlite.ts`. Both pass
 * `tests/contract/names.ts`.
 */

import { CONFUSABLES } from "./names_confusables.ts";
import { LIMITS, Refusal } from "./protocol.ts";
import { isLongerThan } from "./protocol_parse.ts";

/** A session's name, and until when (milliseconds) it is held unless it is claimed again. */
export interface Holder {
  /** The user id. */
  id: string;
  name: string;
  expires: number;
}

/** How many that have expired are forgotten, or looked for, with each claim. */
export const FORGOTTEN_AT_ONCE = 100;

/**
 * What an implementation keeps:
 *
 * - **One name for each holder, one holder for each exclusive name.** Two claims at the same moment of
 *   names that look alike: one of them gets it.
 * - **Durable as the store is**: what `claim` and `release` have resolved survives a restart where the
 *   messages do.
 * - What has expired is held by nobody, at once.
 * - Rejections are `Refusal`s: `storage_full`, `unavailable`.
 */
export interface NameRegistry {
  /**
   * Gives a holder the name, in place of the one before. Resolves to false, and nothing changes, where
   * somebody else holds one that looks alike; unless it is `shared`, as an application may have several
   * people of one name and answers for them: a shared name is held against others all the same.
   */
  claim(holder: Holder, options?: { shared: boolean }): Promise<boolean>;
  /** What somebody holds; undefined after `release` and after the expiry. */
  find(id: string): Promise<Holder | undefined>;
  /** Whether anybody but `id` holds a name that looks like this one. */
  isTaken(name: string, id?: string): Promise<boolean>;
  /** Frees a holder's name. Idempotent. */
  release(id: string): Promise<void>;
}

/**
 * What a name looks like: two names look alike where they have a key in common. The first key is how it
 * looks as written, the second how it looks in small letters, where that differs: “lan” and “Ian” are
 * alike as written, “ian” and “IAN” but for case.
 */
export function keysOf(name: string): string[] {
  return [...new Set([skeleton(name), skeleton(name.normalize("NFKD").toLowerCase())])];
}

/** The steps of UTS 39, and case, spaces and what shows nothing make no difference. */
function skeleton(text: string): string {
  let prototypes = "";
  for (const character of text.normalize("NFKD")) {
    prototypes += lookAlikes().get(character) ?? character;
  }
  return prototypes.toLowerCase().replace(
    /[\p{White_Space}\p{Default_Ignorable_Code_Point}]/gu,
    "",
  );
}

let table: Map<string, string> | undefined;

/** Character → what it looks like. Read when the first name comes, not at every start. */
function lookAlikes(): Map<string, string> {
  if (table) return table;
  table = new Map();
  for (const entry of CONFUSABLES.trim().split(/\s+/)) {
    const [prototype, characters] = entry.split("=", 2);
    for (const character of characters!) table.set(character, prototype!);
  }
  return table;
}

/** Guests without a name are called “Guest 7”, so nobody else is. Digits as the keys have them. */
const NUMBERED_GUEST = /^guest[0-9lo]*$/;

/** Whether nobody may hold a name, as the server gives it out itself. */
export function isReserved(name: string): boolean {
  return keysOf(name).some((key) => NUMBERED_GUEST.test(key));
}

/** Numbers for suggestions, in order: 0 and 1 look like letters. */
const NUMBERS = ["2", "3", "4", "5", "6", "7", "8", "9"];

/** The refusal of a name, with one that is free. */
export async function nameTaken(
  name: string,
  registry: NameRegistry,
  id?: string,
): Promise<Refusal> {
  const suggestion = await freeName(name, registry, id);
  return new Refusal(
    "name_taken",
    `“${name}” is taken, or looks like a name that is. “${suggestion}” is free.`,
    undefined,
    { suggestion },
  );
}

async function freeName(name: string, registry: NameRegistry, id?: string): Promise<string> {
  const base = isReserved(name) ? "Visitor" : name.replace(/ [2-9]$/, "");
  for (const number of NUMBERS) {
    const candidate = withSuffix(base, number);
    if (!await registry.isTaken(candidate, id)) return candidate;
  }
  // Many of one name: a number that is most likely free, and is checked when it is used.
  return withSuffix(base, String(1_000 + crypto.getRandomValues(new Uint16Array(1))[0]! % 9_000));
}

function withSuffix(base: string, number: string): string {
  const characters = [...base];
  while (isLongerThan(`${characters.join("")} ${number}`, LIMITS.nameBytes)) characters.pop();
  return `${characters.join("").trimEnd()} ${number}`;
}
