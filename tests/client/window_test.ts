/** Which rows of a long list are drawn. */

import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { anchorAt, Heights, topOf, windowAt, windowAtEnd } from "../../client/window.ts";

const VIEW = 800;
const keys = Array.from({ length: 10_000 }, (_, index) => `row ${index}`);

/** Heights of which every row is known: 20, 40 or 60 pixels. */
function measured(): Heights {
  const heights = new Heights();
  keys.forEach((key, index) => heights.set(key, 20 + index % 3 * 20));
  return heights;
}

Deno.test("of ten thousand rows only those near the view are drawn", () => {
  const heights = measured();
  for (const top of [0, 5_000, 200_000, 399_000]) {
    const { start, end } = windowAt(keys, heights, top, VIEW);
    assertLess(end - start, 80);
  }
  assertLess(keys.length - windowAtEnd(keys, heights, VIEW).start, 80);
});

Deno.test("the drawn rows cover the view, and the spacers stand for the others", () => {
  const heights = measured();
  const total = keys.reduce((sum, key) => sum + heights.of(key), 0);
  for (const top of [0, 777, 123_456, total - VIEW]) {
    const { start, end, above, below } = windowAt(keys, heights, top, VIEW);
    const drawn = keys.slice(start, end).reduce((sum, key) => sum + heights.of(key), 0);
    assertEquals(above + drawn + below, total);
    assert(above <= top, `${above} pixels above, scrolled to ${top}`);
    assert(above + drawn >= Math.min(top + VIEW, total));
  }
});

Deno.test("the end of the list is drawn without the view having to be there", () => {
  const { end, below } = windowAtEnd(keys, measured(), VIEW);
  assertEquals([end, below], [keys.length, 0]);
});

Deno.test("a list that fits is drawn whole", () => {
  const few = keys.slice(0, 5);
  assertEquals(windowAt(few, measured(), 0, VIEW), { start: 0, end: 5, above: 0, below: 0 });
  assertEquals(windowAtEnd(few, measured(), VIEW), { start: 0, end: 5, above: 0, below: 0 });
  assertEquals(windowAtEnd([], measured(), VIEW), { start: 0, end: 0, above: 0, below: 0 });
});

Deno.test("the row that is read stays where it is when older ones come before it", () => {
  const heights = measured();
  const later = keys.slice(200);
  const anchor = anchorAt(later, heights, 12_345)!;
  assertEquals(topOf(later, heights, anchor), 12_345);
  const added = keys.slice(0, 200).reduce((sum, key) => sum + heights.of(key), 0);
  assertEquals(topOf(keys, heights, anchor), 12_345 + added);
});

Deno.test("a row that is gone is no anchor, and below the list there is none", () => {
  const heights = measured();
  assertEquals(topOf(keys, heights, { key: "gone", offset: 0 }), undefined);
  assertEquals(anchorAt(keys, heights, 1e9), undefined);
});

Deno.test("rows not yet drawn are taken for average ones", () => {
  const heights = new Heights();
  heights.set("a", 30);
  heights.set("b", 50);
  assertAlmostEquals(heights.of("c"), 40);
  heights.set("b", 70);
  assertAlmostEquals(heights.of("c"), 50);
});

Deno.test("rows that left the list are forgotten in the end, and the others are not", () => {
  const heights = measured();
  const left = keys.slice(0, 3);
  heights.keepOnly(left);
  assertEquals(left.map((key) => heights.of(key)), [20, 40, 60]);
  assertEquals(heights.of("row 5"), 40);
});

Deno.test("after a change of width nothing is known", () => {
  const heights = measured();
  const unknown = new Heights().of("row 0");
  heights.clear();
  assertEquals(heights.of("row 0"), unknown);
});
