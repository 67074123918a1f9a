/** Where very long messages are cut until the reader asks for all of it. */

/** A text of at most so many characters, and lines, is shown whole. */
const LONG = { characters: 2_000, lines: 24 };
/** Of a longer one, so much is shown. */
const SHOWN = { characters: 1_200, lines: 14 };
/** How many characters before the cut a space is looked for. */
const WORD = 100;

const LINE_BREAK = /[\n\u2028\u2029]/g;

/** The length of the beginning to show; undefined where the text is short enough to be shown whole. */
export function beginningOf(text: string): number | undefined {
  if (text.length <= LONG.characters && endOfLine(text, LONG.lines) === undefined) return undefined;
  const end = Math.min(endOfLine(text, SHOWN.lines) ?? text.length, SHOWN.characters);
  return text.slice(0, withoutHalves(text, end)).trimEnd().length;
}

/** Where the line of that number ends; undefined where there is none after it. */
function endOfLine(text: string, number: number): number | undefined {
  let line = 0;
  for (const { index } of text.matchAll(LINE_BREAK)) {
    if (++line === number) return index;
  }
  return undefined;
}

/** The place at or before `end` where neither a word nor, failing that, a character is cut in two. */
function withoutHalves(text: string, end: number): number {
  const from = Math.max(0, end - WORD);
  const space = text.slice(from, end + 1).search(/\s\S*$/);
  if (space >= 0) return from + space;
  const isInPair = (text.codePointAt(end - 1) ?? 0) > 0xffff;
  return isInPair ? end - 1 : end;
}
