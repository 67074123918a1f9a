/** Where people are named in a text. */

import { EVERYBODY, LIMITS, type Mention, type Message } from "../server/protocol.ts";
import type { Piece } from "./linkify.ts";

/** A piece of text that may name somebody. */
export interface Marked extends Piece {
  mention?: Mention;
}

/** What stands before an `@` that names somebody: nothing that makes it part of a word or address. */
const BEFORE = /[\p{L}\p{N}_.@/-]$/u;
/** What goes on with the word that a name ends with. */
const AFTER = /^[\p{L}\p{N}_]/u;

/** Cuts the names of people out of pieces of plain text; the pieces together stay the text. */
export function markMentions(pieces: readonly Piece[], mentions: readonly Mention[]): Marked[] {
  if (mentions.length === 0) return [...pieces];
  // The longest first: “@Ann Lee” is not Ann.
  const byLength = mentions.toSorted((a, b) => b.name.length - a.name.length);
  return pieces.flatMap((piece) => piece.href ? [piece] : marked(piece.text, byLength));
}

/** A text with the names that people have today. */
export function namedToday(
  { message, mentions = [] }: Pick<Message, "message" | "mentions">,
  nameOf: (userId: string) => string | undefined,
): string {
  return markMentions([{ text: message }], mentions)
    .map(({ text, mention }) => mention ? `@${nameToday(mention, nameOf)}` : text)
    .join("");
}

/** Everybody keeps the name that stands in the text. */
export function nameToday(
  { id, name }: Mention,
  nameOf: (userId: string) => string | undefined = () => undefined,
): string {
  return id === EVERYBODY ? name : nameOf(id) ?? name;
}

/** The ids of those people whom a text names, each once. */
export function mentionedIn(text: string, people: readonly Mention[]): string[] {
  if (!text.includes("@")) return [];
  const named = markMentions([{ text }], people).flatMap(({ mention }) => mention?.id ?? []);
  return [...new Set(named)].slice(0, LIMITS.mentionsPerMessage);
}

function marked(text: string, mentions: readonly Mention[]): Marked[] {
  const pieces: Marked[] = [];
  let begun = 0;
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    if (BEFORE.test(text.slice(Math.max(0, at - 2), at))) continue;
    const mention = mentions.find(({ name }) => {
      const end = at + 1 + name.length;
      return text.slice(at + 1, end).toLowerCase() === name.toLowerCase() &&
        !AFTER.test(text.slice(end, end + 2));
    });
    if (!mention) continue;
    if (at > begun) pieces.push({ text: text.slice(begun, at) });
    begun = at + 1 + mention.name.length;
    pieces.push({ text: text.slice(at, begun), mention });
    at = begun - 1;
  }
  if (begun < text.length) pieces.push({ text: text.slice(begun) });
  return pieces;
}
