/** What happened to a room itself, in words. */

import { assertEquals } from "@std/assert";
import type { MemberEvent, RoomEvent } from "../../server/protocol.ts";
import { noticeInWords } from "../../client/room_notices.ts";
import { rowsOf } from "../../client/rows.ts";
import { said } from "./support/chat_trial.ts";
import { ANN, BEN } from "./support/fake_network.ts";

function member(seq: number, rest: Pick<MemberEvent, "member" | "role">): MemberEvent {
  return { ...logged(seq), type: "member", ...rest };
}

function room(seq: number, settings: RoomEvent["settings"]): RoomEvent {
  return { ...logged(seq), type: "room", settings };
}

function logged(seq: number) {
  const { room, timestamp, user, id } = said(seq, ANN);
  return { room, seq, timestamp, user, id };
}

Deno.test("who came, went or became something is told", () => {
  assertEquals(noticeInWords(member(1, { member: ANN, role: "member" })), "Ann joined");
  assertEquals(noticeInWords(member(1, { member: ANN, role: null })), "Ann left");
  assertEquals(noticeInWords(member(1, { member: BEN, role: null })), "Ann removed Ben");
  const owner = member(1, { member: BEN, role: "owner" });
  assertEquals(noticeInWords(owner), "Ann made Ben an owner");
});

Deno.test("what was changed of a room is told in one sentence", () => {
  const changed = room(1, { title: "Games", topic: null, archived: true });
  assertEquals(
    noticeInWords(changed),
    "Ann renamed the room to “Games”, took back the topic, archived the room",
  );
  assertEquals(noticeInWords({ ...changed, created: "public" }), "Ann created the room");
  assertEquals(noticeInWords({ ...changed, created: "direct" }), "Ann began the conversation");
});

Deno.test("what happened to the room stands after the message that it came after", () => {
  const [before, between, after] = [
    room(1, { title: "A" }),
    room(4, { title: "B" }),
    room(9, { title: "C" }),
  ];
  const rows = rowsOf([said(3), said(5)], [], ANN, [before, between, after]);
  assertEquals(rows.map(({ notices }) => notices), [[between], [after]]);
});
