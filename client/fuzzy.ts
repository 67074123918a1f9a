/** How well a name fits what was typed in a hurry. */

/**
 * Higher is better; undefined where the letters do not occur in that order. Both are in the form in which
 * names are compared (`withoutAccents`).
 */
export function fuzzyScore(typed: string, name: string): number | undefined {
  if (typed === "") return 0;
  const at = name.indexOf(typed);
  // The whole name before one that only begins so.
  if (at === 0) return 4 + typed.length / name.length;
  if (at > 0) return isWordStart(name, at) ? 3 : 2;
  return isScattered(typed, name) ? 1 : undefined;
}

function isWordStart(name: string, at: number): boolean {
  return /[^\p{L}\p{N}]/u.test(name[at - 1]!);
}

function isScattered(typed: string, name: string): boolean {
  let from = 0;
  for (const letter of typed) {
    const at = name.indexOf(letter, from);
    if (at < 0) return false;
    from = at + letter.length;
  }
  return true;
}
