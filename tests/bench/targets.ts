/** What Parlor has to reach beside the others, and whether a run shows it. */

import { type Figure, isDisturbed, type Row } from "./summary.ts";

export interface Target {
  /** A sentence that holds when the target is met. */
  claim: string;
  /** The figure that counts and the most it may be, from the same run; both in the same unit. */
  found: number;
  bound: number;
  met: boolean;
  /** False where the machine was busy with something else during one of the runs behind it. */
  sure: boolean;
}

/** Reads one figure of one row, undefined where it was not measured. */
type Read = (cell: string, server: string, figure: Figure) => number | undefined;

/** A demand in words, the figure, and the most that it may be. */
type Demand = [claim: string, figure: number | undefined, bound: number | undefined];

/** Latencies of two seconds differ by this much where nothing has changed. */
const NOISE = 1.25;

/** The targets for which there are figures. */
export function checkTargets(rows: readonly Row[]): Target[] {
  const groups: ((read: Read) => Demand[])[] = [
    (read) => stream(read, "fanout-1000-w256-s1-64b", 1),
    (read) => stream(read, "fanout-1000-w64-s1-64b", 2),
    (read) => stream(read, "fanout-100-w64-s1-64b", 3),
    (read) => single(read, 100),
    (read) => single(read, 1_000),
    (read) => single(read, 5_000),
    neighbours,
    connections,
  ];
  return groups.flatMap((group) => check(rows, group));
}

function check(rows: readonly Row[], group: (read: Read) => Demand[]): Target[] {
  let sure = true;
  const demands = group((cell, server, figure) => {
    const figures = rows.find((row) => row.cell === cell && row.server === server)?.figures;
    if (figures && isDisturbed(figures)) sure = false;
    return figures?.[figure];
  });
  return demands.flatMap(([claim, found, bound]) =>
    found === undefined || bound === undefined
      ? []
      : [{ claim, found, bound, met: found <= bound, sure }]
  );
}

/** Many outstanding, durable: at most `times` the cost of Bun, and no throughput bought by waiting. */
function stream(read: Read, cell: string, times: number): Demand[] {
  const cost = (server: string) => read(cell, server, "cpuPerDelivery");
  const late = (server: string) => read(cell, server, "p99");
  return [
    [`${cell}: at most ${times} × the CPU of Bun`, cost("parlor"), scaled(cost("bun"), times)],
    [`${cell}: a tenth of the CPU of ws`, cost("parlor"), scaled(cost("ws"), 0.1)],
    [`${cell}: a tenth of the CPU of Socket.IO`, cost("parlor"), scaled(cost("socket.io"), 0.1)],
    [`${cell}: p99 at most 3 × that of Bun, ms`, late("parlor"), scaled(late("bun"), 3)],
  ];
}

/** One outstanding, in memory: what batching adds must not be felt. */
function single(read: Read, receivers: number): Demand[] {
  const cell = `fanout-${receivers}-w1-s1-64b`;
  const cost = (server: string) => read(cell, server, "cpuPerDelivery");
  const middle = read(cell, "deno", "p50");
  return [
    [
      `${cell}: at most 1.1 × the CPU of Deno's loop`,
      cost("parlor-memory"),
      scaled(cost("deno"), 1.1),
    ],
    [
      `${cell}: p50 at most 0.5 ms after Deno's loop, ms`,
      read(cell, "parlor-memory", "p50"),
      middle === undefined ? undefined : middle + 0.5,
    ],
  ];
}

/** Those who do not read, and a room that saturates the core, cost nobody else. */
function neighbours(read: Read): Demand[] {
  const alone = read("slow_readers", "parlor", "aloneP99");
  return [
    [
      "slow_readers: p99 as before they came, ms",
      read("slow_readers", "parlor", "p99"),
      scaled(alone, NOISE),
    ],
    ["quiet_room: p99 under 20 ms", read("quiet_room", "parlor", "quietP99"), 20],
  ];
}

function connections(read: Read): Demand[] {
  const memory = read("idle_memory", "parlor", "memoryPerConnection");
  const floor = read("idle_memory", "deno-floor", "memoryPerConnection");
  const cost = (server: string) => read("accept_rate", server, "cpuPerConnect");
  const rate = (server: string) => read("accept_rate", server, "connectsPerSecond");
  return [
    [
      "idle_memory: Parlor's own share of a connection under 3 kB",
      memory !== undefined && floor !== undefined ? memory - floor : undefined,
      3,
    ],
    // The same client for both: it only connects.
    [
      "accept_rate: ws takes no more sockets a second than Parlor",
      rate("ws"),
      rate("parlor-plain"),
    ],
    ["accept_rate: no more CPU for a socket than ws, µs", cost("parlor-plain"), cost("ws")],
  ];
}

function scaled(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value * by;
}

/** The targets as lines of text. */
export function showTargets(targets: readonly Target[]): string {
  return targets.map(({ claim, found, bound, met, sure }) =>
    `  ${met ? "met   " : "missed"}${sure ? " " : "?"} ${claim}: ${found.toPrecision(3)} of ${
      bound.toPrecision(3)
    }`
  ).join("\n");
}
