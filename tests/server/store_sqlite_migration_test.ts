/** Databases that older programs wrote, opened by this one. */

import { assert, assertEquals, fail } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { Draft, RoomRecord, Store } from "../../server/store.ts";
import { openSqliteStore } from "../../server/store_sqlite.ts";
import { foldMessages } from "../contract/fold.ts";
import { deletion, draft } from "../support/drafts.ts";
import { temporaryFolder } from "../support/temporary.ts";

/** Puts a database into the folder as the program with that `user_version` wrote it. */
function putVersion(version: number, path: string): void {
  const statements = new URL(`store_sqlite_version_${version}.sql`, import.meta.url);
  using database = databaseIn(path);
  // As every version did: rows that move while they are put in leave nothing behind.
  database.exec("PRAGMA secure_delete = ON");
  database.exec(Deno.readTextFileSync(statements));
}

function openVersion(version: number, path: string): Promise<Store> {
  putVersion(version, path);
  return open(path);
}

function open(path: string): Promise<Store> {
  return openSqliteStore({ path, onProblem: (sentence) => fail(sentence) });
}

function databaseIn(path: string): DatabaseSync {
  return new DatabaseSync(`${path}/parlor.db`);
}

/** The log as its rows have it. */
function logRowsIn(path: string): unknown[] {
  using database = databaseIn(path);
  return database.prepare(`
    SELECT room_key, seq, timestamp, type, user_id, id, version, payload
    FROM events ORDER BY room_key, seq`).all();
}

Deno.test("data of version 2 is brought up to date, and all of it can be worked with", async () => {
  using folder = temporaryFolder();
  // Three messages, one of them in a private room.
  const store = await openVersion(2, folder.path);
  assertEquals(store.epoch, "kept-epoch-1");
  const bob = { id: "u_bob", name: "Bob" };
  const [first, second] = (await store.page("lobby", { at: "end" }, 10)).messages;
  assertEquals((await store.since("lobby", 0, 10)).events, [first!, second!]);
  assertEquals(first, {
    type: "chat",
    room: "lobby",
    seq: 1,
    timestamp: 1_700_000_000_000,
    user: { id: "u_ada", name: "Ada" },
    id: "a-1",
    message: "hello\0 „Zoë“ 🌱",
  });
  assertEquals([second?.user.unverified, second?.bytes], [true, 512]);
  assertEquals((await store.room("~secret"))?.kind, "private");
  const lobby = {
    room: "lobby",
    kind: "public",
    settings: {},
    head: 2,
    timestamp: 1_700_000_000_500,
  };
  assertEquals(await store.rooms({ limit: 10 }), [lobby] as RoomRecord[]);
  assert(await store.names.isTaken("ADA"));

  const unread = await store.places.read("u_ada", "lobby", 0, true);
  assertEquals(unread, { read: 0, unread: 1, mentions: 0 });
  const retry = {
    type: "chat",
    room: "lobby",
    user: first!.user,
    id: "a-1",
    message: first!.message,
  };
  assertEquals(await store.append(retry as Draft), { event: first!, repeated: true });
  const react = {
    type: "react",
    room: "lobby",
    user: bob,
    target: 1,
    emoji: "👍",
    on: true,
  } as const;
  await store.append({ ...react, id: "b-1" });
  await store.append({ type: "delete", room: "lobby", user: bob, target: 2, id: "b-2" });
  const [reacted, deleted] = await store.messages("lobby", [1, 2]);
  assertEquals(reacted, { ...first!, reactions: [{ emoji: "👍", count: 1, people: [bob] }] });
  assertEquals([deleted?.message, deleted?.deleted, deleted?.bytes], ["", true, undefined]);
  await store.close();
});

Deno.test("reactions and deletions of version 3 stand as if they were made today", async () => {
  using folder = temporaryFolder();
  // Few reactions on one message, with one put on twice and some taken off; many on another; a message
  // that a moderator deleted, and one that its author did.
  const store = await openVersion(3, folder.path);
  const { events } = await store.since("lobby", 0, 100);
  const { messages } = await store.page("lobby", { at: "end" }, 10);
  assertEquals(messages, foldMessages(events));
  const counts = events.map((event) => event.type === "react" ? event.count : undefined);
  assertEquals(counts.slice(4, 11), [1, 1, 1, 2, 1, 2, 2]);
  assertEquals(messages.map(({ deletedBy }) => deletedBy?.name), [
    undefined,
    undefined,
    "Bob",
    undefined,
  ]);
  assertEquals((await store.reacted("u_bob", "lobby", 1, 3)).map(({ seq }) => seq).sort(), [
    1,
    2,
    2,
  ]);
  const ada = { id: "u_ada", name: "Ada" };
  const off = { type: "react", room: "lobby", user: ada, emoji: "👍", on: false } as const;
  for (const target of [1, 2]) await store.append({ ...off, id: `off-${target}`, target });
  const log = (await store.since("lobby", 0, 100)).events;
  assertEquals(await store.messages("lobby", [1, 2, 3, 4]), foldMessages(log));
  await store.close();
});

Deno.test("messages of version 5 read the same since they stand in the log's own rows", async () => {
  using folder = temporaryFolder();
  // Messages that were edited; deleted by their author and by somebody else; pinned, also for a while;
  // with reactions of few and of many; that mention people and everybody; in three kinds of rooms.
  putVersion(5, folder.path);
  const log = logRowsIn(folder.path);
  const store = await open(folder.path);
  for (const room of ["lobby", "~talk", "~secret"]) {
    const { events } = await store.since(room, 0, 100);
    const { messages } = await store.page(room, { at: "end" }, 100);
    assertEquals(messages, foldMessages(events), room);
    const around = await store.page(room, { at: "around", seq: 4 }, 4);
    assertEquals(around.messages, messages.slice(around.older ? 1 : 0).slice(0, 4), room);
  }
  const pins = await store.pins("lobby", 10);
  assertEquals(pins.map(({ seq }) => seq), [1, 6, 5]);
  const unread = async (name: string, room: string, read: number) => {
    const { unread, mentions } = await store.places.read(`u_${name}`, room, read, true);
    return [unread, mentions];
  };
  assertEquals(await unread("ada", "lobby", 0), [5, 1]);
  assertEquals(await unread("bob", "lobby", 0), [5, 0]);
  assertEquals(await unread("cleo", "lobby", 0), [5, 2]);
  assertEquals(await unread("bob", "lobby", 6), [2, 0]);
  assertEquals(await unread("bob", "~talk", 1), [2, 0]);
  await store.close();
  assertEquals(logRowsIn(folder.path), log);
  using database = databaseIn(folder.path);
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'messages%'");
  assertEquals(tables.all(), []);
});

Deno.test("what is deleted of the messages of version 5 is in no byte of the file, where each was twice", async () => {
  using folder = temporaryFolder();
  putVersion(5, folder.path);
  const texts = ["has a look", "many react", "pinned first", "few react", "come", "a while", "512"];
  const left = () => {
    const bytes = Deno.readTextFileSync(`${folder.path}/parlor.db`);
    return [...texts, "hush"].filter((text) => bytes.includes(text));
  };
  assertEquals(left(), [...texts, "hush"]);
  const store = await open(folder.path);
  for (const { deleted, seq } of (await store.page("lobby", { at: "end" }, 10)).messages) {
    if (!deleted) await store.append(deletion(seq));
  }
  assertEquals((await store.append(draft())).event.seq, 45);
  await store.close();
  assertEquals(left(), ["hush"]);
});
