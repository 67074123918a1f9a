/**
 * Expressions that backtrack stall a whole server, or a whole tab, on one text. Everything that reads
 * hostile text takes eight times as long for eight times the text, not sixty-four times.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { linkify } from "../../client/linkify.ts";
import { parseCursors } from "../../server/event_stream.ts";
import { createLog } from "../../server/log.ts";
import { parseCursor, Refusal } from "../../server/protocol.ts";
import {
  isBlank,
  parseCommand,
  parseFrame,
  parseId,
  parseMessage,
  parseName,
  parseRoom,
} from "../../server/protocol_parse.ts";

/** Characters of the two texts. A quadratic expression takes a fifth of a second for the longer one. */
const SHORT = 2_500;
const LONG = 8 * SHORT;
/** Between linear (8) and quadratic (64), with room for a busy machine. */
const MOST = 28;
/** Milliseconds in which nothing quadratic gets through the longer text. */
const SURELY_LINEAR = 50;

const log = createLog(() => {});

/** Limits on length are lifted where they can be, so that the expressions themselves are tried. */
const READERS: Record<string, (text: string) => unknown> = {
  isBlank,
  parseMessage: (text) => parseMessage(text, Number.MAX_SAFE_INTEGER),
  parseName: (text) => parseName(text, Number.MAX_SAFE_INTEGER),
  parseId: (text) => parseId(text, Number.MAX_SAFE_INTEGER),
  parseRoom,
  parseCursor,
  parseCursors: (text) => parseCursors(text, ["lobby"]),
  parseFrame,
  parseCommand: (text) => parseCommand({ type: text, id: text, room: text }),
  log: (text) => log.info("something", { text }),
  linkify,
};

/** Repeated, these begin matches that then fail. */
const PIECES = [
  ...["a", " ", "\t \n", "\u00a0", "\u200b", "\u200c", "\u0301", "🙂", "👨\u200d"],
  ...["www.", "http://", "https://a.b/(", "mailto:a@", "www.a.b/)", "[](", ".,", "*_", "()", "%"],
  ...["-", "~", "0", ":0,", '"', "\\", "\\u00", "{", "[", "[1,", "\u2028"],
];
/** What may make a match fail at the very end. */
const ENDS = ["", "!", "\u0000", "\ud800", " x", ")"];

function milliseconds(read: (text: string) => unknown, text: string): number {
  let least = Infinity;
  for (let turn = 0; turn < 5; turn++) {
    const start = performance.now();
    try {
      read(text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    least = Math.min(least, performance.now() - start);
    if (least < SURELY_LINEAR) break;
  }
  return least;
}

/** The first text found on which a reader takes more than its share for the longer one. */
function stallOf(read: (text: string) => unknown): string | undefined {
  for (const piece of PIECES) {
    for (const end of ENDS) {
      const text = (length: number) => piece.repeat(Math.ceil(length / piece.length)) + end;
      const long = milliseconds(read, text(LONG));
      if (long < SURELY_LINEAR) continue;
      const short = milliseconds(read, text(SHORT));
      if (long > short * MOST) {
        return `${JSON.stringify(piece)}… ${JSON.stringify(end)}: ${short} → ${long} ms`;
      }
    }
  }
}

for (const [name, read] of Object.entries(READERS)) {
  Deno.test(`${name} takes no longer than its text is long`, () => {
    assertEquals(stallOf(read), undefined);
  });
}

Deno.test("an expression that backtracks is found out", () => {
  assertMatch(stallOf((text) => / +y$/.test(text)) ?? "", /^" "…/);
});
