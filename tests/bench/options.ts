/** The command line of the bench. */

import { parseArgs } from "node:util";
import { type Cell, CELLS, SHORT } from "./cells.ts";
import { type Server, SERVERS } from "./servers.ts";

export interface Options {
  cells: readonly Cell[];
  servers: readonly Server[];
  /** Seconds measured in each run, after the warming up. */
  seconds: number;
  /** How often each server runs each cell; runs of different servers take turns. */
  runs: number;
  /** Where the JSON file and the chart go. */
  output: URL;
}

const HELP = `Measures Parlor beside other servers, each alone on one core with the load on another.

Options:
  --cells NAMES    cells to run, separated by commas; * stands for anything, as in fanout-1000-*
  --only NAMES     servers to run, separated by commas
  --seconds N      seconds measured in each run (default 1)
  --runs N         runs of each server in each cell; medians are shown (default 5)
  --short          only the cells that say most
  --output FOLDER  where results.json and results.svg go (default tests/bench/results/)
  --list           print the names of cells and servers
  --help           print this`;

/** What the command line asks for, or a text to print and a status to end with. */
export type Asked = { options: Options } | { text: string; status: 0 | 2 };

/** Reads the command line; relative folders start from `current`. */
export function readOptions(args: readonly string[], current: URL): Asked {
  let values;
  try {
    values = parseArgs({
      args: [...args],
      options: {
        cells: { type: "string" },
        only: { type: "string" },
        seconds: { type: "string", default: "1" },
        runs: { type: "string", default: "5" },
        short: { type: "boolean", default: false },
        output: { type: "string" },
        list: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return { text: `${(error as Error).message}\n\n${HELP}`, status: 2 };
  }
  if (values.help) return { text: HELP, status: 0 };
  if (values.list) {
    const names = (of: readonly { name: string }[]) => of.map(({ name }) => `  ${name}`).join("\n");
    return { text: `Cells:\n${names(CELLS)}\nServers:\n${names(SERVERS)}`, status: 0 };
  }
  const seconds = Number(values.seconds);
  const runs = Number(values.runs);
  if (!(seconds > 0) || !(runs >= 1) || !Number.isInteger(runs)) {
    return { text: "--seconds is a number above 0, --runs a whole number from 1.", status: 2 };
  }
  const cells = values.cells ? CELLS.filter(matches(values.cells)) : values.short ? SHORT : CELLS;
  const servers = values.only ? SERVERS.filter(matches(values.only)) : SERVERS;
  if (cells.length === 0 || servers.length === 0) {
    return { text: "No cell or no server has such a name. --list names them.", status: 2 };
  }
  const output = values.output
    ? new URL(`${values.output.replace(/\/*$/, "")}/`, current)
    : new URL("results/", import.meta.url);
  return { options: { cells, servers, seconds, runs, output } };
}

/** Whether something has one of the names; `*` stands for any part of one. */
function matches(names: string): (one: { name: string }) => boolean {
  const patterns = names.split(",").map((name) =>
    new RegExp(`^${name.trim().replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`)
  );
  return ({ name }) => patterns.some((pattern) => pattern.test(name));
}
