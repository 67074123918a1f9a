import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { ChatDraft, Draft } from "../../server/store.ts";
import type { StampedDraft } from "../../server/store_sqlite_appender.ts";
import { type BatchResult, BatchWriter } from "../../server/store_sqlite_batch.ts";
import type { LogEvent } from "../../server/protocol.ts";
import { Reader } from "../../server/store_sqlite_reader.ts";
import { prepareDatabase } from "../../server/store_sqlite_schema.ts";
import { BOB, deletion, draft, edit, pin, reaction } from "../support/drafts.ts";
import { temporaryFolder } from "../support/temporary.ts";

interface Under {
  writer: BatchWriter;
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
  body({ writer: new BatchWriter(database), reader: new Reader(reading), database });
}

function stamped(given: Partial<ChatDraft> = {}): StampedDraft {
  return { draft: draft(given), timestamp: 1_700_000_000_000 };
}

function textOf(event: LogEvent): string | undefined {
  return event.type === "chat" ? event.message : undefined;
}

/** How each draft of a batch ended: its position, or the code of its refusal. */
function ends({ outcomes }: BatchResult): unknown[] {
  return outcomes.map((outcome) => Array.isArray(outcome) ? outcome[0] : outcome);
}

Deno.test("a batch is one transaction with a position for each of its drafts", () => {
  withDatabase(({ writer, reader }) => {
    const result = writer.write([stamped(), stamped({ room: "garden" }), stamped()]);
    assertEquals(ends(result), [1, 1, 2]);
    assertEquals(result.problem, undefined);
    assertEquals([reader.head("lobby"), reader.head("garden")], [2, 1]);
  });
});

Deno.test("a draft that cannot be kept is refused alone, the rest of its batch is kept in order", () => {
  withDatabase(({ writer, reader }) => {
    const impossible = stamped({ room: "garden", user: { id: {} as string, name: "Eve" } });
    const result = writer.write([
      stamped({ message: "before" }),
      impossible,
      stamped({ message: "after" }),
    ]);
    assertEquals(ends(result), [1, "internal", 2]);
    assert(result.problem);
    const said = reader.since("lobby", 0, 10).events.map(textOf);
    assertEquals(said, ["before", "after"]);
    assertEquals(reader.head("garden"), 0);
  });
});

Deno.test("a full disk refuses the whole batch, keeps none of it, and what was kept can be read", () => {
  withDatabase(({ writer, reader, database }) => {
    assertEquals(ends(writer.write([stamped({ message: "kept" })])), [1]);
    limitPages(database, 0);
    const batch = [stamped({ room: "garden" }), stamped({ message: "x".repeat(100_000) })];
    const refused = writer.write(batch);
    assertEquals(ends(refused), ["storage_full", "storage_full"]);
    assertEquals(refused.problem?.kind, "full");

    assertEquals([reader.head("lobby"), reader.head("garden")], [1, 0]);
    const said = reader.page("lobby", { at: "end" }, 10).messages.map(({ message }) => message);
    assertEquals(said, ["kept"]);

    limitPages(database, 1_000_000);
    assertEquals(ends(writer.write(batch)), [1, 2]);
    assertEquals(reader.since("lobby", 0, 10).events.length, 2);
  });
});

Deno.test("a retry is answered even while the disk is full", () => {
  withDatabase(({ writer, database }) => {
    const kept = stamped();
    writer.write([kept]);
    limitPages(database, 0);
    const [outcome] = writer.write([kept]).outcomes;
    assert(typeof outcome === "object" && "seq" in outcome);
    assertEquals([outcome.seq, outcome.id], [1, kept.draft.id]);
  });
});

Deno.test("a message is one row, in which it also stands after what was done with it", () => {
  withDatabase(({ writer, reader, database }) => {
    const done = [
      draft({ message: "needle one" }),
      draft({ message: "needle two" }),
      reaction(1),
      pin(1),
      edit(2, { message: "changed" }),
    ];
    writer.write(done.map((draft) => ({ draft, timestamp: 1 })));
    assertEquals([rowsWith(database, "needle one"), rowsWith(database, "needle two")], [1, 1]);
    assertEquals(rowsWith(database, "changed"), 2);
    const said = reader.since("lobby", 0, 2).events.map(textOf);
    assertEquals(said, ["needle one", "needle two"]);
    const stands = reader.messages("lobby", [1, 2]).map(({ message }) => message);
    assertEquals(stands, ["needle one", "changed"]);
  });
});

Deno.test("a deleted message's text is in no row any more, also not what it said before an edit", () => {
  withDatabase(({ writer, database }) => {
    const kept = "what stays: a pin";
    const mentions = [{ id: BOB.id, name: "needle" }];
    const done: Draft[] = [
      draft({ message: "needle one", mentions, replyTo: 7 }),
      draft({ message: kept }),
      edit(1, { message: "needle two", mentions }),
      reaction(1),
      pin(1),
      edit(1, { message: "needle three" }),
    ];
    const write = (draft: Draft) => ends(writer.write([{ draft, timestamp: 1 }]));
    assertEquals(done.flatMap(write), [1, 2, 3, 4, 5, 6]);
    assert(rowsWith(database, "needle") > 0);
    assertEquals(write(deletion(1)), [7]);
    assertEquals(rowsWith(database, "needle"), 0);
    assertEquals(rowsWith(database, kept), 1);
    for (const table of ["mentions", "reactions", "edits"]) {
      assertEquals(database.prepare(`SELECT * FROM ${table}`).all(), []);
    }
  });
});

Deno.test("a read position goes up to a message of its own batch", () => {
  withDatabase(({ writer }) => {
    const read = { change: "read", userId: "u_1", room: "lobby", upTo: 99, back: true } as const;
    const { outcomes } = writer.write([stamped(), stamped(), { change: read }, stamped()]);
    assertEquals(outcomes[2], { done: 2 });
  });
});

Deno.test("a change that cannot be kept is refused alone, the rest of its batch is kept", () => {
  withDatabase(({ writer, reader }) => {
    const impossible = {
      change: "muted",
      userId: {} as string,
      room: "lobby",
      muted: true,
    } as const;
    const { outcomes, problem } = writer.write([stamped(), { change: impossible }, stamped()]);
    assertEquals(outcomes[1], "internal");
    assert(problem);
    assertEquals(reader.head("lobby"), 2);
  });
});

Deno.test("a refused draft has begun no room and moved no list", () => {
  withDatabase(({ writer, database }) => {
    const draft = reaction(1, { room: "~new" });
    assertEquals(ends(writer.write([{ draft, timestamp: 1 }])), ["not_found"]);
    for (const table of ["rooms", "events", "places"]) {
      assertEquals(database.prepare(`SELECT * FROM ${table}`).all(), [], table);
    }
  });
});

/** In how many rows of all tables a text stands. */
function rowsWith(database: DatabaseSync, text: string): number {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const rows = tables.flatMap(({ name }) => database.prepare(`SELECT * FROM ${name}`).all());
  return rows.filter((row) => JSON.stringify(row).includes(text)).length;
}

/** Lets the database grow by at most so many pages from its present size on. */
function limitPages(database: DatabaseSync, more: number): void {
  const { page_count: pages } = database.prepare("PRAGMA page_count").get() as {
    page_count: number;
  };
  database.prepare(`PRAGMA max_page_count = ${pages + more}`).get();
}
