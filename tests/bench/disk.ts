/** What the disk takes for itself: no message of a durable log can be with anybody before. */

import { temporaryFolder } from "../support/temporary.ts";

/** What a commit of 64 short messages adds to the write-ahead log: 20 pages (measured). */
const COMMIT_BYTES = 20 * 4_096;
/** The log begins anew after about as many commits. */
const COMMITS_IN_LOG = 48;
const COMMITS = 500;
/** Milliseconds between two, about as in a busy room. */
const PAUSE = 2;

/** Milliseconds that a sync of the disk takes. */
export interface Disk {
  p50: number;
  p99: number;
}

/** Syncs what is written like the commits of a busy room. The disk is that of temporary folders. */
export async function measureDisk(): Promise<Disk> {
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
  took.sort((one, other) => one - other);
  return { p50: took[COMMITS * 0.5]!, p99: took[COMMITS * 0.99]! };
}
