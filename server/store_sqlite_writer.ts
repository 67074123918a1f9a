/**
 * The worker that writes the SQLite store: opens the database, commits batches, closes. A commit waits
 * for the disk, which takes milliseconds on common ones; here nobody else waits with it.
 */

/// <reference lib="deno.worker" />

import { DatabaseSync } from "node:sqlite";
import { BatchWriter, type Write } from "./store_sqlite_batch.ts";
import { Checkpoints } from "./store_sqlite_checkpoints.ts";
import { problemOf } from "./store_sqlite_problems.ts";
import { type FromWriter, noteOf, type ToWriter } from "./store_sqlite_requests.ts";
import { prepareDatabase } from "./store_sqlite_schema.ts";

/** How long to wait, in milliseconds, where another program (a backup) holds the file. */
const BUSY_TIMEOUT = 5_000;

let database: DatabaseSync;
let writer: BatchWriter;
let checkpoints: Checkpoints;

self.onmessage = ({ data }: MessageEvent<ToWriter>) => {
  try {
    self.postMessage(answer(data));
    // After the answer: only what is written meanwhile waits for it.
    if (data.do === "write") checkpoints.run();
  } catch (error) {
    self.postMessage({ did: "fail", problem: noteOf(problemOf(error)) } satisfies FromWriter);
  }
};

function answer(request: ToWriter): FromWriter {
  switch (request.do) {
    case "open": {
      database = new DatabaseSync(request.file, { timeout: BUSY_TIMEOUT });
      const epoch = prepareDatabase(database, Deno.statSync(request.file).size);
      writer = new BatchWriter(database);
      checkpoints = new Checkpoints(database);
      return { did: "open", epoch };
    }
    case "write": {
      const { outcomes, problem = checkpoints.problem } = writer.write(
        JSON.parse(request.batch) as Write[],
      );
      return {
        did: "write",
        outcomes: JSON.stringify(outcomes),
        ...(problem && { problem: noteOf(problem) }),
      };
    }
    case "close":
      // The last connection to close moves the write-ahead log into the file and removes it.
      database.close();
      return { did: "close" };
  }
}
