/** What the message list shows, and how its rows belong together. */

import { assertEquals } from "@std/assert";
import { firstNewOf, type Row, rowsOf, settingOf } from "../../client/rows.ts";
import type { Message, User } from "../../server/protocol.ts";

const MINUTE = 60_000;
const NOON = new Date(2026, 10, 21, 12).getTime();
const ann: User = { id: "u_ann", name: "Ann" };
const ben: User = { id: "u_ben", name: "Ben" };

function kept(seq: number, user: User, timestamp: number): Message {
  return { type: "chat", room: "lobby", seq, timestamp, user, id: `id-${seq}`, message: "hello" };
}

/** How each row of a conversation stands to the one before it. */
function settings(messages: Message[], leftOff = 0) {
  const rows = rowsOf(messages, [], ann);
  const firstNew = firstNewOf(messages, leftOff, ann);
  return rows.map((row, index) => settingOf(row, rows[index - 1], firstNew));
}

Deno.test("an own message keeps its row's key when it comes back from the server", () => {
  const outgoing = {
    id: "id-1",
    room: "lobby",
    message: "hello",
    state: "pending",
    at: NOON,
  } as const;
  const [before] = rowsOf([], [outgoing], ann);
  const [after] = rowsOf([kept(1, ann, NOON)], [], ann);
  assertEquals(before!.key, after!.key);
});

Deno.test("the same id chosen by two people makes two rows", () => {
  const rows = rowsOf(
    [
      { ...kept(1, ann, NOON), id: "same" },
      { ...kept(2, ben, NOON), id: "same" },
    ],
    [],
    ann,
  );
  assertEquals(new Set(rows.map(({ key }: Row) => key)).size, 2);
});

Deno.test("what is on its way comes after what is kept", () => {
  const outgoing = { id: "x", room: "lobby", message: "later", state: "pending", at: 0 } as const;
  assertEquals(
    rowsOf([kept(1, ben, NOON)], [outgoing], ann).map(({ user }) => user.name),
    ["Ben", "Ann"],
  );
});

Deno.test("messages of one author within five minutes are one group", () => {
  const groups = settings([
    kept(1, ann, NOON),
    kept(2, ann, NOON + 5 * MINUTE),
    kept(3, ann, NOON + 10 * MINUTE + 1),
    kept(4, ben, NOON + 10 * MINUTE + 1),
  ]).map(({ startsGroup }) => startsGroup);
  assertEquals(groups, [true, false, true, true]);
});

Deno.test("a changed name starts a group, so that it is seen", () => {
  const renamed = { ...ann, name: "Anna" };
  assertEquals(settings([kept(1, ann, NOON), kept(2, renamed, NOON)])[1]!.startsGroup, true);
});

Deno.test("midnight starts a day and a group", () => {
  const late = new Date(2026, 10, 21, 23, 59, 59).getTime();
  const [first, second] = settings([kept(1, ann, late), kept(2, ann, late + 2_000)]);
  assertEquals(first!.startsDay, true);
  assertEquals(second, { startsDay: true, startsGroup: true, isFirstNew: false });
});

Deno.test("what came since the last visit begins once, with a group of its own", () => {
  const messages = [1, 2, 3, 4].map((seq) => kept(seq, ben, NOON));
  assertEquals(settings(messages, 2).map(({ isFirstNew }) => isFirstNew), [
    false,
    false,
    true,
    false,
  ]);
  assertEquals(settings(messages, 2)[2]!.startsGroup, true);
});

Deno.test("a first visit, and one that missed nothing, have no divider", () => {
  const messages = [1, 2].map((seq) => kept(seq, ben, NOON));
  for (const leftOff of [0, 2]) {
    assertEquals(settings(messages, leftOff).some(({ isFirstNew }) => isFirstNew), false);
  }
});

Deno.test("one's own messages are never new", () => {
  const messages = [kept(1, ben, NOON), kept(2, ann, NOON), kept(3, ben, NOON)];
  assertEquals(settings(messages, 1).map(({ isFirstNew }) => isFirstNew), [false, false, true]);
  assertEquals(firstNewOf(messages.slice(0, 2), 1, ann), undefined);
});

Deno.test("where the place one left off is not loaded there is no divider", () => {
  assertEquals(firstNewOf([kept(7, ben, NOON), kept(8, ben, NOON)], 3, ann), undefined);
});
