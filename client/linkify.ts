/** Text → pieces of text and links. Only web and mail addresses become links, whatever was typed. */

export interface Piece {
  text: string;
  /** Where the piece leads; absent for plain text. */
  href?: string;
}

const CANDIDATE = /\b(?:https?:\/\/|mailto:|www\.)[^\s<>"“”«»]+/gi;
/** What a sentence puts behind an address rather than into it. */
const TRAILING = /[.,:;!?'’*_~]/;

/** The pieces of a text, in order; together they are the text. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const shown = withoutTrailing(match[0]);
    const href = hrefOf(shown);
    if (!href) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: shown, href });
    end = match.index + shown.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

/**
 * Drops punctuation, and brackets that the address itself did not open. Takes each character once:
 * an address may be a whole hostile message.
 */
function withoutTrailing(address: string): string {
  const unopened: Record<string, number> = {
    ")": surplus(address, "(", ")"),
    "]": surplus(address, "[", "]"),
    "}": surplus(address, "{", "}"),
  };
  let end = address.length;
  while (end > 0) {
    const last = address[end - 1]!;
    if (!TRAILING.test(last)) {
      if (!(last in unopened) || unopened[last]! <= 0) break;
      unopened[last]!--;
    }
    end--;
  }
  return address.slice(0, end);
}

/** How many more brackets are closed than opened. */
function surplus(address: string, opening: string, closing: string): number {
  return address.split(closing).length - address.split(opening).length;
}

function hrefOf(address: string): string | undefined {
  const full = /^www\./i.test(address) ? `https://${address}` : address;
  if (!URL.canParse(full)) return undefined;
  const { protocol, hostname, pathname, href } = new URL(full);
  if (protocol === "mailto:") return pathname.includes("@") ? href : undefined;
  return hostname === "" ? undefined : href;
}
