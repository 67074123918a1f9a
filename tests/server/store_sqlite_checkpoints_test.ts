import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { BatchWriter } from "../../server/store_sqlite_batch.ts";
import { Checkpoints } from "../../server/store_sqlite_checkpoints.ts";
import { prepareDatabase } from "../../server/store_sqlite_schema.ts";
import { draft } from "../support/drafts.ts";
import { temporaryFolder } from "../support/temporary.ts";

interface Under {
  checkpoints: Checkpoints;
  /** What its clock says from each look at it to the next; 0 at the end. */
  clock: number[];
  /** The writer's own connection. */
  database: DatabaseSync;
  file: string;
  /** Commits a message that takes about so many pages of the log. */
  commit(pages?: number): void;
  /** How many pages are in the log, and how many of them in the file too. */
  pages(): { log: number; checkpointed: number };
}

function withDatabase(body: (under: Under) => void): void {
  using folder = temporaryFolder();
  const file = `${folder.path}/parlor.db`;
  using database = new DatabaseSync(file);
  prepareDatabase(database, 0);
  const clock: number[] = [];
  const checkpoints = new Checkpoints(database, () => clock.shift() ?? 0);
  const writer = new BatchWriter(database);
  const look = database.prepare("PRAGMA wal_checkpoint(NOOP)");
  const commit = (pages = 1) => {
    const { problem } = writer.write([{
      draft: draft({ message: "x".repeat(4_096 * pages) }),
      timestamp: 1,
    }]);
    assertEquals(problem, undefined);
  };
  const pages = () => look.get() as { log: number; checkpointed: number };
  body({ checkpoints, clock, database, file, commit, pages });
}

Deno.test("no commit makes a checkpoint, however long the log is", () => {
  withDatabase(({ commit, pages }) => {
    const before = pages().checkpointed;
    for (let count = 0; count < 3; count++) commit(4_000);
    assertGreater(pages().log, 12_000);
    assertEquals(pages().checkpointed, before);
  });
});

Deno.test("a long log is moved into the file and begun again, a short one is left", () => {
  withDatabase(({ checkpoints, commit, pages }) => {
    commit(4_000);
    checkpoints.run();
    assertEquals(pages().checkpointed, pages().log);
    commit();
    assertLess(pages().log, 100);
    checkpoints.run();
    assertEquals(pages().checkpointed, 0);
  });
});

Deno.test("after a slow checkpoint the next one waits, but not while the log grows without bound", () => {
  withDatabase(({ checkpoints, clock, commit, pages }) => {
    const isMoved = (...times: number[]) => {
      clock.push(...times);
      checkpoints.run();
      clock.length = 0;
      return pages().checkpointed === pages().log;
    };
    commit(300);
    assert(isMoved(1_000, 1_010));
    commit(300);
    assert(!isMoved(1_109));
    assert(isMoved(1_110, 1_111));
    commit(300);
    assert(!isMoved(1_112));
    commit(4_000);
    assert(isMoved(1_113, 1_114));
  });
});

Deno.test("the log holds what somebody still reads as it was, and is begun again after that", () => {
  withDatabase(({ checkpoints, file, commit, pages }) => {
    commit();
    {
      using copying = new DatabaseSync(file, { readOnly: true });
      copying.exec("BEGIN");
      const count = copying.prepare("SELECT count(*) AS count FROM events");
      assertEquals({ ...count.get() }, { count: 1 });
      for (let round = 0; round < 3; round++) {
        commit(2_000);
        checkpoints.run();
      }
      assertEquals({ ...count.get() }, { count: 1 });
      assertGreater(pages().log, 6_000);
      assertEquals(checkpoints.problem, undefined);
    }
    commit();
    checkpoints.run();
    assertEquals(pages().checkpointed, pages().log);
    commit();
    assertLess(pages().log, 100);
  });
});

Deno.test("a checkpoint that fails is told until one succeeds", () => {
  withDatabase(({ checkpoints, database, commit, pages }) => {
    commit(4_000);
    // Within a transaction none can be made.
    database.exec("BEGIN IMMEDIATE");
    checkpoints.run();
    assert(checkpoints.problem);
    database.exec("ROLLBACK");
    checkpoints.run();
    assertEquals(checkpoints.problem, undefined);
    assertEquals(pages().checkpointed, pages().log);
  });
});
