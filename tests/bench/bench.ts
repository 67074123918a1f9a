/**
 * Measures Parlor beside what people would use instead, in one go: every server as its own process
 * alone on one core, one load on another, the same cells for all. Runs of different servers take
 * turns, second by second where that is possible, so that what else the machine does meets all of them;
 * medians are shown.
 *
 *     deno task bench --help
 */

import { temporaryFolder } from "../support/temporary.ts";
import type { Cell } from "./cells.ts";
import { drawChart } from "./chart.ts";
import { measureDisk } from "./disk.ts";
import { type Cores, describeMachine, divideCores, type Machine, untilFree } from "./machine.ts";
import { type Contender, contenderOf, type Run } from "./contender.ts";
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
    const done = await measureCell(cell, { servers, seconds, runs }, tools, cores);
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

/** The rows of one cell. A server that has failed takes no further part in it. */
async function measureCell(
  cell: Cell,
  { servers, seconds, runs }: Pick<Options, "servers" | "seconds" | "runs">,
  tools: Tools,
  cores: Cores,
): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const taking = servers.filter((server) => takesPart(server, cell)).map((server) => ({
    contender: stack.use(contenderOf(cell, server, tools, cores)),
    runs: { cell, server, runs: [], failures: [] } as Runs,
  }));
  const inTurn = async (act: (one: typeof taking[number]) => Promise<void>) => {
    for (const one of taking.filter(({ runs }) => runs.failures.length === 0)) {
      await act(one).catch((error) => one.runs.failures.push((error as Error).message));
    }
  };
  await inTurn(({ contender }) => contender.prepare());
  for (let turn = 0; turn < runs; turn++) {
    await inTurn(async ({ contender, runs }) => {
      runs.runs.push(await runInPeace(contender, seconds, cores));
    });
  }
  return taking.map(({ runs }) => summarise(runs));
}

/** A run with the cores to itself where that can be had; else the least disturbed one. */
async function runInPeace(contender: Contender, seconds: number, cores: Cores): Promise<Run> {
  const tries: Run[] = [];
  while (tries.length < TRIES) {
    await untilFree(cores);
    const one = await contender.run(seconds);
    if (!isDisturbed(figuresOf(one))) return one;
    tries.push(one);
  }
  const disturbance = (one: Run) => figuresOf(one).otherCpu ?? 0;
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
