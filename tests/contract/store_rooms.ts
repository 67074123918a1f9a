/** Rooms, their settings and members, as every `Store` keeps them. */

import { assertEquals } from "@std/assert";
import type { RoomSettings, SettingsChange } from "../../server/protocol.ts";
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
  roomDraft,
} from "../support/drafts.ts";
import { foldRoom } from "./fold.ts";
import { assertRefused, type OpenStore, storeTests } from "./suite.ts";

async function settingsOf(store: Store, room = "lobby"): Promise<RoomSettings | undefined> {
  return (await store.room(room))?.settings;
}

export function testStoreRooms(name: string, open: OpenStore): void {
  const test = storeTests(name, open);

  test("a room in which nothing ever happened is not there", async (store) => {
    await store.append(draft());
    for (const room of ["garden", "~garden"]) {
      assertEquals(await store.room(room), undefined);
      assertEquals(await store.members(room), []);
      assertEquals(await store.role(room, ADA.id), undefined);
    }
  });

  test("a room is there from its first event on, whatever that is", async (store, clock) => {
    const first = [
      draft({ room: "said" }),
      draft({ room: "~said" }),
      roomDraft({ title: "Set" }, { room: "set" }),
      membership(BOB, "member", { room: "came" }),
    ];
    for (const each of first) await store.append(each);
    const common = { head: 1, timestamp: clock.time };
    assertEquals(await store.room("said"), {
      room: "said",
      kind: "public",
      settings: {},
      ...common,
    });
    assertEquals(await store.room("~said"), {
      room: "~said",
      kind: "private",
      settings: {},
      ...common,
    });
    assertEquals(await settingsOf(store, "set"), { title: "Set" });
    assertEquals(await store.role("came", BOB.id), "member");
  });

  test("a room begins with its kind, settings and members", async (store, clock) => {
    const members = [memberAs(CLEO, "owner"), memberAs(ADA, "moderator"), memberAs(BOB, "reader")];
    const settings = { title: "Tea", topic: "of all kinds", editMinutes: 5 };
    const begin = roomDraft(settings, { room: "~tea", created: "private", members });
    const { event } = await store.append(begin);
    assertEquals(event, { ...begin, seq: 1, timestamp: clock.time });
    assertEquals((await store.since("~tea", 0, 5)).events, [event]);
    const { time: timestamp } = clock;
    assertEquals(await store.room("~tea"), {
      room: "~tea",
      kind: "private",
      settings,
      head: 1,
      timestamp,
    });
    const expected = members.map((member) => ({ ...member, since: timestamp }));
    assertEquals(await store.members("~tea"), expected);
    assertEquals(await store.role("~tea", BOB.id), "reader");
    assertEquals(await store.role("~tea", "user-nobody"), undefined);
  });

  test("a room that is there cannot be created, and the attempt leaves no trace", async (store) => {
    await store.append(draft());
    await store.append(roomDraft({}, { room: "~tea", created: "private" }));
    const again = [
      roomDraft({ title: "Mine" }, { created: "public", members: [memberAs(BOB, "owner")] }),
      roomDraft({}, { room: "~tea", created: "private", user: BOB }),
      conversation("~tea", [BOB, CLEO]),
    ];
    for (const each of again) await assertRefused("room_exists", () => store.append(each));
    assertEquals([await store.head("lobby"), await store.head("~tea")], [1, 1]);
    assertEquals([await settingsOf(store), await store.members("lobby")], [{}, []]);
    assertEquals((await store.room("~tea"))?.kind, "private");
    // The id and the people are free for another attempt.
    const elsewhere = await store.append({ ...again[0]!, room: "garden" });
    assertEquals([elsewhere.repeated, elsewhere.event.room], [false, "garden"]);
    const talk = await store.append({ ...again[2]!, room: "~talk" });
    assertEquals([talk.repeated, talk.event.room], [false, "~talk"]);
  });

  test("of two people who create a room in the same moment one does", async (store) => {
    const settled = await Promise.allSettled(
      [ADA, BOB].map((user) =>
        store.append(roomDraft({ title: user.name }, { user, created: "public" }))
      ),
    );
    assertEquals(settled.map(({ status }) => status), ["fulfilled", "rejected"]);
    assertEquals(await settingsOf(store), { title: "Ada" });
  });

  test("a retry of a creation is the same room; with other settings or members it is a conflict", async (store) => {
    const members = [memberAs(ADA, "owner"), memberAs(BOB, "member")];
    const begin = roomDraft({ title: "Tea" }, { room: "~tea", created: "private", members });
    const { event } = await store.append(begin);
    const renamed = [memberAs({ ...ADA, name: "Countess" }, "owner"), members[1]!];
    for (const again of [structuredClone(begin), { ...begin, members: renamed }]) {
      assertEquals(await store.append(again), { event, repeated: true });
    }
    const { members: _, ...alone } = begin;
    const others = [
      { ...begin, settings: { title: "Coffee" } },
      { ...begin, settings: { title: "Tea", topic: "all" } },
      { ...begin, settings: {} },
      { ...begin, room: "~coffee" },
      { ...begin, members: [members[0]!] },
      { ...begin, members: [members[0]!, memberAs(BOB, "owner")] },
      { ...begin, members: [members[0]!, memberAs(CLEO, "member")] },
      alone,
    ];
    for (const other of others) await assertRefused("conflict", () => store.append(other));
    assertEquals(await store.head("~tea"), 1);
  });

  test("settings that are not named stay, null and nothing clear", async (store) => {
    const steps: [SettingsChange, RoomSettings][] = [
      [{ title: "Tea", topic: "all", archived: true, editMinutes: 5 }, {
        title: "Tea",
        topic: "all",
        archived: true,
        editMinutes: 5,
      }],
      [{ title: "Coffee", archived: null }, { title: "Coffee", topic: "all", editMinutes: 5 }],
      [{}, { title: "Coffee", topic: "all", editMinutes: 5 }],
      [{ topic: "", editMinutes: 0 }, { title: "Coffee", editMinutes: 0 }],
      [{ title: null, editMinutes: null }, {}],
      [{ archived: true }, { archived: true }],
    ];
    for (const [index, [change, expected]] of steps.entries()) {
      const { event } = await store.append(roomDraft(change));
      assertEquals([event.seq, event.type === "room" && event.settings], [index + 1, change]);
      assertEquals(await settingsOf(store), expected);
    }
  });

  test(
    "members are told in the order of their coming, with the role they have",
    async (store, clock) => {
      const start = clock.time;
      for (const user of [CLEO, ADA, BOB]) {
        await store.append(membership(user, "member"));
        clock.time += 1_000;
      }
      await store.append(membership({ ...CLEO, name: "Cleopatra" }, "moderator"));
      assertEquals(await store.members("lobby"), [
        { user: { ...CLEO, name: "Cleopatra" }, role: "moderator", since: start + 3_000 },
        { user: ADA, role: "member", since: start + 1_000 },
        { user: BOB, role: "member", since: start + 2_000 },
      ]);
      assertEquals(await store.role("lobby", CLEO.id), "moderator");
      assertEquals(await store.role("garden", CLEO.id), undefined);
    },
  );

  test("who is no longer a member has no role, and comes back last", async (store) => {
    for (const user of [ADA, BOB, CLEO]) await store.append(membership(user, "member"));
    await store.append(membership(ADA, null, { user: BOB }));
    assertEquals(await store.role("lobby", ADA.id), undefined);
    assertEquals((await store.members("lobby")).map(({ user }) => user), [BOB, CLEO]);
    await store.append(membership(ADA, "reader"));
    assertEquals((await store.members("lobby")).map(({ user }) => user), [BOB, CLEO, ADA]);
    const { event } = await store.append(membership({ id: "user-x", name: "Never here" }, null));
    assertEquals([event.seq, await store.head("lobby")], [6, 6]);
  });

  test("the invite by which somebody came is never told", async (store) => {
    const came = membership(BOB, "member", { invite: "secret-token" });
    const { event } = await store.append(came);
    const { repeated } = await store.append(came);
    const all = [
      event,
      repeated,
      await store.since("lobby", 0, 5),
      await store.members("lobby"),
      await store.room("lobby"),
    ];
    assertEquals(JSON.stringify(all).includes("secret-token"), false);
  });

  test("a retry of a membership is the same; of another person or role it is a conflict", async (store) => {
    const came = membership(BOB, "member");
    const { event } = await store.append(came);
    await store.append(membership(BOB, null));
    const again = { ...came, member: { ...BOB, name: "Robert" } };
    assertEquals(await store.append(again), { event, repeated: true });
    assertEquals(await store.role("lobby", BOB.id), undefined);
    await assertRefused("conflict", () => store.append({ ...came, role: "owner" }));
    await assertRefused("conflict", () => store.append({ ...came, member: CLEO }));
  });

  test("settings and members are what the log tells, whatever happened", async (store, clock) => {
    const begin = roomDraft({ title: "Tea", topic: "all" }, {
      room: "~tea",
      created: "private",
      members: [memberAs(ADA, "owner"), memberAs(BOB, "member")],
    });
    const others = [
      membership(CLEO, "member", { invite: "token" }),
      draft(),
      membership(BOB, "moderator", { user: ADA }),
      roomDraft({ topic: null, editMinutes: 5 }),
      edit(3),
      membership(ADA, null),
      roomDraft({ archived: true }),
      membership(ADA, "reader"),
    ];
    for (const each of [begin, ...others.map((other) => ({ ...other, room: "~tea" }))]) {
      await store.append(each);
      clock.time += 1_000;
      const { events, head } = await store.since("~tea", 0, 100);
      const { settings, members } = foldRoom(events);
      assertEquals(await settingsOf(store, "~tea"), settings);
      assertEquals(await store.members("~tea"), members);
      const record = await store.room("~tea");
      assertEquals([record?.head, record?.timestamp], [head, events.at(-1)?.timestamp]);
    }
  });
}
