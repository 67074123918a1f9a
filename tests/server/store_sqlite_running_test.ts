import { assertEquals, assertRejects, assertStringIncludes, fail } from "@std/assert";
import { Refusal } from "../../server/protocol.ts";
import { openSqliteStore } from "../../server/store_sqlite.ts";
import { DatabaseProblem } from "../../server/store_sqlite_problems.ts";
import { WriterThread } from "../../server/store_sqlite_thread.ts";
import { draft } from "../support/drafts.ts";
import { temporaryFolder } from "../support/temporary.ts";

Deno.test("history that turns out to be damaged is refused and told, the rest goes on", async () => {
  using folder = temporaryFolder();
  const problems: string[] = [];
  const options = { path: folder.path, onProblem: (sentence: string) => problems.push(sentence) };
  const filling = await openSqliteStore(options);
  await Promise.all(
    Array.from({ length: 3_000 }, () => filling.append(draft({ message: "x".repeat(1_000) }))),
  );
  await filling.close();
  const store = await openSqliteStore(options);
  const end = await store.page("lobby", { at: "end" }, 5);

  // Behind the back of the open store: the first half of the rows, but neither the schema nor the ends.
  const file = Deno.openSync(`${folder.path}/parlor.db`, { write: true });
  const { size } = file.statSync();
  file.seekSync(128 * 1024, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(Math.floor(size / 2)).fill(0x5a));
  file.close();

  const refusal = await assertRejects(() => store.since("lobby", 200, 3_000), Refusal);
  assertEquals(refusal.code, "unavailable");
  assertStringIncludes(problems.at(-1)!, "parlor.db is damaged");
  assertEquals(await store.page("lobby", { at: "end" }, 5), end);
  await store.close();
});

Deno.test("a long replay lets others have their turn, and ends where it began to read", async () => {
  using folder = temporaryFolder();
  const store = await openSqliteStore({ path: folder.path, onProblem: fail });
  await Promise.all(Array.from({ length: 2_000 }, () => store.append(draft())));
  let turns = 0;
  let reading = true;
  const othersTurn = () => {
    if (!reading) return;
    turns++;
    setTimeout(othersTurn);
  };
  setTimeout(othersTurn);
  const replaying = store.since("lobby", 100, 5_000);
  const appended = await store.append(draft());
  const replay = await replaying;
  reading = false;
  assertEquals(appended.event.seq, 2_001);
  assertEquals(replay.head, 2_000);
  assertEquals(
    replay.events.map(({ seq }) => seq),
    Array.from({ length: 1_900 }, (_, i) => i + 101),
  );
  assertEquals(turns > 0, true);
  await store.close();
});

Deno.test("closing while a long replay is read refuses the rest of it", async () => {
  using folder = temporaryFolder();
  const store = await openSqliteStore({ path: folder.path, onProblem: fail });
  await Promise.all(Array.from({ length: 2_000 }, () => store.append(draft())));
  const replaying = assertRejects(() => store.since("lobby", 0, 5_000), Refusal, "shutting down");
  await store.close();
  await replaying;
});

Deno.test("a writer that stops rejects what waits for it and all that comes later", async () => {
  const source = "self.onmessage = () => { throw new Error('out of memory'); };";
  const worker = new Worker(`data:application/javascript,${encodeURIComponent(source)}`, {
    type: "module",
  });
  const thread = new WriterThread(worker);
  const stamped = { draft: draft(), timestamp: 0 };
  const waiting = [thread.write([stamped]), thread.write([stamped])];
  for (const each of waiting) await assertRejects(() => each, DatabaseProblem, "out of memory");
  await assertRejects(() => thread.write([stamped]), DatabaseProblem, "out of memory");
  await assertRejects(() => thread.close(), DatabaseProblem, "out of memory");
  thread.terminate();
});
