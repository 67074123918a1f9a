import { assert, assertEquals, assertRejects, assertStringIncludes, fail } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { StartError } from "../../server/errors.ts";
import type { Store } from "../../server/store.ts";
import { openSqliteStore } from "../../server/store_sqlite.ts";
import { DatabaseProblem } from "../../server/store_sqlite_problems.ts";
import { prepareDatabase } from "../../server/store_sqlite_schema.ts";
import { draft } from "../support/drafts.ts";
import { temporaryFolder } from "../support/temporary.ts";

function open(path: string): Promise<Store> {
  return openSqliteStore({ path, onProblem: (sentence) => fail(sentence) });
}

/** Opening fails with a sentence that has all of these in it; returns it. */
async function assertCannotOpen(path: string, ...said: string[]): Promise<string> {
  const { message } = await assertRejects(() => open(path), StartError);
  for (const part of said) assertStringIncludes(message, part);
  assert(/^[A-Z/].*\.$/.test(message), `not a sentence: ${message}`);
  return message;
}

/** A closed store in the folder in which `count` messages were said in the lobby. */
async function fill(path: string, count: number): Promise<void> {
  const store = await open(path);
  await Promise.all(
    Array.from({ length: count }, (_, index) => store.append(draft({ message: `m${index + 1}` }))),
  );
  await store.close();
}

Deno.test("the data folder is created, and private", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/deep/data`;
  const store = await open(path);
  await store.append(draft());
  assertEquals(Deno.statSync(path).mode! & 0o777, 0o700);
  for (const { name } of Deno.readDirSync(path)) {
    assertEquals(Deno.statSync(`${path}/${name}`).mode! & 0o077, 0, name);
  }
  await store.close();
});

Deno.test("what was said is there after closing and opening again, under the same epoch", async () => {
  using folder = temporaryFolder();
  const first = await open(folder.path);
  const said = draft({ message: "hello\u0000 „Zoë“ 🌱" });
  const { event } = await first.append(said);
  await first.close();

  const second = await open(folder.path);
  assertEquals(second.epoch, first.epoch);
  assertEquals((await second.since("lobby", 0, 10)).events, [event]);
  assertEquals((await second.page("lobby", { at: "end" }, 10)).messages, [event]);
  assertEquals(await second.append(said), { event, repeated: true });
  assertEquals((await second.append(draft())).event.seq, 2);
  await second.close();
});

Deno.test("timestamps do not go back after a restart with the clock set back", async () => {
  using folder = temporaryFolder();
  const late = 2_000_000_000_000;
  for (const time of [late, late - 1_000_000]) {
    const store = await openSqliteStore({ path: folder.path, onProblem: fail, now: () => time });
    const { event } = await store.append(draft());
    assertEquals(event.timestamp, late);
    await store.close();
  }
});

Deno.test("closing leaves one database file, with nothing beside it that a copy would miss", async () => {
  using folder = temporaryFolder();
  await fill(folder.path, 100);
  const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort();
  assertEquals(names, ["parlor.db", "parlor.lock"]);
});

Deno.test("after closing, a deleted message's text is in no byte of the file", async () => {
  using folder = temporaryFolder();
  const store = await open(folder.path);
  // Short ones and such as take several pages; the first and last of each kind go.
  const texts = Array.from(
    { length: 40 },
    (_, index) => `<${index}> ${"x".repeat(index % 2 * 9_000)}`,
  );
  const said = await Promise.all(texts.map((message) => store.append(draft({ message }))));
  const { user } = said[0]!.event;
  const gone = [0, 1, 17, 38, 39];
  for (const index of gone) {
    const place = { room: "lobby", user, target: index + 1 };
    const message = `<${index}> changed`;
    await store.append({ type: "edit", ...place, id: crypto.randomUUID(), message });
    await store.append({ type: "delete", ...place, id: crypto.randomUUID() });
  }
  await store.close();
  const bytes = Deno.readTextFileSync(`${folder.path}/parlor.db`);
  const left = texts.keys().filter((index) => bytes.includes(`<${index}> `));
  assertEquals([...left], [...texts.keys()].filter((index) => !gone.includes(index)));
});

Deno.test("a second Parlor on the same data is told so, and the first goes on", async () => {
  using folder = temporaryFolder();
  const first = await open(folder.path);
  await assertCannotOpen(folder.path, "Another Parlor is using", folder.path, "--data");
  assertEquals((await first.append(draft())).event.seq, 1);
  await first.close();
  await (await open(folder.path)).close();
});

Deno.test("a file in the place of the data folder is named", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/file`;
  Deno.writeTextFileSync(path, "");
  await assertCannotOpen(path, `${path} is not a folder`, "--data");
  await assertCannotOpen(`${path}/below`, "is not a folder", "--data");
});

Deno.test("a file that is no database is left as it is", async () => {
  using folder = temporaryFolder();
  const file = `${folder.path}/parlor.db`;
  Deno.writeTextFileSync(file, "my shopping list\n".repeat(1_000));
  await assertCannotOpen(folder.path, "not a Parlor database", file);
  assertStringIncludes(Deno.readTextFileSync(file), "my shopping list");
});

Deno.test("the database of another program is left as it is", async () => {
  using folder = temporaryFolder();
  const file = `${folder.path}/parlor.db`;
  const other = new DatabaseSync(file);
  other.exec("CREATE TABLE recipes (name TEXT)");
  other.close();
  const before = Deno.readFileSync(file);
  await assertCannotOpen(folder.path, "not a Parlor database", file);
  assertEquals(Deno.readFileSync(file), before);
});

Deno.test("data of a newer Parlor is left as it is", async () => {
  using folder = temporaryFolder();
  await fill(folder.path, 1);
  const file = `${folder.path}/parlor.db`;
  const database = new DatabaseSync(file);
  database.exec("PRAGMA user_version = 1000");
  database.close();
  await assertCannotOpen(folder.path, "written by a newer Parlor", "Update Parlor");
});

Deno.test("a damaged file is found at the start", async () => {
  using folder = temporaryFolder();
  await fill(folder.path, 2_000);
  const file = Deno.openSync(`${folder.path}/parlor.db`, { write: true });
  const { size } = file.statSync();
  file.seekSync(Math.floor(size / 2), Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(16 * 1024).fill(0x5a));
  file.close();
  await assertCannotOpen(folder.path, "parlor.db is damaged", "backup");
});

Deno.test("a file that was cut off is found at the start", async () => {
  using folder = temporaryFolder();
  await fill(folder.path, 2_000);
  const file = `${folder.path}/parlor.db`;
  Deno.truncateSync(file, Math.floor(Deno.statSync(file).size / 2));
  await assertCannotOpen(folder.path, "parlor.db is damaged", "backup");
});

Deno.test("a large file is checked where its rooms end, not as a whole", async () => {
  const large = 10 * 1024 ** 3;
  using folder = temporaryFolder();
  await fill(folder.path, 50);
  const file = `${folder.path}/parlor.db`;
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  assertEquals(typeof prepareDatabase(database, large), "string");
  database.exec("PRAGMA foreign_keys = OFF; DELETE FROM events WHERE seq = 50");
  let problem: unknown;
  try {
    prepareDatabase(database, large);
  } catch (error) {
    problem = error;
  } finally {
    database.close();
  }
  assert(problem instanceof DatabaseProblem);
  assertEquals([problem.kind, problem.message], ["damaged", "the log of lobby has a torn end"]);
});

Deno.test({
  name: "a folder that may not be written is named",
  // An administrator may write everywhere; there the kernel's own files are the ones that nobody may.
  ignore: Deno.build.os !== "linux",
  async fn() {
    if (Deno.uid() === 0) {
      await assertCannotOpen("/proc/self/parlor", "/proc/self/parlor", "--data");
      return;
    }
    using folder = temporaryFolder();
    Deno.chmodSync(folder.path, 0o500);
    await assertCannotOpen(`${folder.path}/data`, "may not write", folder.path, "--data");
    await assertCannotOpen(folder.path, "may not write", folder.path, "--data");
    Deno.chmodSync(folder.path, 0o700);
  },
});
