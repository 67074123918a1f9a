/** Conversations between people, as every `Store` keeps them. */

import { assertEquals } from "@std/assert";
import { ADA, BOB, CLEO, conversation, draft, memberAs } from "../support/drafts.ts";
import { type OpenStore, storeTests } from "./suite.ts";

export function testStoreConversations(name: string, open: OpenStore): void {
  const test = storeTests(name, open);

  test("a conversation has its people, in the order of their ids", async (store, clock) => {
    const begin = conversation("~talk", [CLEO, ADA, BOB]);
    const { event, repeated } = await store.append(begin);
    assertEquals([event, repeated], [{ ...begin, seq: 1, timestamp: clock.time }, false]);
    assertEquals(await store.room("~talk"), {
      room: "~talk",
      kind: "direct",
      settings: {},
      head: 1,
      timestamp: clock.time,
      people: [ADA, BOB, CLEO].map((user) => memberAs(user, "member")),
    });
    await store.append(draft({ room: "~talk" }));
    assertEquals((await store.room("~talk"))?.people?.length, 3);
  });

  test("people have one conversation, whoever begins it and with whatever id or room", async (store) => {
    const begun = await store.append(conversation("~talk", [ADA, BOB]));
    await store.append(draft({ room: "~talk" }));
    const again = [
      conversation("~other", [ADA, BOB]),
      conversation("~other", [BOB, ADA]),
      conversation("~talk", [BOB, ADA]),
      conversation("~other", [{ ...BOB, name: "Robert" }, ADA]),
    ];
    for (const each of again) {
      assertEquals(await store.append(each), { event: begun.event, repeated: true });
    }
    assertEquals([await store.head("~talk"), await store.head("~other")], [2, 0]);
    assertEquals(await store.conversation([BOB.id, ADA.id]), "~talk");
    assertEquals(await store.conversation([ADA.id]), undefined);
    assertEquals(await store.room("~other"), undefined);
    // An attempt that was not needed used up no id.
    const { repeated } = await store.append(draft({ userId: BOB.id, id: again[1]!.id }));
    assertEquals(repeated, false);
  });

  test("two people who open their conversation in the same moment get one room", async (store) => {
    const [first, second, third] = await Promise.all([
      store.append(conversation("~of-ada", [ADA, BOB])),
      store.append(conversation("~of-bob", [BOB, ADA])),
      store.append(conversation("~of-cleo", [CLEO, ADA])),
    ]);
    assertEquals([first.event.room, first.repeated], ["~of-ada", false]);
    assertEquals(second, { event: first.event, repeated: true });
    assertEquals([third.event.room, third.repeated], ["~of-cleo", false]);
    assertEquals(await store.room("~of-bob"), undefined);
  });

  test("a conversation of three is another than that of two of them, or of one", async (store) => {
    const groups = [[ADA, BOB], [ADA, BOB, CLEO], [ADA, CLEO], [ADA]];
    for (const [index, people] of groups.entries()) {
      const { event, repeated } = await store.append(conversation(`~talk-${index}`, people));
      assertEquals([event.room, repeated], [`~talk-${index}`, false]);
    }
    for (const [index, people] of groups.entries()) {
      const { event, repeated } = await store.append(conversation("~new", people.toReversed()));
      assertEquals([event.room, repeated], [`~talk-${index}`, true]);
    }
  });

  test("ids that only look alike when joined are other people", async (store) => {
    const people = (...list: string[]) => list.map((id) => ({ id, name: id }));
    const groups = [people("a", "b,c"), people("a,b", "c"), people("a|b", "c"), people("ab", "c")];
    for (const [index, group] of groups.entries()) {
      const { repeated } = await store.append(conversation(`~talk-${index}`, group));
      assertEquals(repeated, false);
    }
  });
}
