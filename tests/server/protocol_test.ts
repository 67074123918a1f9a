/** The wire contract: what is accepted, in which form, and what is not. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  CLOSE,
  formatCursor,
  LIMITS,
  mayReconnect,
  parseCursor,
  Refusal,
} from "../../server/protocol.ts";
import {
  byteLength,
  isBlank,
  isLongerThan,
  parseCommand,
  parseFrame,
  parseId,
  parseMessage,
  parseName,
  parseRoom,
} from "../../server/protocol_parse.ts";

/** The code with which something is refused. */
function refused(parse: () => unknown): string {
  return assertThrows(parse, Refusal).code;
}

Deno.test("a cursor is taken apart and put together without a change", () => {
  for (const text of ["x:0", "Ab_-9:1", `e:${"9".repeat(15)}`]) {
    const { epoch, seq } = parseCursor(text)!;
    assertEquals(formatCursor(epoch, seq), text);
  }
  for (
    const text of ["", ":1", "x:", "x", "x:01", "x:-1", "x:1.0", "x:1 ", " x:1", "x:1:2", "é:1"]
  ) {
    assertEquals([text, parseCursor(text)], [text, undefined]);
  }
  for (const value of [undefined, null, 1, {}, ["x:1"]]) {
    assertEquals(parseCursor(value), undefined);
  }
  assert(Number.isSafeInteger(parseCursor(`e:${"9".repeat(15)}`)!.seq));
});

Deno.test("a room is a slug, or an id behind a tilde", () => {
  for (
    const room of ["a", "lobby", "0-9", "-", "x".repeat(64), "~x", "~A_b-9", `~${"x".repeat(64)}`]
  ) {
    assertEquals(parseRoom(room), room);
  }
  const wrong = [
    "",
    "A",
    "a b",
    "ä",
    "a/b",
    "..",
    "~",
    "~~x",
    "x".repeat(65),
    "a\n",
    "\n",
    "user:x",
  ];
  for (const room of [...wrong, null, undefined, 1, ["a"]]) {
    assertEquals([room, refused(() => parseRoom(room))], [room, "bad_room"]);
  }
});

Deno.test("a name comes in one form, whatever way it was typed", () => {
  assertEquals(parseName("  Ann \u00a0 B\u3000C "), "Ann B C");
  assertEquals(parseName("e\u0301"), "é");
  for (const name of ["😀", "👩\u200d👩\u200d👧", "نام\u200cها", "x".repeat(64), "<b>", "0"]) {
    assertEquals(parseName(name), name);
  }
});

Deno.test("a name that hides something is none", () => {
  const hidden = [
    0,
    8,
    10,
    27,
    0x7f,
    0x85,
    0xad,
    0x61c,
    0x200b,
    0x200e,
    0x202e,
    0x2066,
    0x3164,
    0xfeff,
  ];
  for (const code of hidden) {
    const name = `a${String.fromCharCode(code)}b`;
    assertEquals([code, refused(() => parseName(name))], [code, "bad_name"]);
  }
  for (const name of ["\u200dAnn", "Ann\u200c", "\ud800", "", " ", "é".repeat(33), 5, null]) {
    assertEquals([name, refused(() => parseName(name))], [name, "bad_name"]);
  }
});

Deno.test("an id is short printable ASCII", () => {
  for (const id of ["a", "~", "!", "x".repeat(LIMITS.idBytes)]) assertEquals(parseId(id), id);
  for (const id of ["", " ", "a b", "é", "\u007f", "x".repeat(LIMITS.idBytes + 1), 1, null, {}]) {
    assertEquals([id, refused(() => parseId(id))], [id, "bad_id"]);
  }
});

Deno.test("a message is kept as it was typed", () => {
  for (const message of ["a", " a ", "a\r\nb\t", "<script>", "\u202eabc", "0", "👍"]) {
    assertEquals(parseMessage(message), message);
  }
  for (const message of ["", " ", "\n\t", "\u200b\u2060", "\ufeff", "\u0000", "\u3000"]) {
    assertEquals([message, isBlank(message)], [message, true]);
    assertEquals(refused(() => parseMessage(message)), "empty_message");
  }
});

Deno.test("lengths are counted in bytes of UTF-8, at the very boundary", () => {
  for (const character of ["x", "é", "€", "😀"]) {
    const text = character.repeat(50);
    const size = byteLength(text);
    assertEquals(size, new TextEncoder().encode(text).byteLength);
    assertEquals([isLongerThan(text, size), isLongerThan(text, size - 1)], [false, true]);
  }
  assertEquals(isLongerThan("", 0), false);
});

Deno.test("a frame is one command or an array of them, each parsed when its turn comes", () => {
  assertEquals(parseFrame('{"type":"x"}'), [{ type: "x" }]);
  assertEquals(parseFrame("[1, null]"), [1, null]);
  assertEquals(parseFrame("[]"), []);
  assertEquals(refused(() => parseFrame("{")), "bad_frame");
  const array = (count: number) => JSON.stringify(Array(count).fill(0));
  assertEquals(parseFrame(array(LIMITS.commandsPerFrame)).length, LIMITS.commandsPerFrame);
  assertEquals(refused(() => parseFrame(array(LIMITS.commandsPerFrame + 1))), "too_many_commands");
});

Deno.test("a command takes only its own fields along", () => {
  const extra = { admin: true, user: { id: "u_1" }, seq: 7 };
  assertEquals(parseCommand({ type: "join", room: "lobby", since: null, ...extra }), {
    type: "join",
    room: "lobby",
  });
  assertEquals(parseCommand({ type: "chat", id: "a", room: "lobby", message: "x", ...extra }), {
    type: "chat",
    id: "a",
    room: "lobby",
    message: "x",
  });
});

Deno.test("every close code says once whether to come back, and unknown ones do", () => {
  const codes = Object.values(CLOSE).map(({ code }) => code);
  assertEquals(new Set(codes).size, codes.length);
  for (const { code, reconnect, reason } of Object.values(CLOSE)) {
    assertEquals(mayReconnect(code), reconnect);
    assert(byteLength(reason) <= 123);
  }
  assert(mayReconnect(1006));
  assert(mayReconnect(4999));
});
