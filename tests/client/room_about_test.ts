/** What a room is, and what is changed of it. */

import { assertEquals } from "@std/assert";
import { changeOf } from "../../client/room_about.ts";

Deno.test("only what is not as it was is a change of settings", () => {
  const before = { title: "Tea", archived: true, editMinutes: 5 } as const;
  const same = { title: "Tea", topic: null, archived: true, editMinutes: 5 } as const;
  assertEquals(changeOf(before, same), {});
  const wanted = { title: "Green tea", topic: "Leaves", archived: null, editMinutes: 5 } as const;
  assertEquals(changeOf(before, wanted), { title: "Green tea", topic: "Leaves", archived: null });
});
