/**
 * How costs grow: with receivers, messages outstanding, rooms and the size of the history. Each curve
 * shows the cost of one unit (a delivery, a message, a read) and the exponent with which it grows: 0 is
 * a constant cost of a unit, so that the whole grows in proportion; what is clearly above is marked.
 *
 *     deno task bench:growth [receivers] [outstanding] [rooms] [history]
 */

import { openSqliteStore } from "../../server/store_sqlite.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { fanout } from "./cells.ts";
import { type Cores, divideCores } from "./machine.ts";
import { connectClients, startServer, WARM_UP } from "./measure.ts";
import { measureRooms } from "./rooms_load.ts";
import { type Server, SERVERS } from "./servers.ts";
import { fill, timeStore } from "./store_load.ts";
import { figuresOf, isDisturbed, median } from "./summary.ts";
import { NotReady, prepareTools, type Tools } from "./tools.ts";

/** Seconds of each run, and runs of which the median counts. */
const SECONDS = 1;
const RUNS = 3;
/** A unit's cost that grows faster than with this power is worse than linear in the whole. */
const WORSE = 0.15;

/** What one unit costs at each size. */
interface Curve {
  name: string;
  unit: string;
  points: readonly { size: number; cost: number }[];
}

interface Ground {
  tools: Tools;
  cores: Cores;
  own: readonly Server[];
}

type Measuring = (ground: Ground) => Promise<Curve[]>;

const KINDS: Record<string, Measuring> = {
  receivers: (ground) =>
    fanouts(ground, "receivers", [10, 30, 100, 300, 1_000, 3_000, 5_000], (size) => [size, 64]),
  outstanding: (ground) =>
    fanouts(ground, "outstanding", [1, 4, 16, 64, 256, 1_024], (size) => [1_000, size]),
  rooms: overRooms,
  history: overHistory,
};

/** Server CPU for a delivery. `load` gives receivers and messages outstanding for a size. */
async function fanouts(
  { own, tools, cores }: Ground,
  what: string,
  sizes: readonly number[],
  load: (size: number) => [receivers: number, outstanding: number],
): Promise<Curve[]> {
  const curves = [];
  for (const server of own) {
    const points = [];
    for (const size of sizes) {
      const [receivers, outstanding] = load(size);
      // One connection may have at most 1,000 commands waiting.
      const cell = fanout(receivers, outstanding, Math.min(outstanding, receivers, 8), 64);
      await using running = await startServer(server, tools, cores.server);
      await using clients = connectClients(cell, server.dialect, running, tools, cores);
      await clients.run({ warm: WARM_UP, seconds: 0 });
      const costs = await repeat(async () => {
        const figures = figuresOf({ measure: await clients.run({ warm: 0, seconds: SECONDS }) });
        return { cost: figures.cpuPerDelivery!, isDisturbed: isDisturbed(figures) };
      });
      points.push({ size, cost: costs });
    }
    curves.push({ name: `${what}, ${server.title}`, unit: "CPU µs for a delivery", points });
  }
  return curves;
}

/** The median of the runs on a free machine, or of all where it never was. */
async function repeat(
  run: () => Promise<{ cost: number; isDisturbed: boolean }>,
): Promise<number> {
  const all = [];
  for (let turn = 0; turn < RUNS; turn++) all.push(await run());
  const free = all.filter(({ isDisturbed }) => !isDisturbed);
  return median((free.length > 0 ? free : all).map(({ cost }) => cost));
}

async function overRooms({ own, tools, cores }: Ground): Promise<Curve[]> {
  const curves = [];
  for (const server of own) {
    const messages = [], memory = [], latest = [];
    for (const size of [1, 10, 100, 1_000, 10_000]) {
      await using running = await startServer(server, tools, cores.server);
      const { cpuPerMessage, memoryPerRoom, longest } = await measureRooms(running, size, SECONDS);
      messages.push({ size, cost: cpuPerMessage });
      // Few rooms weigh less than what memory moves by itself.
      if (size >= 100) memory.push({ size, cost: memoryPerRoom });
      latest.push({ size, cost: longest });
    }
    curves.push(
      { name: `rooms of 3, ${server.title}`, unit: "CPU µs for a message", points: messages },
      { name: `rooms of 3, ${server.title}`, unit: "kB for a room", points: memory },
      { name: `rooms of 3, ${server.title}`, unit: "ms at the longest", points: latest },
    );
  }
  return curves;
}

/** Reads and appends in one room, at the median. */
async function overHistory(): Promise<Curve[]> {
  const curves = new Map<string, { size: number; cost: number }[]>();
  for (const size of [10_000, 100_000, 1_000_000]) {
    using folder = temporaryFolder();
    const open = () => openSqliteStore({ path: folder.path, onProblem: console.error });
    await (await open()).close();
    fill(folder.path, "lobby", size);
    const store = await open();
    for (const { name, times } of await timeStore(store, "lobby")) {
      const points = curves.get(name) ?? [];
      curves.set(name, points);
      points.push({ size, cost: times.p50 * 1_000 });
    }
    await store.close();
  }
  return [...curves].map(([name, points]) => ({ name: `history: ${name}`, unit: "µs", points }));
}

/** The power of the size with which the cost grows: the slope of the curve, both axes logarithmic. */
function exponent(points: Curve["points"]): number {
  const logarithms = points.map(({ size, cost }) => [Math.log(size), Math.log(cost)] as const);
  const middle = (index: 0 | 1) =>
    logarithms.reduce((sum, one) => sum + one[index], 0) / logarithms.length;
  const [x, y] = [middle(0), middle(1)];
  const together = logarithms.reduce((sum, one) => sum + (one[0] - x) * (one[1] - y), 0);
  const own = logarithms.reduce((sum, one) => sum + (one[0] - x) ** 2, 0);
  return together / own;
}

function show({ name, unit, points }: Curve): string {
  const all = exponent(points);
  // A bend at the end would drown in the whole.
  const end = exponent(points.slice(-2));
  const figures = points.map(({ size, cost }) =>
    `${size.toLocaleString("en")}: ${cost.toPrecision(3)}`
  );
  const isWorse = all > WORSE || end > WORSE;
  return `${isWorse ? "worse" : "fine "}  ^${all.toFixed(2)}  at the end ^${
    end.toFixed(2)
  }  ${name}, ${unit}\n         ${figures.join("   ")}`;
}

try {
  const kinds = Deno.args.length > 0 ? Deno.args : Object.keys(KINDS);
  const unknown = kinds.filter((kind) => !Object.hasOwn(KINDS, kind));
  if (unknown.length > 0) {
    throw new NotReady(`There is no ${unknown[0]}. Choose among ${Object.keys(KINDS).join(", ")}.`);
  }
  using folder = temporaryFolder();
  const tools = await prepareTools(folder.path);
  const ground = {
    tools,
    cores: await divideCores(tools.taskset),
    own: SERVERS.filter(({ own, scenarios }) => own && !scenarios),
  };
  for (const kind of kinds) {
    for (const curve of await KINDS[kind]!(ground)) console.log(show(curve));
  }
} catch (error) {
  if (!(error instanceof NotReady)) throw error;
  console.error(error.message);
  Deno.exitCode = 1;
}
