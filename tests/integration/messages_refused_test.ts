/** Doing with messages what one may not do, by every way in. */

import { assertEquals, assertMatch } from "@std/assert";
import type { ErrorCode, LogCommand, RoomSettings, User } from "../../server/protocol.ts";
import type { Store } from "../../server/store.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { deletion, draft, memberAs, roomDraft } from "../support/drafts.ts";
import { HOST_SECRET, hostToken } from "../support/host_application.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";
import { done, people, type Person, type SignedIn, WAYS } from "../support/message_ways.ts";

const TOKENS = { secret: HOST_SECRET, keysUrl: undefined, audience: undefined, issuer: undefined };
const ROOM = "team";
const PRIVATE = "~board";
const TEN_MINUTES = 10 * 60_000;
const EVERYTHING = ["edit", "delete", "react", "pin", "chat"] as const;

interface Scene extends AsyncDisposable {
  server: InProcessServer;
  store: Store;
  /** Said what stands in the rooms, ten minutes ago. */
  author: SignedIn;
  other: SignedIn;
  /** A room in which the author's message stands at position 2. */
  room(
    settings: RoomSettings,
    given?: { room?: string; moderator?: User; bytes?: number },
  ): Promise<void>;
}

async function begin(): Promise<Scene> {
  let ago = TEN_MINUTES;
  const store = createMemoryStore({ now: () => Date.now() - ago });
  const server = await serveInProcess({ tokens: TOKENS }, { store });
  const [author, other] = await people(server.url, "Author", "Other") as [SignedIn, SignedIn];
  return {
    server,
    store,
    author,
    other,
    async room(settings, { room = ROOM, moderator, bytes } = {}) {
      const { user } = author;
      const { archived, ...others } = settings;
      const members = [memberAs(user, "member")];
      if (moderator) members.push(memberAs(moderator, "moderator"));
      const created = room === PRIVATE ? "private" as const : "public" as const;
      await store.append(roomDraft(others, { room, user, created, members }));
      await store.append(
        draft({ room, name: user.name, userId: user.id, ...(bytes && { bytes }) }),
      );
      if (archived) await store.append(roomDraft({ archived }, { room, user }));
      ago = 0;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** What somebody does, about the message at position 2 unless it is said otherwise. */
function commandOf(type: LogCommand["type"], target = 2, room = ROOM): LogCommand {
  const id = crypto.randomUUID();
  switch (type) {
    case "chat":
      return { type, id, room, message: "an answer", replyTo: target };
    case "edit":
      return { type, id, room, target, message: "another text" };
    case "delete":
      return { type, id, room, target };
    case "react":
      return { type, id, room, target, emoji: "👍", on: true };
    case "pin":
      return { type, id, room, target, on: true };
  }
}

/** By every way in, each is refused so, and leaves no trace. */
async function assertRefused(
  { store }: Scene,
  who: Person,
  commands: readonly LogCommand[],
  code: ErrorCode,
): Promise<void> {
  const [command] = commands as readonly { room: string }[];
  const { room } = command!;
  const before = await store.since(room, 0, 100);
  for (const [name, way] of WAYS) {
    for (const command of commands) {
      const answer = await way(who, command);
      assertEquals(answer.code, code, `${command.type} by ${name}: ${Deno.inspect(answer)}`);
      assertMatch(answer.message!, /^[^!]+\.$/);
    }
  }
  assertEquals(await store.since(room, 0, 100), before);
}

const all = (target?: number, room?: string) =>
  EVERYTHING.map((type) => commandOf(type, target, room));

Deno.test("somebody else's message cannot be edited or deleted", async () => {
  await using scene = await begin();
  await scene.room({});
  const commands = [commandOf("edit"), commandOf("delete")];
  await assertRefused(scene, scene.other, commands, "forbidden");
});

Deno.test("a moderator deletes what others said, also late, and cannot put words into their mouth", async () => {
  await using scene = await begin();
  const { author, other } = scene;
  await scene.room({ editMinutes: 0 }, { moderator: other.user });
  await assertRefused(scene, author, [commandOf("edit"), commandOf("delete")], "too_late");
  await assertRefused(scene, other, [commandOf("edit")], "forbidden");
  assertEquals((await done(other, commandOf("delete"))).seq, 3);
});

Deno.test("who may only read a room does nothing with its messages", async () => {
  await using scene = await begin();
  await scene.room({});
  const { url } = scene.server;
  const everywhere = { url, token: await hostToken({ role: "reader" }) };
  await assertRefused(scene, everywhere, all(), "forbidden");
});

Deno.test("in an archived room nothing is done any more, by whoever it may be", async () => {
  await using scene = await begin();
  await scene.room({ archived: true }, { moderator: scene.other.user });
  await assertRefused(scene, scene.author, all(), "archived");
  await assertRefused(scene, scene.other, all(), "archived");
});

for (const editMinutes of [0, 1, 9]) {
  Deno.test(`ten minutes later is too late where authors have ${editMinutes}; reacting and pinning have no end`, async () => {
    await using scene = await begin();
    await scene.room({ editMinutes });
    await assertRefused(
      scene,
      scene.author,
      [commandOf("edit"), commandOf("delete")],
      "too_late",
    );
    await done(scene.author, commandOf("react"));
    await done(scene.author, commandOf("pin"));
  });
}

Deno.test("ten minutes later is in time where authors have eleven, and where nothing is set", async () => {
  for (const settings of [{ editMinutes: 11 }, {}]) {
    await using scene = await begin();
    await scene.room(settings);
    await done(scene.author, commandOf("edit"));
    await done(scene.author, commandOf("delete"));
  }
});

Deno.test("a deleted message is gone for everything, answers too, also for its author", async () => {
  await using scene = await begin();
  await scene.room({});
  const { user } = scene.author;
  await scene.store.append(deletion(2, { room: ROOM, user }));
  await assertRefused(scene, scene.author, all(), "gone");
  const path = `/api/rooms/${ROOM}/messages/2/reactions/${encodeURIComponent("👍")}`;
  const reactors = await fetch(new URL(path, scene.server.url));
  assertEquals([reactors.status, (await reactors.json()).error.code], [410, "gone"]);
});

Deno.test("what is no message of this room is not found: other events, what is to come, other rooms'", async () => {
  await using scene = await begin();
  await scene.room({});
  await scene.room({}, { room: "other" });
  await done(scene.author, { type: "chat", id: "three", room: "other", message: "three" });
  for (const target of [1, 3, Number.MAX_SAFE_INTEGER]) {
    await assertRefused(scene, scene.author, all(target), "not_found");
  }
});

Deno.test("a guest without a session can say something, and changes nothing", async () => {
  await using scene = await begin();
  await scene.room({});
  const guest = { url: scene.server.url };
  const changes = all().filter(({ type }) => type !== "chat");
  await assertRefused(scene, guest, changes, "unauthorized");
  for (const way of WAYS.values()) {
    assertEquals((await way(guest, commandOf("chat"))).event?.user.unverified, true);
  }
});

Deno.test("an outsider of a private room gets the same answers as for a room that never was", async () => {
  await using scene = await begin();
  const { server: { url }, author, other } = scene;
  await scene.room({}, { room: PRIVATE });
  await done(author, { type: "chat", id: "said", room: PRIVATE, message: "inside" });
  await assertRefused(scene, other, all(2, PRIVATE), "not_found");
  for (const way of WAYS.values()) {
    for (const [index, command] of all(2, PRIVATE).entries()) {
      const there = await way(other, command);
      const nowhere = await way(other, all(2, "~nowhere")[index]!);
      assertEquals(there, nowhere);
    }
  }
  // The insider's own id, which an insider's retry would find.
  const guess = { type: "chat", id: "said", room: PRIVATE, message: "inside" } as const;
  assertEquals((await WAYS.get("HTTP")!(other, guess)).code, "not_found");
  const headers = { authorization: `Bearer ${other.token}` };
  for (
    const path of ["messages?seqs=2", "pins", `messages/2/reactions/${encodeURIComponent("👍")}`]
  ) {
    const [there, nowhere] = await Promise.all([PRIVATE, "~nowhere"].map(async (room) => {
      const response = await fetch(`${url}/api/rooms/${room}/${path}`, { headers });
      return [response.status, await response.text()];
    }));
    assertEquals(there![0], 404);
    assertEquals(there, nowhere);
  }
});

Deno.test("a note that stands for data has no text to edit, and can be deleted", async () => {
  await using scene = await begin();
  await scene.room({}, { bytes: 3 });
  await assertRefused(scene, scene.author, [commandOf("edit")], "forbidden");
  await done(scene.author, commandOf("delete"));
});

for (
  const [attack, fields] of [
    ["no emoji", { emoji: "x" }],
    ["two emoji", { emoji: "👍👍" }],
    ["markup", { emoji: "<img>" }],
    ["a text of a megabyte", { emoji: "👍".repeat(1_000) }],
    ["nothing", { emoji: "" }],
  ] as const
) {
  Deno.test(`attack: a reaction that is ${attack} is refused`, async () => {
    await using scene = await begin();
    await scene.room({});
    const { store, author } = scene;
    const head = await store.head(ROOM);
    for (const [name, way] of WAYS) {
      const { code } = await way(author, { ...commandOf("react"), ...fields } as LogCommand);
      // There is no such address where there is nothing in the path.
      const wanted = name === "HTTP" && fields.emoji === "" ? "not_found" : "bad_command";
      assertEquals(code, wanted, name);
    }
    assertEquals(await store.head(ROOM), head);
  });
}

Deno.test("an edit that is empty, too long or half of a character is refused as a message is", async () => {
  await using scene = await begin();
  await scene.room({});
  const withText = (message: string) => [{ ...commandOf("edit"), message } as LogCommand];
  await assertRefused(scene, scene.author, withText(" \n"), "empty_message");
  await assertRefused(scene, scene.author, withText("x".repeat(16 * 1024 + 1)), "message_too_long");
  await assertRefused(scene, scene.author, withText("\ud800"), "bad_command");
});

Deno.test("attack: positions in the path that are no positions are refused", async () => {
  await using scene = await begin();
  await scene.room({});
  for (const seq of ["0", "-1", "1e3", "2.0", "0x2", " 2", "２", "9".repeat(400), "%00", "..."]) {
    const { url } = scene.server;
    const path = `/api/rooms/${ROOM}/messages/${encodeURIComponent(seq)}`;
    const response = await fetch(new URL(path, url), {
      method: "DELETE",
      headers: { authorization: `Bearer ${scene.author.token}` },
    });
    assertEquals([response.status, (await response.json()).error.code], [400, "bad_command"], seq);
  }
});
