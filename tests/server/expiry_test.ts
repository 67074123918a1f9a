import { assertEquals } from "@std/assert";
import { Expiry } from "../../server/expiry.ts";

Deno.test("the end of a token is announced, and then it comes", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const told: string[] = [];
  const expires = Date.now() + 100;
  const expiry = new Expiry(
    (moment) => told.push(moment === expires ? "soon" : "wrong"),
    () => {
      told.push(Date.now() >= expires - 1 ? "end" : "early");
      resolve();
    },
  );
  expiry.set(expires);
  await promise;
  assertEquals(told, ["soon", "end"]);
});

Deno.test("a token that is over already ends at once, and one of many years does not", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  new Expiry(() => {}, resolve).set(Date.now() - 1_000);
  const lasting = new Expiry(
    () => {
      throw new Error("announced years too early");
    },
    () => {
      throw new Error("ended years too early");
    },
  );
  // Longer than a timer of the runtime can wait: taken as it is, it would fire at once.
  lasting.set(Date.now() + 100 * 365 * 24 * 60 * 60_000);
  await promise;
  await new Promise((next) => setTimeout(next));
  lasting.clear();
});

Deno.test("a newer moment takes the place of the one before, and none at all never comes", async () => {
  const told: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const expiry = new Expiry((moment) => told.push(moment), resolve);
  expiry.set(Date.now() + 1);
  const later = Date.now() + 60;
  expiry.set(later);
  await promise;
  assertEquals(told, [later]);
  expiry.set(Date.now() + 1);
  expiry.set(undefined);
  await new Promise((next) => setTimeout(next, 20));
  assertEquals(told, [later]);
});
