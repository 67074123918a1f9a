import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import {
  Appender,
  type BatchResult,
  type StampedDraft,
} from "../../server/store_sqlite_appender.ts";
import { Reader } from "../../server/store_sqlite_reader.ts";
import { prepareDatabase } from "../../server/store_sqlite_schema.ts";
import type { Draft } from "../../server/store.ts";
import { draft } from "../support/drafts.ts";
import { temporaryFolder } from "../support/temporary.ts";

interface Under {
  appender: Appender;
  reader: Reader;
  /** The writer's own connection. */
  database: DatabaseSync;
}

function withDatabase(body: (under: Under) => void): void {
  using folder = temporaryFolder();
  using opened = new DisposableStack();
  const database = new DatabaseSync(`${folder.path}/parlor.db`);
  opened.defer(() => database.close());
  prepareDatabase(database, 0);
  const reading = new DatabaseSync(`${folder.path}/parlor.db`, { readOnly: true });
  opened.defer(() => reading.close());
  body({ appender: new Appender(database), reader: new Reader(reading), database });
}

function stamped(given: Partial<Draft> = {}): StampedDraft {
  return { draft: draft(given), timestamp: 1_700_000_000_000 };
}

/** How each draft of a batch ended: its position, or the code of its refusal. */
function ends({ outcomes }: BatchResult): unknown[] {
  return outcomes.map((outcome) => Array.isArray(outcome) ? outcome[0] : outcome);
}

Deno.test("a batch is one transaction with a position for each of its drafts", () => {
  withDatabase(({ appender, reader }) => {
    const result = appender.append([stamped(), stamped({ room: "garden" }), stamped()]);
    assertEquals(ends(result), [1, 1, 2]);
    assertEquals(result.problem, undefined);
    assertEquals([reader.head("lobby"), reader.head("garden")], [2, 1]);
  });
});

Deno.test("a draft that cannot be kept is refused alone, the rest of its batch is kept in order", () => {
  withDatabase(({ appender, reader }) => {
    const impossible = stamped({ room: "garden", user: { id: {} as string, name: "Eve" } });
    const result = appender.append([
      stamped({ message: "before" }),
      impossible,
      stamped({ message: "after" }),
    ]);
    assertEquals(ends(result), [1, "internal", 2]);
    assert(result.problem);
    const said = reader.since("lobby", 0, 10).events.map(({ message }) => message);
    assertEquals(said, ["before", "after"]);
    assertEquals(reader.head("garden"), 0);
  });
});

Deno.test("a full disk refuses the whole batch, keeps none of it, and what was kept can be read", () => {
  withDatabase(({ appender, reader, database }) => {
    assertEquals(ends(appender.append([stamped({ message: "kept" })])), [1]);
    limitPages(database, 0);
    const batch = [stamped({ room: "garden" }), stamped({ message: "x".repeat(100_000) })];
    const refused = appender.append(batch);
    assertEquals(ends(refused), ["storage_full", "storage_full"]);
    assertEquals(refused.problem?.kind, "full");

    assertEquals([reader.head("lobby"), reader.head("garden")], [1, 0]);
    const said = reader.page("lobby", { at: "end" }, 10).messages.map(({ message }) => message);
    assertEquals(said, ["kept"]);

    limitPages(database, 1_000_000);
    assertEquals(ends(appender.append(batch)), [1, 2]);
    assertEquals(reader.since("lobby", 0, 10).events.length, 2);
  });
});

Deno.test("a retry is answered even while the disk is full", () => {
  withDatabase(({ appender, database }) => {
    const kept = stamped();
    appender.append([kept]);
    limitPages(database, 0);
    const [outcome] = appender.append([kept]).outcomes;
    assert(typeof outcome === "object" && !Array.isArray(outcome));
    assertEquals([outcome.seq, outcome.id], [1, kept.draft.id]);
  });
});

Deno.test("log and messages say the same, position by position", () => {
  withDatabase(({ appender, database }) => {
    const rooms = ["lobby", "garden", "~private"];
    for (let batch = 0; batch < 10; batch++) {
      appender.append(
        Array.from({ length: 30 }, (_, index) => stamped({ room: rooms[index % 3]! })),
      );
    }
    const { count } = database.prepare(`
      SELECT count(*) AS count FROM events JOIN messages USING (room_key, seq, timestamp, id, payload)
    `).get() as { count: number };
    assertEquals(count, 300);
  });
});

/** Lets the database grow by at most so many pages from its present size on. */
function limitPages(database: DatabaseSync, more: number): void {
  const { page_count: pages } = database.prepare("PRAGMA page_count").get() as {
    page_count: number;
  };
  database.prepare(`PRAGMA max_page_count = ${pages + more}`).get();
}
