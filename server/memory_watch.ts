/**
 * The memory of the process. The runtime buffers some of what a hostile client sends before the server
 * sees it (a message of endless continuation frames, for one), so the last defence is to stop in order
 * before the system ends the process in disorder.
 */

import process from "node:process";
import type { MemoryLimit } from "./config.ts";
import { StartError } from "./errors.ts";

/** Milliseconds between two looks. One takes a few microseconds, and a fast sender fills 100 MB in this time. */
const INTERVAL = 100;

export interface MemoryWatch extends Disposable {
  /** Resolves to the resident bytes once they have reached the limit. */
  readonly exceeded: Promise<number>;
  /** Resident bytes. */
  readonly limit: number;
}

/** Watches from now on. Throws `StartError` where the limit cannot be known, or is reached already. */
export function watchMemory(limit: MemoryLimit): MemoryWatch {
  const bytes = "bytes" in limit ? limit.bytes : Math.floor(limit.share * availableMemory());
  const now = residentBytes();
  if (now >= bytes) {
    throw new StartError(
      `--memory-limit allows ${megabytes(bytes)}, but a server without clients takes ` +
        `${megabytes(now)} already. Give more, or off.`,
    );
  }
  const { promise: exceeded, resolve } = Promise.withResolvers<number>();
  const timer = setInterval(() => {
    const resident = residentBytes();
    if (resident < bytes) return;
    clearInterval(timer);
    resolve(resident);
  }, INTERVAL);
  return { exceeded, limit: bytes, [Symbol.dispose]: () => clearInterval(timer) };
}

/** Bytes as people read them. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MB`;
}

function residentBytes(): number {
  return Deno.memoryUsage().rss;
}

/** Bytes of the machine, or of the container where that has less. */
function availableMemory(): number {
  try {
    // 0 where there is no bound, or a number beyond any machine.
    const constrained = process.constrainedMemory();
    const { total } = Deno.systemMemoryInfo();
    return constrained > 0 ? Math.min(constrained, total) : total;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new StartError(
      "The size of this machine's memory may not be read. Allow it with " +
        "--allow-sys=systemMemoryInfo, or give --memory-limit in bytes or off.",
    );
  }
}
