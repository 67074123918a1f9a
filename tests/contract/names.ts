/** What every `NameRegistry` keeps (see `server/names.ts`), as tests that each implementation runs. */

import { assert, assertEquals } from "@std/assert";
import type { Holder, NameRegistry } from "../../server/names.ts";
import { Clock } from "../support/clock.ts";

const HOUR = 3_600_000;

/** @param open makes an empty registry on the given clock, and what frees it */
export function testNames(
  name: string,
  open: (now: () => number) => Promise<AsyncDisposable & { names: NameRegistry }>,
): void {
  function test(
    behaviour: string,
    body: (names: NameRegistry, clock: Clock) => Promise<void>,
  ): void {
    Deno.test(`${name}: ${behaviour}`, async () => {
      const clock = new Clock();
      await using opened = await open(clock.now);
      await body(opened.names, clock);
    });
  }
  const holder = (id: string, name: string, clock: Clock): Holder => ({
    id,
    name,
    expires: clock.time + HOUR,
  });

  test("a name belongs to whoever claimed it first", async (names, clock) => {
    const ada = holder("u_1", "Ada", clock);
    assert(await names.claim(ada));
    assertEquals(await names.claim(holder("u_2", "Ada", clock)), false);
    assertEquals(await names.find("u_1"), ada);
    assertEquals(await names.find("u_2"), undefined);
    assert(await names.isTaken("Ada"));
    assertEquals(await names.isTaken("Ada", "u_1"), false);
  });

  test("a name that was found free is taken as soon as somebody holds it", async (names, clock) => {
    for (const name of ["Ada", "ADA", "Αda"]) assertEquals(await names.isTaken(name), false);
    const claiming = names.claim(holder("u_1", "Ada", clock));
    await names.isTaken("Ada");
    await claiming;
    for (const name of ["Ada", "ADA", "Αda"]) assert(await names.isTaken(name), name);
    await names.release("u_1");
    assertEquals(await names.isTaken("Ada"), false);
  });

  test("of many claims at the same moment one gets the name", async (names, clock) => {
    const claims = Array.from(
      { length: 20 },
      (_, index) => names.claim(holder(`u_${index}`, index % 2 ? "Ada" : "АDА", clock)),
    );
    assertEquals((await Promise.all(claims)).filter(Boolean).length, 1);
  });

  test(
    "a look-alike of a held name is taken, and free once that is released",
    async (names, clock) => {
      await names.claim(holder("u_1", "Ada Lovelace", clock));
      for (const alike of ["ADA lovelace", "AdaLovelace", "Аdа Lovelace", "𝐀da Love1ace"]) {
        assert(await names.isTaken(alike), alike);
        assertEquals(await names.claim(holder("u_2", alike, clock)), false, alike);
      }
      await names.release("u_1");
      await names.release("u_1");
      assertEquals(await names.find("u_1"), undefined);
      assert(await names.claim(holder("u_2", "Аdа Lovelace", clock)));
    },
  );

  test("a holder who takes another name frees the one before", async (names, clock) => {
    await names.claim(holder("u_1", "Ada", clock));
    await names.claim(holder("u_1", "Grace", clock));
    assertEquals(await names.isTaken("Ada"), false);
    assertEquals((await names.find("u_1"))?.name, "Grace");
  });

  test("a holder may write the own name in another way", async (names, clock) => {
    await names.claim(holder("u_1", "ada", clock));
    assert(await names.claim(holder("u_1", "Ada", clock)));
    assertEquals((await names.find("u_1"))?.name, "Ada");
  });

  test("a refused claim leaves the name that was held", async (names, clock) => {
    await names.claim(holder("u_1", "Ada", clock));
    await names.claim(holder("u_2", "Grace", clock));
    assertEquals(await names.claim(holder("u_2", "Ada", clock)), false);
    assertEquals((await names.find("u_2"))?.name, "Grace");
    assert(await names.isTaken("Grace", "u_1"));
  });

  test(
    "a name is free when its time is over, and held on when it is claimed again",
    async (names, clock) => {
      await names.claim(holder("u_1", "Ada", clock));
      await names.claim(holder("u_2", "Grace", clock));
      clock.time += HOUR / 2;
      await names.claim(holder("u_2", "Grace", clock));
      clock.time += HOUR / 2;
      assertEquals(await names.find("u_1"), undefined);
      assert(await names.claim(holder("u_3", "Ada", clock)));
      assert(await names.isTaken("Grace", "u_3"));
    },
  );

  test(
    "people of one application may share a name, and nobody else may have it",
    async (names, clock) => {
      const shared = { shared: true };
      assert(await names.claim(holder("u_1", "Ada", clock)));
      assert(await names.claim(holder("h_1", "Ada", clock), shared));
      assert(await names.claim(holder("h_2", "Ada", clock), shared));
      await names.release("u_1");
      await names.release("h_1");
      assertEquals(await names.claim(holder("u_2", "Ada", clock)), false);
      await names.release("h_2");
      assert(await names.claim(holder("u_2", "Ada", clock)));
    },
  );

  test("hostile names and ids are held like any other", async (names, clock) => {
    const id = "h_' OR 1=1; --";
    const hostile = "Robert'); DROP TABLE names; --";
    assert(await names.claim(holder(id, hostile, clock)));
    assertEquals((await names.find(id))?.name, hostile);
    assertEquals(await names.isTaken("Robert"), false);
  });
}
