import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError } from "../../server/errors.ts";
import type { Identity } from "../../server/identity.ts";
import { LocalBuckets } from "../../server/buckets.ts";
import { listLimits, parseLimits } from "../../server/limit_table.ts";
import { Limiter } from "../../server/limits.ts";
import { OPEN } from "../../server/permissions.ts";
import { LIMITS, Refusal } from "../../server/protocol.ts";

function person(id: string, network = "192.0.2.1"): Identity {
  return { user: { id, name: id }, grant: OPEN, network };
}

Deno.test("a bucket gives what it holds at once, and then as fast as it fills", () => {
  let now = 1_000;
  const buckets = new LocalBuckets(10, 5, () => now);
  const takeAll = () => {
    let count = 0;
    while (buckets.take("ada") === 0) count++;
    return count;
  };
  assertEquals(takeAll(), 5);
  assertEquals(buckets.take("ada"), 100);
  now += 99;
  assertEquals(buckets.take("ada"), 1);
  now += 1;
  assertEquals(takeAll(), 1);
  now += 250;
  assertEquals(takeAll(), 2);
  // Another's bucket is another one.
  assertEquals(buckets.take("grace"), 0);
  now += 1_000_000;
  assertEquals(takeAll(), 5);
});

Deno.test("over a long time no more comes out than fills in, whenever it is asked", () => {
  let now = 0;
  let random = 1;
  const buckets = new LocalBuckets(10, 20, () => now);
  let taken = 0;
  while (now < 60_000) {
    random = (random * 48_271) % 2_147_483_647;
    now += random % 60;
    if (buckets.take("ada") === 0) taken++;
  }
  assert(taken <= 10 * 60 + 20 && taken >= 10 * 60 - 1, String(taken));
});

Deno.test("buckets that are full again are forgotten", () => {
  let now = 0;
  const buckets = new LocalBuckets(10, 10, () => now);
  for (let count = 0; count < 100_000; count++) {
    now += 1;
    buckets.take(`address ${count}`);
    // Each is full again after 100 ms; two fillings of a second each are remembered.
    assert(buckets.size <= 2_002, String(buckets.size));
  }
});

Deno.test("limits are set one by one, the last word counts, and all=0 leaves the sizes", () => {
  const standard = parseLimits([]);
  assertEquals(standard["message-bytes"], LIMITS.messageBytes);
  const changed = parseLimits(["messages-per-second=7", "all=0", "joins-per-second=3"]);
  assertEquals(changed["messages-per-second"], 0);
  assertEquals(changed["joins-per-second"], 3);
  assertEquals(changed["message-bytes"], LIMITS.messageBytes);
  for (
    const wrong of ["", "messages", "messages-per-second", "x=1", "messages-per-second=-1", "all=1"]
  ) {
    assertMatch(assertThrows(() => parseLimits([wrong]), UsageError).message, /\.$/);
  }
  for (const wrong of ["messages-per-second=1.5", "__proto__=1", "toString=1", "all=0 "]) {
    assertThrows(() => parseLimits([wrong]), UsageError);
  }
  assertEquals(listLimits().map((entry) => parseLimits([entry])), listLimits().map(() => standard));
});

Deno.test("a refusal names the limit, and says when to try again", () => {
  const limiter = new Limiter(parseLimits(["messages-per-second=1"]));
  for (let count = 0; count < 10; count++) limiter.message(person("ada"));
  const refusal = assertThrows(() => limiter.message(person("ada")), Refusal);
  assertEquals(refusal.code, "rate_limited");
  assertEquals(refusal.details, { limit: "messages-per-second" });
  assert(refusal.retryAfter! > 900 && refusal.retryAfter! <= 1_000);
  assertMatch(refusal.message, /^[A-Z].+ 1 second\.$/);
  limiter.message(person("grace"));
});

Deno.test("what is off counts nothing, and a size that is off has no end", () => {
  const limiter = new Limiter(parseLimits(["all=0", "message-bytes=0"]));
  for (let count = 0; count < 20_000; count++) {
    limiter.message(person("ada"));
    limiter.enterRoom("ada");
    limiter.connect("192.0.2.1", "ada");
  }
  assertEquals(limiter.sizes.messageBytes, Number.MAX_SAFE_INTEGER);
});

Deno.test("connections are counted by network and by person, and free their place", () => {
  const limiter = new Limiter(
    parseLimits(["connections-per-address=3", "connections-per-person=2"]),
  );
  const limitOf = (network: string, user?: string) =>
    assertThrows(() => limiter.connect(network, user), Refusal).details?.limit;
  const first = limiter.connect("a", "ada");
  limiter.connect("a", "ada");
  assertEquals(limitOf("a", "ada"), "connections-per-person");
  // The one that was refused takes no place of the network.
  const third = limiter.connect("a", undefined);
  assertEquals(limitOf("a", "grace"), "connections-per-address");
  assertEquals(limitOf("b", "ada"), "connections-per-person");
  first();
  third();
  limiter.connect("a", "ada");
  limiter.connect("a", "grace");
});

Deno.test("a class of 200 behind one address works with the defaults", () => {
  const limiter = new Limiter(parseLimits([]));
  for (let pupil = 0; pupil < 200; pupil++) {
    const who = person(`u_${pupil}`);
    limiter.signIn(who.network);
    // The page, its files, the session, a socket; twice, as one of two reloads.
    for (let count = 0; count < 20; count++) limiter.request(who.network);
    for (let tab = 0; tab < 4; tab++) limiter.connect(who.network, who.user.id);
    limiter.join(who);
    // Conversations with some of the others, and a look at the list of rooms.
    limiter.additions(who, 5);
    limiter.search(who);
    for (let count = 0; count < 20; count++) limiter.message(who);
  }
});
