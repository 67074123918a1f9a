/** What every `Places` keeps (see `server/places.ts`), as tests that each implementation runs. */

import { assert, assertEquals } from "@std/assert";
import type { Place } from "../../server/places.ts";
import type { Store } from "../../server/store.ts";
import {
  ADA,
  BOB,
  CLEO,
  conversation,
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

async function placeOf(store: Store, userId: string, room = "lobby"): Promise<Place> {
  const place = await store.places.find(userId, room);
  assert(place);
  return place;
}

async function listOf(store: Store, userId: string): Promise<string[]> {
  return (await store.places.list(userId, 1_000)).map(({ room }) => room.room);
}

/** Which rooms are listed, how far they are read; not what is unread in them. */
export function testPlaces(name: string, open: OpenStore): void {
  const test = storeTests(name, open);

  test("where somebody never was, all is read and nothing is listed", async (store, clock) => {
    await talk(store, clock, 3);
    assertEquals(await store.places.find(BOB.id, "lobby"), {
      room: await store.room("lobby"),
      read: 3,
      listed: false,
      muted: false,
      unread: 0,
      mentions: 0,
    } as Place);
    assertEquals(await store.places.list(BOB.id, 10), []);
    assertEquals(await store.places.find(BOB.id, "nowhere"), undefined);
  });

  test("a room stays on a list in which nothing ever happened, until it is taken off", async (store) => {
    await store.append(draft({ room: "busy" }));
    for (const room of ["quiet", "busy", "calm"]) {
      await store.places.setListed(BOB.id, room, true);
    }
    assertEquals(await listOf(store, BOB.id), ["busy", "calm", "quiet"]);
    const place = await placeOf(store, BOB.id, "quiet");
    assertEquals(place, {
      room: { room: "quiet", kind: "public", settings: {}, head: 0, timestamp: 0 },
      read: 0,
      listed: true,
      muted: false,
      unread: 0,
      mentions: 0,
    } as Place);
    assertEquals((await store.places.list(BOB.id, 10)).at(-1), place);
    assertEquals(await store.places.list(ADA.id, 10), []);
    await store.append(draft({ room: "quiet" }));
    const spoken = await placeOf(store, BOB.id, "quiet");
    assertEquals([spoken.listed, spoken.read, spoken.unread, spoken.room.head], [true, 0, 1, 1]);
    await store.places.setListed(BOB.id, "calm", false);
    await store.places.setMuted(BOB.id, "calm", true);
    assertEquals((await listOf(store, BOB.id)).toSorted(), ["busy", "quiet"]);
    assertEquals((await placeOf(store, BOB.id, "calm")).muted, true);
    // What is on a list is not there by that.
    assertEquals((await store.rooms({ limit: 9 })).map(({ room }) => room).toSorted(), [
      "busy",
      "quiet",
    ]);
  });

  test("who says something in a public room has it on no list by that", async (store, clock) => {
    await talk(store, clock, 2);
    assertEquals(await listOf(store, ADA.id), []);
  });

  test("who becomes a member, in whatever role, has the room on the list, read up to there", async (store) => {
    await store.append(draft());
    for (const role of ["owner", "moderator", "member", "reader"] as const) {
      const user = { id: `user-${role}`, name: role };
      const { event } = await store.append(membership(user, role));
      const place = await placeOf(store, user.id);
      assertEquals(
        [place.listed, place.role, place.read, place.unread],
        [true, role, event.seq, 0],
      );
      assertEquals(await store.places.list(user.id, 10), [place]);
    }
  });

  test("who is in a room from its beginning has it on the list", async (store) => {
    const members = [memberAs(ADA, "owner"), memberAs(BOB, "member")];
    await store.append(roomDraft({}, { room: "~tea", created: "private", members }));
    await store.append(conversation("~talk", [ADA, CLEO]));
    assertEquals((await listOf(store, ADA.id)).toSorted(), ["~talk", "~tea"]);
    assertEquals(await listOf(store, BOB.id), ["~tea"]);
    assertEquals(await listOf(store, CLEO.id), ["~talk"]);
    const place = await placeOf(store, CLEO.id, "~talk");
    assertEquals([place.role, place.read, place.room.people?.length], ["member", 1, 2]);
  });

  test("who loses a membership loses the listing, and gets it back with another", async (store) => {
    await store.append(membership(BOB, "member"));
    await store.append(membership(BOB, null));
    assertEquals(await listOf(store, BOB.id), []);
    const gone = await placeOf(store, BOB.id);
    assertEquals([gone.listed, gone.role], [false, undefined]);
    await store.append(draft());
    assertEquals(await listOf(store, BOB.id), []);
    await store.append(membership(BOB, "reader"));
    const back = await placeOf(store, BOB.id);
    assertEquals([back.listed, back.role, back.unread], [true, "reader", 1]);
  });

  test("who was taken out by somebody else is known as such until they are let in again", async (store) => {
    const removed = async () => (await placeOf(store, BOB.id)).removed;
    await store.append(membership(BOB, "member"));
    await store.append(membership(BOB, null, { user: BOB }));
    assertEquals(await removed(), undefined);
    await store.append(membership(BOB, "member"));
    await store.append(membership(BOB, null, { user: ADA }));
    assertEquals(await removed(), true);
    await store.places.setMuted(BOB.id, "lobby", true);
    assertEquals(await removed(), true);
    await store.append(membership(BOB, "reader", { user: ADA }));
    assertEquals(await removed(), undefined);
  });

  test("another role puts a room on the list again that its member took off", async (store) => {
    await store.append(membership(BOB, "member"));
    await store.places.setListed(BOB.id, "lobby", false);
    await store.append(membership(BOB, "moderator"));
    assertEquals(await listOf(store, BOB.id), ["lobby"]);
  });

  test("the most recent room stands first, whatever happened in it", async (store, clock) => {
    for (const room of ["one", "two", "three", "four", "~five"]) {
      await store.append(membership(BOB, "member", { room }));
      clock.time += 1_000;
    }
    assertEquals(await listOf(store, BOB.id), ["~five", "four", "three", "two", "one"]);
    await store.append(draft({ room: "two" }));
    clock.time += 1_000;
    await store.append(reaction(2, { room: "two" }));
    await store.append(roomDraft({ title: "One" }, { room: "one" }));
    // Of what is of one moment, in the order of the ids.
    assertEquals(await listOf(store, BOB.id), ["one", "two", "~five", "four", "three"]);
    const some = await store.places.list(BOB.id, 2);
    assertEquals(some.map(({ room }) => room.room), ["one", "two"]);
    assertEquals(some[0]?.room, await store.room("one"));
    assertEquals(some[0]?.room.settings, { title: "One" });
  });

  test("a list of 200 rooms has them all, each as it stands alone", async (store, clock) => {
    const rooms = Array.from({ length: 200 }, (_, index) => `room-${index}`);
    for (const room of rooms) {
      await store.append(membership(BOB, "member", { room }));
      clock.time++;
    }
    await Promise.all(rooms.map((room) => store.append(draft({ room }))));
    const list = await store.places.list(BOB.id, 1_000);
    assertEquals(list.length, 200);
    for (const place of list) {
      assertEquals(place.unread, 1);
      assertEquals(place, await placeOf(store, BOB.id, place.room.room));
    }
  });

  test(
    "a list is read to its end in the order of the ids, whatever is said meanwhile",
    async (store, clock) => {
      const rooms = ["~b", "b", "~A", "a-1", "-", "a", "~a", "~_", "0"];
      for (const room of rooms) {
        await store.append(membership(BOB, "member", { room }));
        clock.time++;
      }
      await store.append(membership(ADA, "member", { room: "c" }));
      await store.places.setListed(BOB.id, "a", false);
      const read: Place[] = [];
      for (let after = ""; after !== undefined;) {
        const part = await store.places.listAfter(BOB.id, after, 3);
        read.push(...part);
        if (part.length < 3) break;
        after = part.at(-1)!.room.room;
        // The most recent room is another now.
        await store.append(draft({ room: rooms[read.length % rooms.length]! }));
      }
      const ids = ["-", "0", "a-1", "b", "~A", "~_", "~a", "~b"];
      assertEquals(read.map(({ room }) => room.room), ids);
      assertEquals(await store.places.listAfter(BOB.id, "~b", 3), []);
      const [last] = await store.places.listAfter(BOB.id, "~a", 3);
      assertEquals(last, await placeOf(store, BOB.id, "~b"));
    },
  );

  test(
    "a room that is put on the list counts as read up to where its reader has got to",
    async (store, clock) => {
      await talk(store, clock, 3);
      await store.places.setListed(BOB.id, "lobby", true, 2);
      const { read, unread } = await placeOf(store, BOB.id);
      assertEquals([read, unread], [2, 1]);
      // Only where nothing was read before.
      await store.places.setListed(BOB.id, "lobby", true, 1);
      assertEquals((await placeOf(store, BOB.id)).read, 2);
      await store.places.setListed(CLEO.id, "lobby", true, 9);
      assertEquals((await placeOf(store, CLEO.id)).read, 3);
    },
  );

  test(
    "a room is put on the list and taken off, and counts as read up to its head",
    async (store, clock) => {
      await talk(store, clock, 3);
      await store.places.setListed(BOB.id, "lobby", true);
      await store.places.setListed(BOB.id, "lobby", true);
      const listed = await placeOf(store, BOB.id);
      assertEquals([listed.listed, listed.read, listed.unread, listed.role], [
        true,
        3,
        0,
        undefined,
      ]);
      assertEquals(await listOf(store, BOB.id), ["lobby"]);
      await talk(store, clock, 2);
      await store.places.setListed(BOB.id, "lobby", false);
      await store.places.setListed(BOB.id, "lobby", false);
      assertEquals(await listOf(store, BOB.id), []);
      await store.places.setListed(BOB.id, "lobby", true);
      assertEquals((await placeOf(store, BOB.id)).read, 3);
      assertEquals(await listOf(store, CLEO.id), []);
    },
  );

  test("a message puts a conversation back on the list of those who took it off", async (store) => {
    await store.append(conversation("~talk", [ADA, BOB, CLEO]));
    await store.places.setListed(BOB.id, "~talk", false);
    const said = draft({ room: "~talk" });
    const first = await store.append(said);
    assertEquals(first, { event: first.event, repeated: false, relisted: [BOB.id] });
    const back = await placeOf(store, BOB.id, "~talk");
    assertEquals([back.listed, back.read, back.unread], [true, 1, 1]);
    assertEquals((await store.append(draft({ room: "~talk" }))).relisted, undefined);
    for (const user of [ADA, BOB]) await store.places.setListed(user.id, "~talk", false);
    // A retry says nothing new.
    assertEquals(await store.append(said), { event: first.event, repeated: true });
    assertEquals(await listOf(store, BOB.id), []);
    const both = await store.append(draft({ room: "~talk", userId: CLEO.id }));
    assertEquals(both.relisted?.toSorted(), [ADA.id, BOB.id]);
  });

  test("only a message puts a conversation back on lists", async (store) => {
    await store.append(conversation("~talk", [ADA, BOB]));
    await store.append(draft({ room: "~talk" }));
    await store.places.setListed(BOB.id, "~talk", false);
    const others = [edit(2), reaction(2), pin(2), roomDraft({ title: "Us" })];
    for (const other of others) {
      const { relisted } = await store.append({ ...other, room: "~talk" });
      assertEquals(relisted, undefined);
      assertEquals(await listOf(store, BOB.id), []);
    }
  });

  test("a conversation does not come back to who is no longer in it", async (store) => {
    await store.append(conversation("~talk", [ADA, BOB, CLEO]));
    await store.append(membership(BOB, null, { room: "~talk" }));
    const { relisted } = await store.append(draft({ room: "~talk" }));
    assertEquals([relisted, await listOf(store, BOB.id)], [undefined, []]);
  });

  test("a message puts no other room back on any list", async (store) => {
    const members = [memberAs(ADA, "owner"), memberAs(BOB, "member")];
    await store.append(roomDraft({}, { room: "~tea", created: "private", members }));
    await store.append(membership(BOB, "member"));
    for (const room of ["~tea", "lobby"]) {
      await store.places.setListed(BOB.id, room, false);
      assertEquals((await store.append(draft({ room }))).relisted, undefined);
    }
    assertEquals(await listOf(store, BOB.id), []);
  });

  test("what is read moves forward only, and not past the head", async (store, clock) => {
    await store.append(membership(BOB, "member"));
    await talk(store, clock, 10);
    const read = (upTo: number) => store.places.read(BOB.id, "lobby", upTo, false);
    assertEquals(await read(4), { read: 4, unread: 7, mentions: 0 });
    assertEquals(await read(2), { read: 4, unread: 7, mentions: 0 });
    assertEquals(await read(-5), { read: 4, unread: 7, mentions: 0 });
    const place = await placeOf(store, BOB.id);
    assertEquals([place.read, place.unread], [4, 7]);
    assertEquals(await read(99), { read: 11, unread: 0, mentions: 0 });
    await store.append(draft());
    assertEquals((await placeOf(store, BOB.id)).unread, 1);
  });

  test(
    "what is read goes back when that is asked for, and not past the beginning",
    async (store, clock) => {
      await store.append(membership(BOB, "member"));
      await talk(store, clock, 5);
      await store.places.read(BOB.id, "lobby", 6, false);
      const back = (upTo: number) => store.places.read(BOB.id, "lobby", upTo, true);
      assertEquals(await back(3), { read: 3, unread: 3, mentions: 0 });
      assertEquals((await placeOf(store, BOB.id)).read, 3);
      assertEquals(await back(-1), { read: 0, unread: 5, mentions: 0 });
      assertEquals(await back(99), { read: 6, unread: 0, mentions: 0 });
    },
  );

  test(
    "who marks something as unread in a room never read before has it unread",
    async (store, clock) => {
      await talk(store, clock, 5);
      const read = { read: 5, unread: 0, mentions: 0 };
      assertEquals(await store.places.read(CLEO.id, "lobby", 2, false), read);
      const unread = { read: 2, unread: 3, mentions: 0 };
      assertEquals(await store.places.read(BOB.id, "lobby", 2, true), unread);
      assertEquals(await listOf(store, BOB.id), []);
    },
  );

  test("nothing can be read where nothing happened", async (store) => {
    const nothing = { read: 0, unread: 0, mentions: 0 };
    assertEquals(await store.places.read(BOB.id, "nowhere", 7, false), nothing);
    assertEquals(await store.room("nowhere"), undefined);
  });

  test("of positions told in the same moment the furthest stands", async (store, clock) => {
    await store.append(membership(BOB, "member"));
    await talk(store, clock, 100);
    const positions = Array.from({ length: 100 }, (_, index) => (index * 37) % 100 + 1);
    await Promise.all(positions.map((upTo) => store.places.read(BOB.id, "lobby", upTo, false)));
    assertEquals((await placeOf(store, BOB.id)).read, 100);
  });

  test("muted is muted until it no longer is, on the list and off", async (store) => {
    await store.append(conversation("~talk", [ADA, BOB]));
    await store.places.setMuted(BOB.id, "~talk", true);
    const muted = async () => (await placeOf(store, BOB.id, "~talk")).muted;
    assertEquals(await muted(), true);
    assertEquals((await placeOf(store, ADA.id, "~talk")).muted, false);
    await store.places.setListed(BOB.id, "~talk", false);
    await store.append(draft({ room: "~talk" }));
    assertEquals((await store.places.list(BOB.id, 1))[0]?.muted, true);
    await store.append(membership(BOB, null, { room: "~talk" }));
    await store.append(membership(BOB, "member", { room: "~talk" }));
    await store.places.read(BOB.id, "~talk", 3, true);
    assertEquals(await muted(), true);
    await store.places.setMuted(BOB.id, "~talk", false);
    assertEquals(await muted(), false);
  });

  test("muting a room puts it on no list", async (store, clock) => {
    await talk(store, clock, 2);
    await store.places.setMuted(BOB.id, "lobby", true);
    assertEquals(await listOf(store, BOB.id), []);
    const { read, muted } = await placeOf(store, BOB.id);
    assertEquals([read, muted], [2, true]);
  });

  test("hostile ids have places like any other", async (store) => {
    for (const id of ["'; DROP TABLE places; --", "@room", "%", "constructor", "__proto__"]) {
      await store.append(membership({ id, name: "x" }, "member"));
      assertEquals(await listOf(store, id), ["lobby"]);
    }
    assertEquals(await listOf(store, "_"), []);
  });
}
