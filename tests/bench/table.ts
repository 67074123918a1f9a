/** Rows → the table on the terminal. */

import type { Cell, Scenario } from "./cells.ts";
import type { Server } from "./servers.ts";
import { type Figure, type Figures, isDisturbed, isLoadBound, type Row } from "./summary.ts";

interface Column {
  figure: Figure;
  title: string;
  show(value: number): string;
}

const whole = (value: number) => Math.round(value).toLocaleString("en");
const exact = (value: number) => value.toPrecision(value >= 100 ? 4 : 3).replace(/e\+\d+$/, "");
const percent = (value: number) => `${Math.round(value * 100)}%`;
const fixed = (value: number) => value.toFixed(value < 10 ? 2 : 1);

const RATE: Column = { figure: "deliveriesPerSecond", title: "deliveries/s", show: whole };
const COST: Column = { figure: "cpuPerDelivery", title: "CPU µs each", show: exact };
const LATENCY: Column[] = [
  { figure: "p50", title: "p50 ms", show: fixed },
  { figure: "p99", title: "p99 ms", show: fixed },
];
const SHARES: Column[] = [
  { figure: "serverCpu", title: "server", show: percent },
  { figure: "loadCpu", title: "load", show: percent },
  { figure: "otherCpu", title: "others", show: percent },
];
const CONNECTS: Column = { figure: "connectsPerSecond", title: "connects/s", show: whole };

const COLUMNS: Record<Scenario, readonly Column[]> = {
  fanout: [
    RATE,
    COST,
    ...LATENCY,
    CONNECTS,
    { figure: "frameMessages", title: "in a frame", show: fixed },
    ...SHARES,
  ],
  slow_readers: [
    RATE,
    COST,
    ...LATENCY,
    { figure: "aloneP99", title: "before them", show: fixed },
    { figure: "memoryGained", title: "MB gained", show: fixed },
    ...SHARES,
  ],
  quiet_room: [
    { figure: "quietP50", title: "quiet p50", show: fixed },
    { figure: "quietP99", title: "quiet p99", show: fixed },
    RATE,
    COST,
    ...SHARES,
  ],
  idle_memory: [
    { figure: "memoryPerConnection", title: "kB each", show: fixed },
    CONNECTS,
    { figure: "serverCpu", title: "idle CPU", show: (value) => `${(value * 100).toFixed(1)}%` },
  ],
  accept_rate: [
    CONNECTS,
    { figure: "cpuPerConnect", title: "CPU µs each", show: whole },
    ...SHARES,
  ],
};

/** What a cell is compared by; less is better for all of them. */
const COMPARED: Record<Scenario, Figure> = {
  fanout: "cpuPerDelivery",
  slow_readers: "cpuPerDelivery",
  quiet_room: "quietP99",
  idle_memory: "memoryPerConnection",
  accept_rate: "cpuPerConnect",
};

/** How many times as much the other needs as `own`. Undefined where one of them has no figure. */
function ratio(cell: Cell, own: Row | undefined, other: Row): number | undefined {
  const ours = own?.figures?.[COMPARED[cell.scenario]];
  const theirs = other.figures?.[COMPARED[cell.scenario]];
  return ours && theirs ? theirs / ours : undefined;
}

/** One cell as lines of text. */
export function showCell(cell: Cell, servers: readonly Server[], rows: readonly Row[]): string {
  const columns = COLUMNS[cell.scenario];
  const own = servers.filter((server) => server.own);
  const rowOf = (server: Server) => rows.find((row) => row.server === server.name);
  const head = ["", ...columns.map(({ title }) => title), ...own.map(({ title }) => `÷ ${title}`)];
  const lines = [head];
  const notes: string[] = [];
  for (const server of servers) {
    const row = rowOf(server);
    if (!row) continue;
    notes.push(...row.failures.map((failure) => `  ${server.title}: ${failure}`));
    const { figures } = row;
    if (!figures) continue;
    lines.push([
      server.title + mark(figures),
      ...columns.map(({ figure, show }) =>
        figures[figure] === undefined ? "" : show(figures[figure])
      ),
      ...own.map((one) => {
        const times = server.own ? undefined : ratio(cell, rowOf(one), row);
        return times === undefined ? "" : exact(times);
      }),
    ]);
  }
  return [cell.name, ...aligned(lines), ...notes].join("\n");
}

/** Says of a row that it is to be doubted. */
function mark(figures: Figures): string {
  if (isDisturbed(figures)) return " (disturbed)";
  return isLoadBound(figures) ? " (load at its limit)" : "";
}

function aligned(lines: readonly (readonly string[])[]): string[] {
  const widths = lines[0]!.map((_, index) =>
    Math.max(...lines.map((line) => line[index]?.length ?? 0))
  );
  return lines.map((line) =>
    "  " +
    line.map((text, index) =>
      index === 0 ? text.padEnd(widths[index]!) : text.padStart(widths[index]!)
    ).join("  ")
  );
}
