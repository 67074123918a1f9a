/** What the disk takes for itself: no message of a durable log can be with anybody before. */

import { temporaryFolder } from "../support/temporary.ts";
import { type Spread, spread } from "./spread.ts";

/** What a commit of 64 short messages adds to the write-ahead log: 20 pages (measured). */
const COMMIT_BYTES = 20 * 4_096;
/** The log begins anew after about as many commits. */
const COMMITS_IN_LOG = 15;
const COMMITS = 500;
/** Milliseconds between two, about as in a busy room. */
const PAUSE = 2;

/** How long a sync takes after what a commit of a busy room writes. The disk is that of temporary folders. */
export async function measureDisk(): Promise<Spread> {
  using folder = temporaryFolder();
  using file = Deno.openSync(`${folder.path}/log`, { write: true, create: true });
  const commit = new Uint8Array(COMMIT_BYTES).fill(1);
  const took: number[] = [];
  for (let index = 0; index < COMMITS; index++) {
    file.seekSync((index % COMMITS_IN_LOG) * COMMIT_BYTES, Deno.SeekMode.Start);
    file.writeSync(commit);
    const started = performance.now();
    file.syncDataSync();
    took.push(performance.now() - started);
    await new Promise((next) => setTimeout(next, PAUSE));
  }
  return spread(took);
}
