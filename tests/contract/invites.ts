/** What every `InviteRegistry` keeps (see `server/invites.ts`), as tests that each implementation runs. */

import { assertEquals } from "@std/assert";
import type { Invite } from "../../server/invites.ts";
import { ADA, BOB, CLEO, draft, membership, person } from "../support/drafts.ts";
import { assertRefused, type OpenStore, storeTests } from "./suite.ts";

const DAY = 24 * 60 * 60_000;

/** Ada's invite to the lobby, made at `created`. */
function inviteOf(token: string, given: Partial<Invite> = {}): Invite {
  return { token, room: "lobby", role: "member", by: ADA, created: 1_000, ...given };
}

export function testInvites(name: string, open: OpenStore): void {
  const test = storeTests(name, open);

  test("an invite is found by its token, with all that it says", async ({ invites }, clock) => {
    const made: Invite[] = [
      inviteOf("plain"),
      inviteOf("ends", { expires: clock.time + 5_000, role: "reader", room: "~tea" }),
      inviteOf("moderates", { role: "moderator", by: { ...BOB, unverified: true } }),
    ];
    for (const invite of made) await invites.create(invite);
    for (const invite of made) assertEquals(await invites.find(invite.token), invite);
  });

  test("a token that is none finds nothing, nor one that is nearly right", async ({ invites }) => {
    await invites.create(inviteOf("AbCdEf"));
    for (const token of ["", "AbCdE", "abcdef", "AbCdEf ", "%", "______", "' OR 1=1 --"]) {
      assertEquals(await invites.find(token), undefined, token);
      assertEquals(await invites.guests(token), [], token);
    }
  });

  test("an invite that has expired is still found and listed", async ({ invites }, clock) => {
    const expired = inviteOf("expired", { expires: clock.time - 1 });
    await invites.create(expired);
    assertEquals(await invites.find("expired"), expired);
    assertEquals(await invites.list("lobby"), [expired]);
  });

  test(
    "invites that ended long ago are forgotten by and by, and those that hold stay",
    async ({ invites }, clock) => {
      const holds = inviteOf("holds");
      const ends = inviteOf("ends", { expires: clock.time + DAY });
      const revoked = inviteOf("revoked");
      for (const invite of [holds, ends, revoked]) await invites.create(invite);
      await invites.revoke("revoked");
      const makeSome = async () => {
        for (let count = 0; count < 5; count++) {
          const { token } = inviteOf(`of ${clock.time} ${count}`);
          await invites.create(inviteOf(token, { room: "~tea" }));
        }
      };
      clock.time += 31 * DAY - 1;
      await makeSome();
      assertEquals(await invites.find("ends"), ends, "who comes late is told that it has expired");
      clock.time += 1;
      await makeSome();
      assertEquals(await invites.find("ends"), undefined);
      assertEquals(await invites.find("holds"), holds);
      assertEquals(await invites.list("lobby"), [holds]);
      assertEquals((await invites.list("~tea")).length, 10);
    },
  );

  test("who came by a revoked invite is told for a day", async (store, clock) => {
    const { invites } = store;
    await invites.create(inviteOf("a"));
    await store.append(membership(BOB, "member", { invite: "a" }));
    await invites.revoke("a");
    clock.time += DAY - 1;
    await invites.create(inviteOf("b"));
    await invites.revoke("a");
    assertEquals(await invites.guests("a"), [BOB]);
    clock.time += 1;
    for (const token of ["c", "d"]) await invites.create(inviteOf(token));
    assertEquals(await invites.guests("a"), []);
  });

  test("an invite that was revoked is not found, however often it was", async ({ invites }) => {
    const kept = inviteOf("kept");
    for (const invite of [inviteOf("revoked"), kept]) await invites.create(invite);
    await invites.revoke("revoked");
    await invites.revoke("revoked");
    await invites.revoke("never there");
    assertEquals(await invites.find("revoked"), undefined);
    assertEquals(await invites.find("never there"), undefined);
    assertEquals(await invites.list("lobby"), [kept]);
  });

  test("the invites of a room are listed, the newest first", async ({ invites }) => {
    const made = [2, 5, 1, 4].map((created) => inviteOf(`of ${created}`, { created }));
    for (const invite of made) await invites.create(invite);
    await invites.create(inviteOf("elsewhere", { room: "~tea" }));
    const tokens = (await invites.list("lobby")).map(({ token }) => token);
    assertEquals(tokens, ["of 5", "of 4", "of 2", "of 1"]);
    assertEquals(await invites.list("~tea"), [inviteOf("elsewhere", { room: "~tea" })]);
    assertEquals(await invites.list("nowhere"), []);
  });

  test("invites made in the same moment are all there", async ({ invites }) => {
    const made = Array.from(
      { length: 100 },
      (_, index) => inviteOf(`${index}`, { created: index }),
    );
    await Promise.all(made.map((invite) => invites.create(invite)));
    assertEquals(await invites.list("lobby"), made.toReversed());
  });

  test("what is kept does not change with what is done to it", async ({ invites }) => {
    const invite = inviteOf("a", { by: { ...ADA } });
    const created = invites.create(invite);
    invite.by.name = "changed";
    await created;
    (await invites.find("a"))!.by.name = "changed";
    assertEquals(await invites.find("a"), inviteOf("a"));
  });

  test("its guests are the members who came by it, in the order of their coming", async (store) => {
    await store.invites.create(inviteOf("a"));
    await store.invites.create(inviteOf("b"));
    const people = ["Zoë", "Max", "Ann"].map(person);
    assertEquals(await store.invites.guests("a"), []);
    await store.append(membership(CLEO, "owner"));
    for (const user of people) await store.append(membership(user, "member", { invite: "a" }));
    await store.append(membership(BOB, "reader", { invite: "b" }));
    assertEquals(await store.invites.guests("a"), people);
    assertEquals(await store.invites.guests("b"), [BOB]);
  });

  test("who came by an invite is told also once it is revoked", async (store) => {
    await store.invites.create(inviteOf("a"));
    await store.append(membership(BOB, "member", { invite: "a" }));
    await store.invites.revoke("a");
    assertEquals(await store.invites.guests("a"), [BOB]);
  });

  test("a guest with another role or name is still one, who has left is none", async (store) => {
    await store.invites.create(inviteOf("a"));
    for (const user of [BOB, CLEO]) {
      await store.append(membership(user, "member", { invite: "a" }));
    }
    await store.append(membership({ ...BOB, name: "Robert" }, "moderator"));
    await store.append(membership(CLEO, null));
    assertEquals(await store.invites.guests("a"), [{ ...BOB, name: "Robert" }]);
    await store.append(membership(CLEO, "member"));
    assertEquals(await store.invites.guests("a"), [{ ...BOB, name: "Robert" }]);
  });

  test("who comes back by another invite is a guest of that one", async (store) => {
    for (const token of ["a", "b"]) await store.invites.create(inviteOf(token));
    await store.append(membership(BOB, "member", { invite: "a" }));
    await store.append(membership(BOB, null));
    await store.append(membership(BOB, "member", { invite: "b" }));
    assertEquals(await store.invites.guests("a"), []);
    assertEquals(await store.invites.guests("b"), [BOB]);
  });

  test("a retry of a coming makes no second guest, a refused one none at all", async (store) => {
    await store.invites.create(inviteOf("a"));
    const came = membership(BOB, "member", { invite: "a" });
    await Promise.all([store.append(came), store.append(came)]);
    const said = await store.append(draft());
    const other = membership(CLEO, "member", { invite: "a", id: said.event.id });
    await assertRefused("conflict", () => store.append(other));
    assertEquals(await store.invites.guests("a"), [BOB]);
  });

  test("an invite has no guests in another room than its own", async (store) => {
    await store.invites.create(inviteOf("a"));
    await store.append(membership(BOB, "member", { invite: "a", room: "garden" }));
    assertEquals(await store.invites.guests("a"), []);
  });
}
