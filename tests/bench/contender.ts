/** A server in a cell, and its runs there. */

import type { Cell } from "./cells.ts";
import type { Cores } from "./machine.ts";
import { connectClients, type Measure, startServer, WARM_UP } from "./measure.ts";
import type { Server } from "./servers.ts";
import type { Tools } from "./tools.ts";

/**
 * Seconds of load before a server that was idle is measured again: its caches are cold, and garbage
 * collectors give memory back meanwhile that they need again. With half a second Parlor needed a tenth more
 * CPU than with two.
 */
const WARM_AGAIN = 2;

/** What a run shows, and in a cell with readers who never read, what it was like before they came. */
export interface Run {
  measure: Measure;
  alone?: Measure;
}

/** Each method throws a sentence where a copy was lost, doubled or out of order. */
export interface Contender extends AsyncDisposable {
  /** Does what comes before the first run. */
  prepare(): Promise<void>;
  run(seconds: number): Promise<Run>;
}

/**
 * Makes the contender for a cell. Where nothing is left behind by a run, its server and clients stay, idle
 * while others run: so each second is measured beside the same second of the others, however the machine
 * is just then. Else every run has a fresh server.
 */
export function contenderOf(cell: Cell, server: Server, tools: Tools, cores: Cores): Contender {
  const isSpoilt = cell.rooms.some(({ senders, stalled }) => senders === 0 || stalled > 0);
  return isSpoilt ? startingAnew(cell, server, tools, cores) : staying(cell, server, tools, cores);
}

function staying(cell: Cell, server: Server, tools: Tools, cores: Cores): Contender {
  const stack = new AsyncDisposableStack();
  let clients: ReturnType<typeof connectClients>;
  return {
    async prepare() {
      const running = stack.use(await startServer(server, tools, cores.server));
      clients = stack.use(connectClients(cell, server.dialect, running, tools, cores));
      await clients.run({ warm: WARM_UP, seconds: 0 });
    },
    run: async (seconds) => ({ measure: await clients.run({ warm: WARM_AGAIN, seconds }) }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function startingAnew(cell: Cell, server: Server, tools: Tools, cores: Cores): Contender {
  return {
    prepare: () => Promise.resolve(),
    async run(seconds) {
      await using running = await startServer(server, tools, cores.server);
      await using clients = connectClients(cell, server.dialect, running, tools, cores);
      if (cell.scenario === "accept_rate") {
        return { measure: await clients.run({ warm: 0, seconds: 0 }) };
      }
      const isIdle = cell.rooms.every(({ senders }) => senders === 0);
      const first = await clients.run({ warm: isIdle ? 0 : WARM_UP, seconds });
      if (isIdle) return { measure: first };
      return {
        alone: first,
        // Until what may wait for those who never read has filled up.
        measure: await clients.run({ warm: WARM_UP, seconds, stalled: true }),
      };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
