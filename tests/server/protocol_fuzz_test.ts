/** The parser of what clients send, against random and damaged frames. `deno task fuzz` sends more. */

import { assert, assertEquals, assertGreater } from "@std/assert";
import * as fc from "fast-check";
import { type Command, ERROR_STATUS, LIMITS, parseCursor, Refusal } from "../../server/protocol.ts";
import {
  byteLength,
  isBlank,
  parseCommand,
  parseFrame,
  parseName,
} from "../../server/protocol_parse.ts";
import { damaged, framesAsked, hostileFrame, seedAsked } from "../support/hostile_frames.ts";

const FRAMES = framesAsked(200_000);
const FRAMES_OF_ONE = 20;

/** The result, or the refusal; any other error is what these tests look for. */
function attempt<Result>(parse: () => Result): Result | Refusal {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    assert(error.code in ERROR_STATUS);
    assert(error.message.length < 200, "A refusal has the words of the frame in it");
    return error;
  }
}

/** Fields of the commands that are taken, and nothing else may come through. */
const FIELDS: Record<Command["type"], readonly string[]> = {
  chat: ["type", "id", "room", "to", "message", "replyTo", "mentions"],
  edit: ["type", "id", "room", "target", "message", "mentions"],
  delete: ["type", "id", "room", "target"],
  react: ["type", "id", "room", "target", "emoji", "on"],
  pin: ["type", "id", "room", "target", "on"],
  read: ["type", "room", "upTo", "unread"],
  watch: ["type", "people"],
  away: ["type", "away"],
  join: ["type", "room", "since"],
  leave: ["type", "room"],
  typing: ["type", "room"],
  token: ["type", "token"],
};

function checkCommand(command: Command): void {
  for (const field of Object.keys(command)) {
    assert(FIELDS[command.type].includes(field), `${field} came through in ${command.type}`);
  }
  assertEquals(Object.getPrototypeOf(command), Object.prototype);
  if ("room" in command) assert(/^(~[A-Za-z0-9_-]{1,64}|[a-z0-9-]{1,64})$/.test(command.room));
  if (command.type === "chat") {
    assert(byteLength(command.message) <= LIMITS.messageBytes && !isBlank(command.message));
    assert(command.message.isWellFormed());
    assert(/^[!-~]{1,64}$/.test(command.id));
  }
  if (command.type === "join" && command.since !== undefined) assert(parseCursor(command.since));
  // What is taken once is taken again, and is the same.
  assertEquals(parseCommand(JSON.parse(JSON.stringify(command))), command);
}

Deno.test(`${FRAMES} random and damaged frames are parsed or refused, and never anything else`, () => {
  const counts = { frames: 0, parsed: 0, taken: 0, refused: 0 };
  fc.assert(
    fc.property(hostileFrame, ({ frame, seed }) => {
      for (const text of damaged(frame, seed, FRAMES_OF_ONE)) {
        counts.frames++;
        const values = attempt(() => parseFrame(text));
        if (values instanceof Refusal) continue;
        counts.parsed++;
        assert(values.length <= LIMITS.commandsPerFrame);
        for (const value of values) {
          const command = attempt(() => parseCommand(value));
          if (command instanceof Refusal) {
            counts.refused++;
          } else {
            counts.taken++;
            checkCommand(command);
          }
        }
      }
    }),
    { numRuns: Math.ceil(FRAMES / FRAMES_OF_ONE), seed: seedAsked() },
  );
  console.log(`seed ${seedAsked()}: ${JSON.stringify(counts)}`);
  // Noise that never gets past JSON would say little.
  assertGreater(counts.frames, FRAMES - 1);
  assertGreater(counts.parsed, counts.frames / 5);
  assertGreater(counts.taken, counts.frames / 20);
  assertGreater(counts.refused, counts.frames / 20);
});

Deno.test("any text is a name in its one form, or refused", () => {
  const unit = fc.constantFrom("grapheme" as const, "binary" as const);
  const name = unit.chain((one) => fc.string({ unit: one, maxLength: 40 }));
  fc.assert(
    fc.property(name, (text) => {
      const parsed = attempt(() => parseName(text));
      if (parsed instanceof Refusal) return;
      assert(byteLength(parsed) <= LIMITS.nameBytes && parsed.isWellFormed());
      assertEquals(parsed.trim(), parsed);
      assertEquals(parseName(parsed), parsed);
    }),
    { numRuns: 20_000, seed: seedAsked() },
  );
});

Deno.test("any text is a cursor that reads back as it is, or none", () => {
  const cursor = fc.oneof(
    fc.string({ unit: "binary", maxLength: 70 }),
    fc.stringMatching(/^[A-Za-z0-9_-]{0,33}:[0-9]{0,16}$/),
  );
  fc.assert(
    fc.property(cursor, (text) => {
      const position = parseCursor(text);
      if (!position) return;
      assert(Number.isSafeInteger(position.seq));
      assertEquals(`${position.epoch}:${position.seq}`, text);
    }),
    { numRuns: 20_000, seed: seedAsked() },
  );
});
