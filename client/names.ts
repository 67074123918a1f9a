/** Names in a sentence. */

/** “Ada, Ben and 3 others”. */
export function listOf(names: readonly string[], more = 0): string {
  const others = more > 0 ? [...names, `${more} ${more === 1 ? "other" : "others"}`] : [...names];
  const last = others.pop() ?? "";
  return others.length > 0 ? `${others.join(", ")} and ${last}` : last;
}
