/** What every `Places` counts as unread, as tests that each implementation runs. */

import { assert, assertEquals } from "@std/assert";
import { EVERYBODY, type Mention, UNREAD_MOST } from "../../server/protocol.ts";
import { type Unread, UNREAD_SEARCHED } from "../../server/places.ts";
import type { Store } from "../../server/store.ts";
import {
  BOB,
  CLEO,
  deletion,
  draft,
  edit,
  membership,
  pin,
  reaction,
  roomDraft,
} from "../support/drafts.ts";
import { type OpenStore, storeTests } from "./suite.ts";

const MENTION: Mention = { id: BOB.id, name: "Bob" };
const ALL: Mention = { id: EVERYBODY, name: "room" };

/** What is unread for Bob, which all that tells it has to tell alike. */
async function unreadOf(store: Store): Promise<Unread> {
  const place = await store.places.find(BOB.id, "lobby");
  assert(place);
  const { unread, mentions, read } = place;
  assertEquals(await store.places.list(BOB.id, 1), [place]);
  assertEquals(await store.places.read(BOB.id, "lobby", 0, false), { read, unread, mentions });
  return { unread, mentions };
}

async function say(store: Store, count: number, mentions?: Mention[]): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, () => store.append(draft(mentions ? { mentions } : {}))),
  );
}

export function testUnread(name: string, open: OpenStore): void {
  const define = storeTests(name, open);
  /** In a room into which Bob came first. */
  function test(behaviour: string, body: (store: Store) => Promise<void>): void {
    define(behaviour, async (store) => {
      await store.append(membership(BOB, "member"));
      await body(store);
    });
  }

  test("messages of others are unread, one's own are not", async (store) => {
    await say(store, 3);
    await store.append(draft({ userId: BOB.id, mentions: [ALL, MENTION] }));
    await store.append(draft({ userId: CLEO.id }));
    assertEquals(await unreadOf(store), { unread: 4, mentions: 0 });
  });

  test("only messages are unread, not what is done with them", async (store) => {
    await say(store, 1);
    const others = [
      edit(2),
      reaction(2),
      pin(2),
      roomDraft({ title: "Tea" }),
      membership(CLEO, "member"),
    ];
    for (const other of others) await store.append(other);
    assertEquals(await unreadOf(store), { unread: 1, mentions: 0 });
    await store.places.read(BOB.id, "lobby", 2, false);
    assertEquals(await unreadOf(store), { unread: 0, mentions: 0 });
    // An edit makes what was read not unread.
    await store.append(edit(2, { mentions: [MENTION] }));
    assertEquals(await unreadOf(store), { unread: 0, mentions: 0 });
  });

  test("what is unread and deleted is no longer unread", async (store) => {
    await say(store, 3, [MENTION]);
    assertEquals(await unreadOf(store), { unread: 3, mentions: 3 });
    await store.append(deletion(3));
    assertEquals(await unreadOf(store), { unread: 2, mentions: 2 });
    await store.places.read(BOB.id, "lobby", 3, false);
    assertEquals(await unreadOf(store), { unread: 1, mentions: 1 });
  });

  test("what mentions a person or everybody is counted, once", async (store) => {
    await say(store, 1, [MENTION]);
    await say(store, 1, [ALL]);
    await say(store, 1, [MENTION, ALL]);
    await say(store, 1, [MENTION, MENTION]);
    await say(store, 1, [{ id: CLEO.id, name: "Cleo" }]);
    await say(store, 1);
    assertEquals(await unreadOf(store), { unread: 6, mentions: 4 });
    await store.places.read(BOB.id, "lobby", 3, false);
    assertEquals(await unreadOf(store), { unread: 4, mentions: 2 });
  });

  test("an edit puts mentions in and takes them out, whoever edits", async (store) => {
    await say(store, 2);
    await store.append(edit(2, { mentions: [MENTION, ALL] }));
    assertEquals(await unreadOf(store), { unread: 2, mentions: 1 });
    await store.append(edit(2, { mentions: [ALL] }));
    await store.append(edit(3, { mentions: [MENTION], user: BOB }));
    assertEquals(await unreadOf(store), { unread: 2, mentions: 2 });
    await store.append(edit(2));
    await store.append(edit(3, { mentions: [] }));
    assertEquals(await unreadOf(store), { unread: 2, mentions: 0 });
  });

  test("one's own message that somebody else edited is not unread", async (store) => {
    await store.append(draft({ userId: BOB.id }));
    await store.append(edit(2, { mentions: [MENTION, ALL] }));
    assertEquals(await unreadOf(store), { unread: 0, mentions: 0 });
  });

  test(`what is unread is counted up to ${UNREAD_MOST}`, async (store) => {
    await say(store, UNREAD_MOST - 1, [MENTION]);
    assertEquals(await unreadOf(store), { unread: UNREAD_MOST - 1, mentions: UNREAD_MOST - 1 });
    await say(store, 1, [MENTION]);
    assertEquals(await unreadOf(store), { unread: UNREAD_MOST, mentions: UNREAD_MOST });
    await say(store, 50, [MENTION, ALL]);
    assertEquals(await unreadOf(store), { unread: UNREAD_MOST, mentions: UNREAD_MOST });
    await store.places.read(BOB.id, "lobby", 1 + 50 + 1, false);
    assertEquals(await unreadOf(store), { unread: UNREAD_MOST - 1, mentions: UNREAD_MOST - 1 });
  });

  test("a mention is counted however much was said before and after it", async (store) => {
    await say(store, UNREAD_MOST + 10);
    await say(store, 1, [MENTION]);
    await say(store, UNREAD_MOST + 10);
    assertEquals(await unreadOf(store), { unread: UNREAD_MOST, mentions: 1 });
  });

  test("messages of others are found among many of one's own and deleted ones", async (store) => {
    await say(store, 1, [MENTION]);
    await Promise.all(
      Array.from({ length: 300 }, () => store.append(draft({ userId: BOB.id }))),
    );
    await say(store, 1);
    for (let seq = 3; seq < 150; seq++) await store.append(deletion(seq));
    assertEquals(await unreadOf(store), { unread: 2, mentions: 1 });
  });

  test("a program that only writes is looked at no further back than a thousand messages", async (store) => {
    await say(store, 1, [MENTION]);
    const own = (count: number) =>
      Promise.all(
        Array.from({ length: count }, () => store.append(draft({ userId: BOB.id }))),
      );
    await own(UNREAD_SEARCHED - 1);
    assertEquals(await unreadOf(store), { unread: 1, mentions: 1 });
    await own(1);
    assertEquals(await unreadOf(store), { unread: 0, mentions: 1 });
  });

  test("what is unread in one room is not in another", async (store) => {
    await say(store, 2, [MENTION]);
    await store.append(draft({ room: "garden", mentions: [ALL] }));
    await store.append(membership(BOB, "member", { room: "garden" }));
    const [lobby, garden] = [
      await store.places.find(BOB.id, "lobby"),
      await store.places.find(BOB.id, "garden"),
    ];
    assertEquals([lobby?.unread, lobby?.mentions], [2, 2]);
    assertEquals([garden?.unread, garden?.mentions], [0, 0]);
  });
}
