/** Pages of messages, as every `Store` gives them. */

import { assert, assertEquals } from "@std/assert";
import type { LogEvent, SettingEvent } from "../../server/protocol.ts";
import { NOTICES_MOST, type Page, type PagePlace, type Store } from "../../server/store.ts";
import type { Clock } from "../support/clock.ts";
import {
  ADA,
  BOB,
  deletion,
  draft,
  edit,
  memberAs,
  membership,
  pin,
  reaction,
  roomDraft,
  talk,
} from "../support/drafts.ts";
import { type OpenStore, storeTests } from "./suite.ts";

function seqs(page: Page): number[] {
  return page.messages.map((message) => message.seq);
}

/** Pages of messages, wherever they are cut. */
export function testStorePages(name: string, open: OpenStore): void {
  const test = storeTests(name, open);

  test("a room in which nothing was said is empty", async (store) => {
    await store.append(draft());
    assertEquals(await store.since("garden", 0, 5), { events: [], head: 0 });
    assertEquals(await store.head("garden"), 0);
    const nothing = { messages: [], notices: [], head: 0, older: false, newer: false };
    for (
      const place of [
        { at: "end" },
        { at: "before", seq: 5 },
        { at: "after", seq: 5 },
        { at: "around", seq: 5 },
        { at: "time", timestamp: 0 },
      ] as const
    ) {
      assertEquals(await store.page("garden", place, 5), nothing);
    }
  });

  test("the page at the end has the latest messages, oldest first", async (store, clock) => {
    await talk(store, clock, 10);
    const page = await store.page("lobby", { at: "end" }, 3);
    assertEquals(page.messages.map((message) => message.message), ["m8", "m9", "m10"]);
    assertEquals([page.head, page.older, page.newer], [10, true, false]);
    const whole = await store.page("lobby", { at: "end" }, 10);
    assertEquals([whole.messages.length, whole.older, whole.newer], [10, false, false]);
  });

  test(
    "the page at the end is that of the moment, in whichever room and size",
    async (store, clock) => {
      const rooms = Array.from({ length: 40 }, (_, number) => `room-${number}`);
      for (let head = 1; head <= 3; head++) {
        for (const room of rooms) await talk(store, clock, 1, room);
        for (const room of [...rooms, ...rooms]) {
          for (const limit of [2, 1, 2]) {
            const page = await store.page(room, { at: "end" }, limit);
            assertEquals([page.head, page.messages.at(-1)?.seq], [head, head]);
            assertEquals([page.messages.length, page.older], [Math.min(limit, head), head > limit]);
          }
        }
      }
    },
  );

  test("the page before a position ends right before it", async (store, clock) => {
    await talk(store, clock, 10);
    const page = await store.page("lobby", { at: "before", seq: 8 }, 3);
    assertEquals([seqs(page), page.older, page.newer], [[5, 6, 7], true, true]);
    const first = await store.page("lobby", { at: "before", seq: 4 }, 3);
    assertEquals([seqs(first), first.older, first.newer], [[1, 2, 3], false, true]);
    const none = await store.page("lobby", { at: "before", seq: 1 }, 3);
    assertEquals([seqs(none), none.older, none.newer, none.head], [[], false, true, 10]);
    const last = await store.page("lobby", { at: "before", seq: 99 }, 3);
    assertEquals([seqs(last), last.older, last.newer], [[8, 9, 10], true, false]);
  });

  test("the page after a position starts right after it", async (store, clock) => {
    await talk(store, clock, 10);
    const page = await store.page("lobby", { at: "after", seq: 2 }, 3);
    assertEquals([seqs(page), page.older, page.newer], [[3, 4, 5], true, true]);
    const last = await store.page("lobby", { at: "after", seq: 7 }, 3);
    assertEquals([seqs(last), last.older, last.newer], [[8, 9, 10], true, false]);
    const none = await store.page("lobby", { at: "after", seq: 10 }, 3);
    assertEquals([seqs(none), none.older, none.newer], [[], true, false]);
    const first = await store.page("lobby", { at: "after", seq: 0 }, 3);
    assertEquals([seqs(first), first.older, first.newer], [[1, 2, 3], false, true]);
  });

  test(
    "the page around a position has half before it and half from it on",
    async (store, clock) => {
      await talk(store, clock, 10);
      const page = await store.page("lobby", { at: "around", seq: 5 }, 4);
      assertEquals([seqs(page), page.older, page.newer], [[3, 4, 5, 6], true, true]);
      const odd = await store.page("lobby", { at: "around", seq: 5 }, 3);
      assertEquals(seqs(odd), [4, 5, 6]);
      const single = await store.page("lobby", { at: "around", seq: 5 }, 1);
      assertEquals(seqs(single), [5]);
      const first = await store.page("lobby", { at: "around", seq: 1 }, 4);
      assertEquals([seqs(first), first.older, first.newer], [[1, 2], false, true]);
      const last = await store.page("lobby", { at: "around", seq: 10 }, 4);
      assertEquals([seqs(last), last.older, last.newer], [[8, 9, 10], true, false]);
      const beyond = await store.page("lobby", { at: "around", seq: 12 }, 4);
      assertEquals([seqs(beyond), beyond.older, beyond.newer], [[9, 10], true, false]);
    },
  );

  test("the page of a moment starts with its first message", async (store, clock) => {
    const start = clock.time;
    await talk(store, clock, 10);
    const exact = await store.page("lobby", { at: "time", timestamp: start + 3_000 }, 2);
    assertEquals([seqs(exact), exact.older, exact.newer], [[4, 5], true, true]);
    const between = await store.page("lobby", { at: "time", timestamp: start + 3_001 }, 2);
    assertEquals(seqs(between), [5, 6]);
    const early = await store.page("lobby", { at: "time", timestamp: 0 }, 2);
    assertEquals([seqs(early), early.older], [[1, 2], false]);
    const late = await store.page("lobby", { at: "time", timestamp: start + 9_001 }, 2);
    assertEquals([seqs(late), late.older, late.newer, late.head], [[], true, false, 10]);
  });

  test("the page of a moment has all messages of the same millisecond", async (store, clock) => {
    await talk(store, clock, 2);
    const moment = clock.time;
    for (let number = 0; number < 5; number++) await store.append(draft());
    const page = await store.page("lobby", { at: "time", timestamp: moment }, 10);
    assertEquals(seqs(page), [3, 4, 5, 6, 7]);
  });

  test("pages walked from end to start and back show every message once", async (store) => {
    for (let number = 0; number < 23; number++) await store.append(draft());
    const all = Array.from({ length: 23 }, (_, index) => index + 1);
    let page = await store.page("lobby", { at: "end" }, 5);
    let walked = seqs(page);
    while (page.older) {
      assert(walked.length < all.length, "The pages do not end");
      page = await store.page("lobby", { at: "before", seq: walked[0]! }, 5);
      walked = [...seqs(page), ...walked];
    }
    assertEquals(walked, all);
    page = await store.page("lobby", { at: "after", seq: 0 }, 5);
    walked = seqs(page);
    while (page.newer) {
      assert(walked.length < all.length, "The pages do not end");
      page = await store.page("lobby", { at: "after", seq: walked.at(-1)! }, 5);
      walked = [...walked, ...seqs(page)];
    }
    assertEquals(walked, all);
  });

  test("a page read while others write ends at its own head", async (store) => {
    const writing = Array.from({ length: 200 }, () => store.append(draft()));
    for (let reading = 0; reading < 20; reading++) {
      const page = await store.page("lobby", { at: "end" }, 50);
      assertEquals(page.messages.at(-1)?.seq ?? 0, page.head);
      const replay = await store.since("lobby", Math.max(0, page.head - 3), 1_000);
      assertEquals(replay.events.at(-1)?.seq ?? 0, replay.head);
    }
    await Promise.all(writing);
  });

  /** Messages at 1, 21, 41 … 181; at all other positions up to 200 reactions, edits and pins. */
  async function busy(store: Store, clock: Clock): Promise<void> {
    const appended: Promise<unknown>[] = [];
    for (let seq = 1; seq <= 200; seq++) {
      clock.time += 1_000;
      const target = seq - (seq - 1) % 20;
      const others = [reaction(target), edit(target), pin(target)];
      appended.push(store.append(seq === target ? draft() : others[seq % 3]!));
    }
    await Promise.all(appended);
  }

  test(
    "where most positions are reactions and edits, a page is still of so many messages",
    async (store, clock) => {
      const start = clock.time;
      await busy(store, clock);
      const pages: [PagePlace, number, number[], boolean, boolean][] = [
        [{ at: "end" }, 3, [141, 161, 181], true, false],
        [{ at: "end" }, 10, [1, 21, 41, 61, 81, 101, 121, 141, 161, 181], false, false],
        [{ at: "before", seq: 61 }, 2, [21, 41], true, true],
        [{ at: "before", seq: 62 }, 2, [41, 61], true, true],
        [{ at: "before", seq: 41 }, 2, [1, 21], false, true],
        [{ at: "before", seq: 200 }, 2, [161, 181], true, false],
        [{ at: "after", seq: 61 }, 2, [81, 101], true, true],
        [{ at: "after", seq: 60 }, 2, [61, 81], true, true],
        [{ at: "after", seq: 141 }, 2, [161, 181], true, false],
        [{ at: "after", seq: 185 }, 2, [], true, false],
        [{ at: "around", seq: 101 }, 4, [61, 81, 101, 121], true, true],
        [{ at: "around", seq: 102 }, 4, [81, 101, 121, 141], true, true],
        [{ at: "around", seq: 195 }, 4, [161, 181], true, false],
        [{ at: "around", seq: 5 }, 4, [1, 21, 41], false, true],
        [{ at: "time", timestamp: start + 61_000 }, 2, [61, 81], true, true],
        [{ at: "time", timestamp: start + 61_001 }, 2, [81, 101], true, true],
        [{ at: "time", timestamp: start + 181_001 }, 2, [], true, false],
      ];
      for (const [place, limit, expected, older, newer] of pages) {
        const page = await store.page("lobby", place, limit);
        assertEquals([seqs(page), page.older, page.newer], [expected, older, newer], place.at);
        assertEquals(page.head, 200);
      }
    },
  );

  test("a page is of the messages as they stand at its head, also right after a change", async (store) => {
    for (let number = 0; number < 3; number++) await store.append(draft());
    const last = async () => (await store.page("lobby", { at: "end" }, 2)).messages[1];
    await last();
    await store.append(edit(3));
    assertEquals((await last())?.message, "changed");
    await store.append(reaction(3));
    assertEquals((await last())?.reactions?.length, 1);
    await store.append(pin(3));
    assertEquals((await last())?.pinned, true);
    await store.append(deletion(3));
    assertEquals((await last())?.deleted, true);
    assertEquals((await store.page("lobby", { at: "end" }, 2)).head, 7);
  });

  test("a page read while messages change has what its head has, and not half of it", async (store) => {
    await store.append(draft({ message: "0" }));
    const writing = Array.from(
      { length: 200 },
      (_, index) => store.append(edit(1, { message: String(index + 1) })),
    );
    for (let reading = 0; reading < 20; reading++) {
      const { messages, head } = await store.page("lobby", { at: "end" }, 5);
      assertEquals(messages[0]?.message, String(head - 1));
    }
    await Promise.all(writing);
    const { messages } = await store.page("lobby", { at: "end" }, 5);
    assertEquals(messages[0]?.message, "200");
  });

  test("a room with nothing said in it has no messages and yet a head", async (store) => {
    await store.append(roomDraft({ title: "Tea" }));
    const page = await store.page("lobby", { at: "end" }, 5);
    assertEquals({ ...page, notices: [] }, {
      messages: [],
      notices: [],
      head: 1,
      older: false,
      newer: false,
    });
  });

  test("whoever reads page after page is told all that happened to the room, where it did", async (store) => {
    const happened: LogEvent[] = [];
    const notice = async (title: string) => {
      happened.push((await store.append(roomDraft({ title }))).event);
      // What is done with a message is no notice.
      if (happened.length % 3 === 0) await store.append(reaction(said.at(-1)!));
    };
    const said: number[] = [];
    for (let number = 0; number < 12; number++) {
      said.push((await store.append(draft())).event.seq);
      for (let count = 0; count < number % 4; count++) await notice(`${number}.${count}`);
    }
    const inOrder = (pages: Page[]) => pages.flatMap(({ notices }) => notices);

    const back = [await store.page("lobby", { at: "end" }, 3)];
    while (back[0]!.older) {
      back.unshift(await store.page("lobby", { at: "before", seq: seqs(back[0]!)[0]! }, 3));
    }
    assertEquals(inOrder(back), happened);

    const forth = [await store.page("lobby", { at: "after", seq: 0 }, 3)];
    while (forth.at(-1)!.newer) {
      forth.push(await store.page("lobby", { at: "after", seq: seqs(forth.at(-1)!).at(-1)! }, 3));
    }
    const seen = new Set(inOrder(forth).map(({ seq }) => seq));
    assertEquals([...seen], happened.map(({ seq }) => seq));

    const around = await store.page("lobby", { at: "around", seq: said[6]! }, 2);
    assertEquals(seqs(around), [said[5], said[6]]);
    assertEquals(
      around.notices.map(({ seq }) => seq),
      happened.map(({ seq }) => seq).filter((seq) => seq > said[5]! && seq < said[7]!),
    );
  });

  test("what happened before anything was said is told with the first messages, or none", async (store) => {
    const { event: created } = await store.append(
      roomDraft({ title: "Tea" }, {
        room: "~tea",
        created: "private",
        members: [memberAs(ADA, "owner")],
      }),
    );
    const { event: joined } = await store.append(membership(BOB, "member", { room: "~tea" }));
    const empty = await store.page("~tea", { at: "end" }, 3);
    assertEquals([empty.messages, empty.notices], [[], [created, joined] as SettingEvent[]]);
    await store.append(draft({ room: "~tea" }));
    const { event: left } = await store.append(membership(BOB, null, { room: "~tea", user: BOB }));
    const page = await store.page("~tea", { at: "end" }, 3);
    assertEquals(page.notices, [created, joined, left] as SettingEvent[]);
    assertEquals((await store.page("lobby", { at: "end" }, 3)).notices, []);
  });

  test("of very much that happened to a room a page tells the last", async (store) => {
    await store.append(draft());
    for (let count = 1; count <= NOTICES_MOST + 5; count++) {
      await store.append(roomDraft({ title: `Title ${count}` }));
    }
    const { notices, head } = await store.page("lobby", { at: "end" }, 3);
    assertEquals(notices.map(({ seq }) => seq), Array.from(notices, (_, index) => 7 + index));
    assertEquals([notices.length, notices.at(-1)!.seq], [NOTICES_MOST, head]);
  });
}
