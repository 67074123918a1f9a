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
