/** The ids of an event stream: one position for each room, in the order of the request. */

import { assertEquals, assertThrows } from "@std/assert";
import { parseCursors } from "../../server/event_stream.ts";
import { Refusal } from "../../server/protocol.ts";

Deno.test("an id gives each room its cursor, and rooms beyond it start afresh", () => {
  assertEquals(parseCursors("e:1,2", ["a", "b"]), ["e:1", "e:2"]);
  assertEquals(parseCursors("e:1", ["a", "b"]), ["e:1", undefined]);
  assertEquals(parseCursors(undefined, ["a", "b"]), [undefined, undefined]);
  assertEquals(parseCursors("", ["a"]), [undefined]);
});

Deno.test("an id that is none is refused", () => {
  for (const id of ["e", "e:", ":1", "e:1,", "e:1,2", "e:x", "e:-1", "e:1,e:2", "e:01"]) {
    assertEquals(assertThrows(() => parseCursors(id, ["a"]), Refusal).code, "bad_cursor", id);
  }
});
