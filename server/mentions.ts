/** Who is named in a text: `@` and the name of somebody who is given, here, or in the room for good. */

import type { Directory } from "./directory.ts";
import type { Identity } from "./identity.ts";
import { may } from "./permissions.ts";
import type { Presence } from "./presence.ts";
import { EVERYBODY, LIMITS, type Mention } from "./protocol.ts";
import type { RoomState } from "./room_states.ts";

/** Most people among whom the names of one text are looked for, of those present and of members each. */
const PEOPLE_SEARCHED = 1_000;
/** Most `@` of one text that are looked at: more than people who may be mentioned. */
const SIGNS_SEARCHED = 2 * LIMITS.mentionsPerMessage;

/** Everybody in the room, by the name that the text gives them. */
const ROOM: Mention = { id: EVERYBODY, name: "room" };

export class Mentions {
  constructor(
    private readonly directory: Pick<Directory, "find">,
    private readonly presence: Presence,
  ) {}

  /**
   * Whom somebody's text mentions; undefined where that is nobody. At once, so that messages stay in
   * their order, unless people have to be looked up.
   *
   * @param ids people whom the author has given, wherever they are
   */
  in(
    text: string,
    who: Identity,
    state: RoomState,
    ids: readonly string[] = [],
  ): Mention[] | undefined | Promise<Mention[] | undefined> {
    if (!text.includes("@")) return undefined;
    const search = (given: readonly Mention[]) => {
      const mayMentionAll = may(who.grant, "moderate", state.room, state.roles.get(who.user.id));
      const found = findMentions(text, [
        mayMentionAll ? [ROOM] : [],
        given,
        this.presence.list(state.room, PEOPLE_SEARCHED),
        state.members.values().take(PEOPLE_SEARCHED).toArray(),
      ]);
      return found.length > 0 ? found : undefined;
    };
    return ids.length > 0 ? this.directory.find(ids).then(search) : search([]);
  }
}

/**
 * The mentions in a text, in their order, each once: after an `@` that begins a word, the longest name
 * that ends with one, in any case. Takes a time that grows with the text and with the people, not with
 * their product.
 *
 * @param groups whom a name can mean: those of the first group that has somebody of this name
 */
export function findMentions(
  text: string,
  groups: readonly (readonly Mention[])[],
  most: number = LIMITS.mentionsPerMessage,
): Mention[] {
  const folded = fold(text);
  const places = placesIn(text);
  const asked = new Set<string>();
  for (const { start, ends } of places) {
    for (const end of ends) asked.add(folded.slice(start, end));
  }
  const named = peopleNamed(asked, groups);
  const mentions = new Map<string, Mention>();
  let covered = 0;
  for (const { start, ends } of places) {
    if (start < covered) continue;
    const end = ends.find((end) => named.has(folded.slice(start, end)));
    if (end === undefined) continue;
    covered = end;
    const name = text.slice(start, end);
    for (const id of named.get(folded.slice(start, end))!) {
      if (mentions.size === most) return [...mentions.values()];
      mentions.set(`${id} ${name}`, { id, name });
    }
  }
  return [...mentions.values()];
}

/** Name, folded → ids of those who are called so. */
function peopleNamed(
  asked: ReadonlySet<string>,
  groups: readonly (readonly Mention[])[],
): Map<string, Set<string>> {
  const named = new Map<string, Set<string>>();
  for (const group of groups) {
    const before = new Set(named.keys());
    for (const { id, name } of group) {
      const key = fold(name);
      if (!asked.has(key) || before.has(key)) continue;
      named.set(key, (named.get(key) ?? new Set()).add(id));
    }
  }
  return named;
}

/** Where a name may stand in a text. Counted in UTF-16 units, as everything here. */
interface NamePlace {
  /** After the `@`. */
  start: number;
  /** Where a name may end, the longest first. */
  ends: number[];
}

/** What makes up words. Scripts without spaces between words are left out: there `@` may follow any. */
const WORD =
  /[[\p{L}\p{N}\p{M}_]--[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]]/v;
/** An `@` that begins a word: not one of an e-mail address, nor of a path in a link. */
const SIGN =
  /(?<![[\p{L}\p{N}\p{M}_\/@]--[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]])@/gv;

function placesIn(text: string): NamePlace[] {
  const places: NamePlace[] = [];
  for (const { index } of text.matchAll(SIGN)) {
    const ends = endsFrom(text, index + 1);
    if (ends.length > 0) places.push({ start: index + 1, ends });
    if (places.length === SIGNS_SEARCHED) break;
  }
  return places;
}

/** Where a name that begins at a place may end: where no word goes on, nor an address. */
function endsFrom(text: string, start: number): number[] {
  const ends: number[] = [];
  const last = Math.min(text.length, start + LIMITS.nameBytes);
  let isInWord = false;
  for (let at = start; at < last;) {
    const character = String.fromCodePoint(text.codePointAt(at)!);
    const isWord = WORD.test(character);
    if (at > start && !(isInWord && isWord) && character !== "@") ends.push(at);
    isInWord = isWord;
    at += character.length;
    if (at === text.length) ends.push(at);
  }
  // A name as long as can be, with more text after it.
  if (last < text.length && !WORD.test(String.fromCodePoint(text.codePointAt(last)!))) {
    ends.push(last);
  }
  return ends.reverse();
}

/** A text without regard to case, of the same length. */
function fold(text: string): string {
  // These two would be another number of characters, or another one at the end of a word.
  return text.replaceAll("İ", "i").toLowerCase().replaceAll("ς", "σ");
}
