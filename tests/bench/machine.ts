/** The machine: its cores, and what a reader of the figures should know of it. */

import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { NotReady } from "./tools.ts";

/** Two cores: one for the server alone, one for the load and everything else. */
export interface Cores {
  server: number;
  load: number;
}

/** Chooses the cores among those that this process may use, and keeps this process off the server's. */
export async function divideCores(taskset: string): Promise<Cores> {
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  const allowed = (list ?? "").split(",").flatMap((part) => {
    const [first, last = first] = part.split("-").map(Number);
    return Array.from({ length: last! - first! + 1 }, (_, index) => first! + index);
  });
  const [server, load] = allowed;
  if (server === undefined || load === undefined) {
    throw new NotReady("The bench needs two cores, one for the server and one for the load.");
  }
  const args = ["--all-tasks", "--cpu-list", "--pid", String(load), String(Deno.pid)];
  await new Deno.Command(taskset, { args, stdout: "null" }).output();
  return { server, load };
}

/** Milliseconds over which a core is watched, and after which waiting for it is given up. */
const WATCH = 250;
const PATIENCE = 15_000;
/** A core that was idle for this share of the time is free. */
const FREE = 0.75;

/** Waits until nobody else needs the cores, but not for ever. */
export async function untilFree({ server, load }: Cores): Promise<void> {
  const end = performance.now() + PATIENCE;
  for (let before = idleTicks(); performance.now() < end;) {
    await new Promise((next) => setTimeout(next, WATCH));
    const after = idleTicks();
    const isFree = [server, load].every((core) => {
      const [idle, all] = [0, 1].map((index) =>
        after.get(core)![index]! - before.get(core)![index]!
      );
      return idle! > FREE * all!;
    });
    if (isFree) return;
    before = after;
  }
}

/** Of each core, the idle ticks and all ticks since the machine started. */
function idleTicks(): Map<number, [idle: number, all: number]> {
  const lines = readFileSync("/proc/stat", "utf8").matchAll(/^cpu(\d+) +(.+)$/gm);
  return new Map([...lines].map(([, core, rest]) => {
    const ticks = rest!.split(" ").map(Number);
    // The last two, of guests, are in the first two already.
    return [Number(core), [ticks[3]!, ticks.slice(0, 8).reduce((sum, one) => sum + one, 0)]];
  }));
}

export interface Machine {
  processor: string;
  cores: number;
  kernel: string;
  deno: string;
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    kernel: Deno.osRelease(),
    deno: Deno.version.deno,
  };
}
