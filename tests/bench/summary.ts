/** Runs → one row of figures per cell and server: the medians of its runs. */

import type { Cell } from "./cells.ts";
import type { Run } from "./contender.ts";
import type { Server } from "./servers.ts";

/** Figures of one run. Undefined: the cell has no such figure. */
export interface Figures {
  deliveriesPerSecond?: number;
  /** Microseconds of the server's CPU for a delivery, kernel included. */
  cpuPerDelivery?: number;
  /** Milliseconds from the send to the last receipt. */
  p50?: number;
  p99?: number;
  /** The same before those entered who never read. */
  aloneP99?: number;
  /** The same in the quiet room. */
  quietP50?: number;
  quietP99?: number;
  connectsPerSecond: number;
  /** Microseconds of the server's CPU for a connection, until its first message could come. */
  cpuPerConnect: number;
  /** Resident kB of the server for a connection, after settling. */
  memoryPerConnection: number;
  /** Resident MB that the server gained under load. */
  memoryGained: number;
  /** Shares of their cores, 0 to 1; while connecting, where there is no load afterwards. */
  serverCpu?: number;
  loadCpu?: number;
  /** What others took from the server's core: above a few percent the machine was not free. */
  otherCpu?: number;
  /** Bytes and messages of an average frame. */
  frameBytes?: number;
  frameMessages?: number;
}

export type Figure = keyof Figures;

export function figuresOf({ measure, alone }: Run): Figures {
  const [busy, quiet] = measure.rooms;
  const { seconds, connections } = measure;
  const figures: Figures = {
    connectsPerSecond: connections / measure.connectSeconds,
    cpuPerConnect: measure.connectServerCpu * 1e6 / connections,
    memoryPerConnection: (measure.memorySettled - measure.memoryBefore) / connections,
    memoryGained: (measure.memoryAfter - measure.memorySettled) / 1_024,
  };
  if (seconds > 0.1) {
    figures.serverCpu = measure.serverCpu / seconds;
    figures.loadCpu = measure.loadCpu / seconds;
    figures.otherCpu = Math.max(0, measure.otherCpu / seconds);
  } else {
    figures.serverCpu = measure.connectServerCpu / measure.connectSeconds;
    figures.loadCpu = measure.connectLoadCpu / measure.connectSeconds;
    figures.otherCpu = Math.max(0, measure.connectOtherCpu / measure.connectSeconds);
  }
  const deliveries = measure.rooms.reduce((sum, room) => sum + room.deliveries, 0);
  if (deliveries > 0) {
    figures.deliveriesPerSecond = deliveries / seconds;
    figures.cpuPerDelivery = measure.serverCpu * 1e6 / deliveries;
    figures.frameBytes = measure.bytes / measure.frames;
    figures.frameMessages = deliveries / measure.frames;
  }
  // A slow server may not have finished a single message.
  if (busy && busy.messages > 0) {
    figures.p50 = busy.p50 / 1_000;
    figures.p99 = busy.p99 / 1_000;
  }
  const before = alone?.rooms[0];
  if (before && before.messages > 0) {
    figures.aloneP99 = before.p99 / 1_000;
  }
  if (quiet && quiet.messages > 0) {
    figures.quietP50 = quiet.p50 / 1_000;
    figures.quietP99 = quiet.p99 / 1_000;
  }
  return figures;
}

/** From this share of the server's core on, what others took has moved the figures. */
const DISTURBANCE = 0.1;

/** Whether the machine was not free: the figures are no proof of anything then. */
export function isDisturbed({ otherCpu = 0 }: Figures): boolean {
  return otherCpu > DISTURBANCE;
}

/** Whether the load rather than the server may have set the pace. */
export function isLoadBound({ serverCpu = 0, loadCpu = 0 }: Figures): boolean {
  return loadCpu > 0.9 && loadCpu > serverCpu;
}

/** One server in one cell. */
export interface Row {
  cell: string;
  server: string;
  runs: number;
  /** Medians of the runs that went through; undefined where none did. */
  figures: Figures | undefined;
  /** Why runs failed, each reason once. */
  failures: string[];
}

/** The runs of one server in one cell. */
export interface Runs {
  cell: Cell;
  server: Server;
  runs: Run[];
  failures: string[];
}

export function summarise({ cell, server, runs, failures }: Runs): Row {
  const all = runs.map(figuresOf);
  const figures: Record<string, number> = {};
  for (const name of new Set(all.flatMap((one) => Object.keys(one) as Figure[]))) {
    figures[name] = median(all.flatMap((one) => one[name] ?? []));
  }
  return {
    cell: cell.name,
    server: server.name,
    runs: runs.length,
    // What every run has is there; the rest is optional.
    figures: all.length > 0 ? figures as unknown as Figures : undefined,
    failures: [...new Set(failures)],
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
