/** What every `PeopleDirectory` keeps (see `server/people.ts`), as tests that each implementation runs. */

import { assert, assertEquals } from "@std/assert";
import type { PeopleDirectory, Person } from "../../server/people.ts";
import type { Clock } from "../support/clock.ts";
import { ADA, BOB, CLEO, draft, person } from "../support/drafts.ts";
import { type OpenStore, storeTests } from "./suite.ts";

const DAY = 24 * 60 * 60_000;

function byId(people: readonly Person[]): Person[] {
  return people.toSorted((a, b) => a.id < b.id ? -1 : 1);
}

/** Notes people one second apart, the last named last. */
async function meet(people: PeopleDirectory, clock: Clock, names: readonly string[]) {
  for (const each of names) {
    await people.note([person(each)], clock.time);
    clock.time += 1_000;
  }
}

async function found(people: PeopleDirectory, text: string, limit = 100): Promise<string[]> {
  return (await people.search(text, limit)).map(({ name }) => name);
}

export function testPeople(name: string, open: OpenStore): void {
  const define = storeTests(name, open);
  function test(
    behaviour: string,
    body: (people: PeopleDirectory, clock: Clock) => Promise<void>,
  ): void {
    define(behaviour, (store, clock) => body(store.people, clock));
  }

  test("nobody is known who was never here", async (people) => {
    assertEquals(await people.find([ADA.id]), []);
    assertEquals(await people.search("", 10), []);
    await people.note([], 1);
    assertEquals(await people.search("", 10), []);
  });

  test("who was here is found by id, with when that was", async (people, { time }) => {
    await people.note([ADA, BOB, { ...CLEO, unverified: true }], time);
    assertEquals(byId(await people.find([BOB.id, CLEO.id, "user-nobody", BOB.id])), [
      { ...BOB, seen: time },
      { ...CLEO, seen: time },
    ]);
    assertEquals(await people.find([]), []);
  });

  test("who comes again has the name of now and was seen now", async (people, { time }) => {
    await people.note([ADA, BOB], time);
    await people.note([{ ...ADA, name: "Countess" }], time + 5);
    assertEquals(byId(await people.find([ADA.id, BOB.id])), [
      { id: ADA.id, name: "Countess", seen: time + 5 },
      { ...BOB, seen: time },
    ]);
    assertEquals(await found(people, "ada"), []);
    assertEquals(await found(people, "count"), ["Countess"]);
  });

  test("when somebody was seen never goes back", async (people, { time }) => {
    await people.note([ADA], time);
    await people.note([ADA], time - 60_000);
    assertEquals(await people.find([ADA.id]), [{ ...ADA, seen: time }]);
    await people.note([ADA, ADA], time + 1);
    assertEquals(await people.find([ADA.id]), [{ ...ADA, seen: time + 1 }]);
  });

  test("many notes in the same moment are all kept", async (people, { time }) => {
    const crowd = Array.from({ length: 300 }, (_, index) => person(`P${index}`));
    await Promise.all(crowd.map((user, index) => people.note([user], time + index)));
    const expected = crowd.map((user, index) => ({ ...user, seen: time + index }));
    assertEquals(byId(await people.find(crowd.map(({ id }) => id))), byId(expected));
    assertEquals(await people.search("", 300), expected.toReversed());
  });

  test("an empty text finds everybody, the last seen first", async (people, clock) => {
    await meet(people, clock, ["Ada", "Bob", "Cleo", "Ada"]);
    assertEquals(await found(people, ""), ["Ada", "Cleo", "Bob"]);
    assertEquals(await found(people, "", 2), ["Ada", "Cleo"]);
  });

  test("people are found by any part of their name, whatever the case", async (people, clock) => {
    await meet(people, clock, ["Ada Lovelace", "GRACE", "Zoë Ångström", "Мария", "李小龍"]);
    const searches: [string, string[]][] = [
      ["lovel", ["Ada Lovelace"]],
      ["ADA", ["Ada Lovelace"]],
      ["a l", ["Ada Lovelace"]],
      ["race", ["GRACE"]],
      ["ZOË", ["Zoë Ångström"]],
      ["ångstr", ["Zoë Ångström"]],
      ["мар", ["Мария"]],
      ["МАРИЯ", ["Мария"]],
      ["小", ["李小龍"]],
      ["ada lovelace king", []],
      ["user-ada", []],
    ];
    for (const [text, expected] of searches) {
      assertEquals(await found(people, text), expected, text);
    }
  });

  test(
    "who begins with it comes first, by a name or a word of it, and of those the last seen",
    async (people, clock) => {
      await meet(people, clock, ["Ann One", "Joanna", "Mary Ann", "Anna", "Johanna", "Susanne B"]);
      assertEquals(
        await found(people, "ann"),
        ["Anna", "Mary Ann", "Ann One", "Susanne B", "Johanna", "Joanna"],
      );
      assertEquals(await found(people, "ann", 4), ["Anna", "Mary Ann", "Ann One", "Susanne B"]);
      await meet(people, clock, ["Ann One", "Joanna"]);
      assertEquals(
        await found(people, "ANN"),
        ["Ann One", "Anna", "Mary Ann", "Joanna", "Susanne B", "Johanna"],
      );
    },
  );

  define(
    "guests who are gone and said nothing are forgotten by and by, a few at a time",
    async (store, clock) => {
      const { people, places } = store;
      const guests = Array.from({ length: 500 }, (_, index) => person(`Guest of once ${index}`))
        .map(({ name }, index) => ({ id: `u_${index}`, name }));
      const spoke = { id: "u_spoke", name: "Grace" };
      const member = { id: "h_member", name: "Ada" };
      await people.note([...guests, spoke, member], clock.time);
      await store.append(draft({ user: spoke }));
      await places.setListed("u_0", "lobby", true);
      const left = async () => (await people.find(guests.map(({ id }) => id))).length;
      const note = () => people.note([BOB], clock.time);

      clock.time += 30 * DAY - 1;
      for (let count = 0; count < 20; count++) await note();
      assertEquals(await left(), guests.length, "their sessions may still live");
      const late = guests.at(-1)!;
      await people.note([late], clock.time);

      clock.time += 1;
      await note();
      assert(await left() >= guests.length - 50, "others wait for what is done at once");
      for (let count = 0; count < 20; count++) await note();
      assertEquals(await people.find(guests.map(({ id }) => id)), [
        { ...late, seen: clock.time - 1 },
      ]);
      assertEquals((await places.find("u_0", "lobby"))?.listed, false);
      const known = await people.find([spoke.id, member.id, BOB.id]);
      assertEquals(byId(known).map(({ id }) => id), [member.id, spoke.id, BOB.id]);
      // Whoever is here again after all is known again.
      await people.note([guests[0]!], clock.time);
      assertEquals((await people.find(["u_0"])).length, 1);
    },
  );

  test("what is special to a database is text to look for", async (people, clock) => {
    const names = ["100% Ada", "under_score", "back\\slash", "O'Hara", 'quo"te', "star*", "b[o]b"];
    await meet(people, clock, ["plain", ...names]);
    const texts = ["%", "_", "\\", "'", '"', "*", "[o]"];
    for (const [index, text] of texts.entries()) {
      assertEquals(await found(people, text), [names[index]!], text);
    }
    for (const text of ["p%n", "p_ain", "p*n", "' OR 1=1 --", "^p", "."]) {
      assertEquals(await found(people, text), [], text);
    }
  });

  test("hostile ids and names are kept like any other", async (people, { time }) => {
    const hostile = [
      { id: "'; DROP TABLE people; --", name: "Robert'); DROP TABLE people; --" },
      { id: "__proto__", name: "constructor" },
      { id: '["a"]', name: "x" },
    ];
    await people.note(hostile, time);
    const expected = hostile.map((user) => ({ ...user, seen: time }));
    assertEquals(byId(await people.find(hostile.map(({ id }) => id))), byId(expected));
    assertEquals(await found(people, "drop table"), [hostile[0]!.name]);
  });

  test("what is found does not change with what is done to it", async (people, { time }) => {
    const user = { ...ADA };
    const noted = people.note([user], time);
    user.name = "changed";
    await noted;
    const [first] = await people.find([ADA.id]);
    first!.name = "changed";
    assertEquals(await people.search("", 1), [{ ...ADA, seen: time }]);
  });
}
