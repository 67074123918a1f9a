/**
 * What hostile sockets cost the honest ones: 200 readers of a room, one of whom posts as fast as
 * the limits allow, alone and then beside 200 who stall, flood or fragment. Prints their latency and the
 * server's memory. Takes a minute.
 *
 *     deno task bench:attack
 */

import { readFileSync } from "node:fs";
import { within } from "../support/deadline.ts";
import { temporaryFolder } from "../support/temporary.ts";
import type { Cell } from "./cells.ts";
import { type Cores, divideCores } from "./machine.ts";
import { connectClients, type Running, startOnCore, WARM_UP } from "./measure.ts";
import { durableParlor } from "./servers.ts";
import { type LoadTools, NotReady, prepareLoad } from "./tools.ts";

const ROOM = "attack";
/** Of measuring, after the warming up. */
const SECONDS = 8;
/** Milliseconds until every hostile client must have connected once. */
const ARRIVAL = 20_000;

/** Milliseconds until the honest ones must be through: they take a quarter of it when left alone. */
const PATIENCE = 45_000;

/** How many of each kind stand beside the honest clients. */
interface Attack {
  title: string;
  stalled: number;
  flooding: number;
  fragmenting: number;
}

const ATTACKS: readonly Attack[] = [
  { title: "nobody", stalled: 0, flooding: 0, fragmenting: 0 },
  { title: "200 stalled", stalled: 200, flooding: 0, fragmenting: 0 },
  { title: "200 flooding", stalled: 0, flooding: 200, fragmenting: 0 },
  { title: "200 fragmenting", stalled: 0, flooding: 0, fragmenting: 200 },
  { title: "67 + 67 + 66 of each", stalled: 67, flooding: 67, fragmenting: 66 },
];

/** The honest clients, and the stalled ones, who are the load's own. */
function cellOf({ stalled }: Attack): Cell {
  return {
    name: "attack",
    scenario: "slow_readers",
    rooms: [{ name: ROOM, readers: 200, stalled, senders: 1, outstanding: 0, interval: 60 }],
    body: 1024,
    separateRooms: false,
    settle: 0,
  };
}

/** Starts the hostile clients on the load's core; they end when disposed of. */
async function startAttack(
  { flooding, fragmenting }: Attack,
  { port }: Running,
  { taskset }: LoadTools,
  cores: Cores,
): Promise<AsyncDisposable> {
  const script = new URL("attack_clients.ts", import.meta.url).pathname;
  // On the same core as the honest clients, whom they must not hold up.
  const child = new Deno.Command("nice", {
    args: [
      ...[
        "-n",
        "19",
        taskset,
        "--cpu-list",
        String(cores.load),
        Deno.execPath(),
        "run",
        "-A",
        script,
      ],
      ...[String(port), ROOM, String(flooding), String(fragmenting)],
    ],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const end = async () => {
    child.kill("SIGKILL");
    await child.stdout.cancel();
    await child.status;
  };
  const arrive = async () => {
    const reader = child.stdout.getReader();
    await reader.read();
    reader.releaseLock();
  };
  try {
    await within(arrive(), () => "The hostile clients did not connect", ARRIVAL);
  } catch (error) {
    await end();
    throw error;
  }
  return { [Symbol.asyncDispose]: end };
}

/** The most megabytes that a process has had resident. */
function mostMemoryOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024);
}

/** One line of the table. */
async function measureBeside(attack: Attack, tools: LoadTools, cores: Cores): Promise<string[]> {
  await using running = await startOnCore("Parlor", durableParlor([]), tools.taskset, cores.server);
  await using stack = new AsyncDisposableStack();
  if (attack.flooding + attack.fragmenting > 0) {
    stack.use(await startAttack(attack, running, tools, cores));
  }
  await using clients = connectClients(
    cellOf(attack),
    "parlor",
    running,
    tools,
    cores,
    AbortSignal.timeout(PATIENCE),
  );
  const { rooms, seconds, serverCpu, memoryBefore } = await clients.run({
    warm: WARM_UP,
    seconds: SECONDS,
    stalled: true,
  });
  const [room] = rooms;
  const milliseconds = (microseconds: number) => (microseconds / 1_000).toFixed(1);
  return [
    attack.title,
    String(room!.messages),
    milliseconds(room!.p50),
    milliseconds(room!.p99),
    milliseconds(room!.longest),
    `${Math.round(serverCpu / seconds * 100)}%`,
    String(Math.round(memoryBefore / 1024)),
    String(mostMemoryOf(running.pid)),
  ];
}

const HEAD = ["beside", "messages", "p50 ms", "p99 ms", "longest", "CPU", "MB first", "MB most"];

async function bench(): Promise<void> {
  using folder = temporaryFolder();
  const tools = await prepareLoad(folder.path);
  const cores = await divideCores(tools.taskset);
  console.log("200 honest clients, one of whom posts 17 messages of 1 kB a second, beside:");
  const widths = [22, 9, 9, 9, 9, 6, 9, 9];
  const print = (row: readonly string[]) =>
    console.log(row.map((text, index) => text.padEnd(widths[index]!)).join(" ").trimEnd());
  print(HEAD);
  for (const attack of ATTACKS) {
    try {
      print(await measureBeside(attack, tools, cores));
    } catch (error) {
      // That honest clients lost something is what this bench looks for.
      print([attack.title, (error as Error).message]);
      Deno.exitCode = 1;
    }
  }
}

try {
  await bench();
} catch (error) {
  if (!(error instanceof NotReady)) throw error;
  console.error(error.message);
  Deno.exitCode = 1;
}
