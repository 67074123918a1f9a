import type { User } from "../../server/protocol.ts";

/** How many colours people have in the style sheet. */
const HUES = 12;

/** A person's initials on the colour that belongs to the id. */
export function Avatar({ user, small = false }: { user: User; small?: boolean }) {
  return (
    <span class={`avatar hue-${hueOf(user.id)}${small ? " small" : ""}`} aria-hidden="true">
      {initialsOf(user.name)}
    </span>
  );
}

/** What a reader takes for one letter, be it of several characters as many emoji are. */
const letters = new Intl.Segmenter();

/** The first letters of the first and the last word; of one that begins with a picture, the picture. */
export function initialsOf(name: string): string {
  const words = name.split(" ").filter(Boolean);
  const ends = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  const [first = "", last = ""] = ends.map(firstLetterOf);
  return PICTURE.test(first) ? first : (first + last).toLocaleUpperCase();
}

const PICTURE = /\p{Extended_Pictographic}/u;

function firstLetterOf(word: string): string {
  for (const { segment } of letters.segment(word)) return segment;
  return "";
}

/** Spreads ids over the colours, also those that differ in one letter (FNV-1a, then mixed). */
function hueOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) % HUES;
}
