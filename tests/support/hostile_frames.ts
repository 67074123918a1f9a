/** Frames as somebody sends them who tries what happens: nearly right, damaged, and plain noise. */

import * as fc from "fast-check";
import { seeded } from "./random.ts";

/** Texts that parsers stumble over, among ordinary ones. */
const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 20 }) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  fc.constantFrom(
    ...["", " ", "\u0000", "\ud800", "\udc00x", "\u200b", "\ufeff", "\u202e", "\u2028"],
    ...["lobby", "~private", "../lobby", "constructor", "__proto__", "a".repeat(65)],
    ...["x:0", "x:-1", "x:999999999999999", ":", "NaN", "1e9", "<script>alert(1)</script>"],
  ),
  fc.nat({ max: 9_000 }).map((length) => "é".repeat(length)),
);

/** A value of any type where a text is due. */
const anything = fc.oneof(
  { weight: 6, arbitrary: text },
  fc.jsonValue({ maxDepth: 2, stringUnit: "binary" }),
);

const room = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("lobby", "lobby", "other") },
  anything,
);
const id = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[!-~]{1,12}$/) },
  anything,
);
const message = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }) },
  anything,
);

/** A command with the right fields, now and then with wrong values or further ones. */
const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("chat"), id, room, message }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("join"), room }) },
  fc.record({ type: fc.constant("join"), room, since: anything }),
  fc.record({ type: fc.constantFrom("typing", "leave"), room }),
  fc.record({ type: fc.constant("token"), token: anything }),
  fc.record({ type: anything, id: anything, room: anything }, { requiredKeys: [] }),
  fc.dictionary(fc.constantFrom("type", "id", "room", "__proto__", "toString"), anything),
);

/** What a frame says before it is damaged. */
const value = fc.oneof(
  { weight: 6, arbitrary: command },
  { weight: 2, arbitrary: fc.array(command, { maxLength: 5 }) },
  fc.jsonValue({ maxDepth: 3, stringUnit: "binary" }),
  fc.nat({ max: 120 }).map((length) => Array(length).fill({ type: "typing", room: "lobby" })),
);

/** A frame and the seed of its damage. Several frames are made from each. */
export const hostileFrame: fc.Arbitrary<{ frame: string; seed: number }> = fc.record({
  frame: fc.oneof(
    { weight: 8, arbitrary: value.map((one) => JSON.stringify(one)) },
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.nat({ max: 5_000 }).map((depth) => "[".repeat(depth) + "]".repeat(depth)),
  ),
  seed: fc.nat(),
});

/**
 * The frame itself, then `count - 1` differently damaged ones. The same seed damages the same way. Each
 * has a message id of its own, as the same one again would only be a retry.
 */
export function damaged(frame: string, seed: number, count: number): string[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, index) => {
    const fresh = frame.replaceAll('"id":"', `"id":"${seed}-${index}-`);
    return index === 0 ? fresh : damage(fresh, random);
  });
}

/** Pieces that mean something to a parser of JSON. */
const PIECES = [
  '"',
  "\\",
  "\\u0000",
  "\\ud800",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "1e999",
  "-",
  "null",
];

function damage(frame: string, random: () => number): string {
  const below = (bound: number) => Math.floor(random() * bound);
  const from = below(frame.length + 1);
  const to = from + below(Math.min(20, frame.length - from + 1));
  const start = frame.slice(0, from);
  const cut = frame.slice(from, to);
  const end = frame.slice(to);
  switch (below(6)) {
    case 0:
      return start + end;
    case 1:
      return start + cut + cut + end;
    case 2:
      return start + PIECES[below(PIECES.length)] + cut + end;
    case 3:
      return start + String.fromCharCode(below(0x10000)) + end;
    case 4:
      return start + [...cut].reverse().join("") + end;
    default:
      return frame.replace(/"(\w+)":/, (_, name) => `"${name}":${below(100)},"${name}":`);
  }
}

/** How many frames a run sends: `--frames=1000000`, or what the test takes by itself. */
export function framesAsked(standard: number): number {
  const asked = Deno.args.find((argument) => argument.startsWith("--frames="));
  return asked === undefined ? standard : Number(asked.slice("--frames=".length));
}

/** Where random choices start: `--seed=7`, or the same in every run. */
export function seedAsked(): number {
  const asked = Deno.args.find((argument) => argument.startsWith("--seed="));
  return asked === undefined ? 1 : Number(asked.slice("--seed=".length));
}
