/** The list of public rooms, as every `Store` gives it. */

import { assert, assertEquals } from "@std/assert";
import type { RoomRecord } from "../../server/store.ts";
import { ADA, BOB, conversation, draft, roomDraft } from "../support/drafts.ts";
import { type OpenStore, storeTests } from "./suite.ts";

function ids(rooms: readonly RoomRecord[]): string[] {
  return rooms.map(({ room }) => room);
}

export function testStoreRoomList(name: string, open: OpenStore): void {
  const test = storeTests(name, open);

  test(
    "public rooms are listed with the most recent first, others not at all",
    async (store, clock) => {
      const start = clock.time;
      await store.append(roomDraft({}, { room: "~closed", created: "private" }));
      await store.append(conversation("~talk", [ADA, BOB]));
      for (const room of ["one", "two", "~secret", "three", "two", "one"]) {
        await store.append(draft({ room }));
        clock.time += 1_000;
      }
      await store.append(roomDraft({ title: "Three" }, { room: "three" }));
      const common = { kind: "public", settings: {} } as const;
      assertEquals(await store.rooms({ limit: 10 }), [
        {
          ...common,
          room: "three",
          settings: { title: "Three" },
          head: 2,
          timestamp: start + 6_000,
        },
        { ...common, room: "one", head: 2, timestamp: start + 5_000 },
        { ...common, room: "two", head: 2, timestamp: start + 4_000 },
      ]);
      assertEquals(ids(await store.rooms({ limit: 1 })), ["three"]);
    },
  );

  test(
    "rooms are found by a part of their id or title, whatever the case",
    async (store, clock) => {
      const titles: [string, string?][] = [
        ["tea-room", "Grüner TEE"],
        ["coffee", "Black as NIGHT"],
        ["tea-100", "100% Ägypten_1"],
        ["garden"],
        ["~tea-secret", "Tee"],
      ];
      for (const [room, title] of titles) {
        await store.append(roomDraft(title === undefined ? {} : { title }, { room }));
        clock.time -= 1_000;
      }
      const found: [string, string[]][] = [
        ["tea", ["tea-room", "tea-100"]],
        ["TEA", ["tea-room", "tea-100"]],
        ["-r", ["tea-room"]],
        ["night", ["coffee"]],
        ["GRÜNER t", ["tea-room"]],
        ["ägypten", ["tea-100"]],
        ["ÄGYPTEN", ["tea-100"]],
        ["%", ["tea-100"]],
        ["_", ["tea-100"]],
        ["t_a", []],
        ["'", []],
        ["\\", []],
        ["", ["tea-room", "coffee", "tea-100", "garden"]],
      ];
      for (const [filter, expected] of found) {
        assertEquals(ids(await store.rooms({ filter, limit: 10 })), expected, filter);
      }
      await store.append(roomDraft({ title: null }, { room: "coffee" }));
      await store.append(roomDraft({ title: "Nightly" }, { room: "garden" }));
      assertEquals(ids(await store.rooms({ filter: "night", limit: 10 })), ["garden"]);
    },
  );

  test(
    "the list goes on after any room of it, in one order although much is of one moment",
    async (store, clock) => {
      for (let number = 0; number < 23; number++) {
        await store.append(draft({ room: `room-${(number * 7) % 23}` }));
        if (number % 8 === 7) clock.time += 1;
      }
      const all = await store.rooms({ limit: 100 });
      assertEquals(all.length, 23);
      const inOrder = all.toSorted((a, b) =>
        b.timestamp - a.timestamp || (a.room < b.room ? -1 : 1)
      );
      assertEquals(ids(all), ids(inOrder));
      const walked: RoomRecord[] = [];
      let next = await store.rooms({ limit: 5 });
      while (next.length > 0) {
        walked.push(...next);
        assert(walked.length <= all.length, "The list does not end");
        next = await store.rooms({ after: walked.at(-1)!, limit: 5 });
      }
      assertEquals(walked, all);
      const ones = all.filter(({ room }) => room.includes("1"));
      const after = ones[2]!;
      assertEquals(await store.rooms({ filter: "1", after, limit: 100 }), ones.slice(3));
    },
  );
}
