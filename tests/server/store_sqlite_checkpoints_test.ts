import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { BatchWriter } from "../../server/store_sqlite_batch.ts";
import { Checkpoints } from "../../server/store_sqlite_checkpoints.ts";
import { prepareDatabase } from "../../server/store_sqlite_schema.ts";
import { draft } from "../support/drafts.ts";
import { temporaryFolder } from "../support/temporary.ts";

interface Under {
  checkpoints: Checkpoints;
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
  const checkpoints = new Checkpoints(database);
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
  body({ checkpoints, database, file, commit, pages });
}

Deno.test("no commit makes a checkpoint, however long the log is", () => {
  withDatabase(({ commit, pages }) => {
    const before = pages().checkpointed;
    for (let count = 0; count < 3; count++) commit(1_000);
    assertGreater(pages().log, 3_000);
    assertEquals(pages().checkpointed, before);
  });
});

Deno.test("a long log is moved into the file and begun again, a short one is left", () => {
  withDatabase(({ checkpoints, commit, pages }) => {
    commit(1_000);
    checkpoints.run();
    assertEquals(pages().checkpointed, pages().log);
    commit();
    assertLess(pages().log, 100);
    checkpoints.run();
    assertEquals(pages().checkpointed, 0);
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
      for (let round = 0; round < 5; round++) {
        commit(500);
        checkpoints.run();
      }
      assertEquals({ ...count.get() }, { count: 1 });
      assertGreater(pages().log, 2_500);
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
    commit(1_000);
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
