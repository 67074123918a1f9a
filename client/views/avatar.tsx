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

function hueOf(id: string): number {
  let hash = 0;
  for (let index = 0; index < id.length; index++) hash = (hash * 31 + id.charCodeAt(index)) | 0;
  return Math.abs(hash) % HUES;
}
