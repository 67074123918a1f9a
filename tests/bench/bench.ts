/**
 * Measures Parlor beside what people would use instead, in one go: every server as its own process
 * alone on one core, one load on another, the same cells for all. Runs of different servers take
 * turns, so that what else the machine does meets all of them; medians are shown.
 *
 *     deno task bench --help
 */

import { temporaryFolder } from "../support/temporary.ts";
import type { Cell } from "./cells.ts";
import { drawChart } from "./chart.ts";
import { measureDisk } from "./disk.ts";
import { type Cores, describeMachine, divideCores, type Machine, untilFree } from "./machine.ts";
import { type Measure, measure } from "./measure.ts";
import { type Options, readOptions } from "./options.ts";
import { type Server, takesPart } from "./servers.ts";
import type { Spread } from "./spread.ts";
import { figuresOf, isDisturbed, type Row, type Runs, summarise } from "./summary.ts";
import { showCell } from "./table.ts";
import { checkTargets, showTargets, type Target } from "./targets.ts";
import { NotReady, prepareTools, type Tools } from "./tools.ts";

/** How often a run is tried on a machine that does something else meanwhile. */
const TRIES = 4;

/** The JSON file. */
interface Result {
  machine: Machine;
  /** Of a sync. */
  disk: Spread;
  cores: Cores;
  /** Of each run. */
  seconds: number;
  runs: number;
  rows: readonly Row[];
  targets: readonly Target[];
}

/** Runs it all and resolves to whether every copy of every message arrived. */
async function bench({ cells, servers, seconds, runs, output }: Options): Promise<boolean> {
  using folder = temporaryFolder();
  const tools = await prepareTools(folder.path);
  const cores = await divideCores(tools.taskset);
  const machine = describeMachine();
  const disk = await measureDisk();
  console.log(
    `${machine.processor}, ${machine.cores} cores, Linux ${machine.kernel}, Deno ${machine.deno}. ` +
      `A sync of the disk takes ${disk.p50.toFixed(2)} ms (p99 ${disk.p99.toFixed(2)}). ` +
      `Server on core ${cores.server}, load on core ${cores.load}. ` +
      `Medians of ${runs} × ${seconds} s. ` +
      `“÷ Parlor” is how many times as much a server needs as Parlor: above 1, Parlor is ahead.`,
  );
  const rows: Row[] = [];
  for (const cell of cells) {
    const taking = servers.filter((server) => takesPart(server, cell))
      .map((server): Runs => ({ cell, server, measures: [], failures: [] }));
    for (let turn = 0; turn < runs; turn++) {
      for (const one of taking) {
        try {
          one.measures.push(await measureInPeace(cell, one.server, seconds, tools, cores));
        } catch (error) {
          one.failures.push((error as Error).message);
        }
      }
    }
    const done = taking.map(summarise);
    rows.push(...done);
    console.log(`\n${showCell(cell, servers, done)}`);
    // After every cell, so that a run that is broken off leaves what it has.
    await save(
      output,
      { machine, disk, cores, seconds, runs, rows, targets: checkTargets(rows) },
      cells,
      servers,
    );
  }
  const targets = checkTargets(rows);
  if (targets.length > 0) {
    console.log(
      `\nTargets; a question mark: the machine was busy with something else too\n${
        showTargets(targets)
      }`,
    );
  }
  console.log(`\nThe figures are in ${output.pathname}`);
  return rows.every((row) => row.failures.length === 0);
}

/** A run with the cores to itself where that can be had; else the least disturbed one. */
async function measureInPeace(
  cell: Cell,
  server: Server,
  seconds: number,
  tools: Tools,
  cores: Cores,
): Promise<Measure> {
  const tries: Measure[] = [];
  while (tries.length < TRIES) {
    await untilFree(cores);
    const one = await measure(cell, server, seconds, tools, cores);
    if (!isDisturbed(figuresOf(one))) return one;
    tries.push(one);
  }
  const disturbance = (one: Measure) => figuresOf(one).otherCpu ?? 0;
  return tries.sort((one, other) => disturbance(one) - disturbance(other))[0]!;
}

async function save(
  folder: URL,
  result: Result,
  cells: readonly Cell[],
  servers: readonly Server[],
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const json = JSON.stringify({ measured: new Date().toISOString(), ...result }, undefined, 2);
  await Deno.writeTextFile(new URL("results.json", folder), `${json}\n`);
  await Deno.writeTextFile(new URL("results.svg", folder), drawChart(cells, servers, result.rows));
}

const asked = readOptions(Deno.args, new URL(`file://${Deno.cwd()}/`));
if ("text" in asked) {
  console.log(asked.text);
  Deno.exit(asked.status);
}
try {
  // A lost copy is a failure of the bench, whoever lost it.
  if (!await bench(asked.options)) Deno.exitCode = 1;
} catch (error) {
  if (!(error instanceof NotReady)) throw error;
  console.error(error.message);
  Deno.exitCode = 1;
}
