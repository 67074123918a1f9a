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

/** The first letters of the first and the last word. */
export function initialsOf(name: string): string {
  const words = name.split(" ").filter(Boolean);
  const ends = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return ends.map((word) => [...word][0]).join("").toLocaleUpperCase();
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
