/** What a message offers to whom, as the server would have it (`tests/integration/messages_refused_test.ts`). */

import { assertEquals } from "@std/assert";
import { rightsOn } from "../../client/rights.ts";
import type { Message, RoomAbout } from "../../server/protocol.ts";
import { said } from "./support/chat_trial.ts";
import { ANN, BEN } from "./support/fake_network.ts";

const MINUTE = 60_000;
const SENT = 1_000_000;
const own: Message = { ...said(1, ANN), timestamp: SENT };
const others: Message = { ...own, user: BEN };

/** What Ann may, by the first letters. */
function rights(message: Message, about: Partial<RoomAbout> = {}, minutesLater = 1): string {
  const room: RoomAbout = { room: "tea", kind: "public", ...about };
  const may = rightsOn(message, room, ANN, SENT + minutesLater * MINUTE);
  return [may.post && "post", may.edit && "edit", may.delete && "delete"].filter(Boolean).join(" ");
}

Deno.test("one may change what one said oneself, and moderators may delete what others did", () => {
  assertEquals(rights(own), "post edit delete");
  assertEquals(rights(others), "post");
  assertEquals(rights(others, { role: "member" }), "post");
  for (const role of ["moderator", "owner"] as const) {
    assertEquals(rights(others, { role }), "post delete");
  }
});

Deno.test("after the time that a room sets only moderators delete, and nobody edits", () => {
  for (
    const [editMinutes, minutesLater, expected] of [
      [5, 5, "post edit delete"],
      [5, 6, "post"],
      [0, 1, "post"],
    ] as const
  ) {
    assertEquals(rights(own, { editMinutes }, minutesLater), expected);
  }
  assertEquals(rights(own, { editMinutes: 5, role: "moderator" }, 6), "post delete");
  assertEquals(rights(others, { editMinutes: 5, role: "owner" }, 6), "post delete");
});

Deno.test("readers and archived rooms have nothing to offer, nor have deleted messages", () => {
  assertEquals(rights(own, { role: "reader" }), "");
  assertEquals(rights(own, { archived: true, role: "owner" }), "");
  const { message: _, ...rest } = own;
  assertEquals(rights({ ...rest, message: "", deleted: true }, { role: "owner" }), "");
});

Deno.test("a note that stands for data can be deleted, and has no text to edit", () => {
  assertEquals(rights({ ...own, bytes: 9 }), "post delete");
});
