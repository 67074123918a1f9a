/**
 * Rows → an SVG chart: what a delivery costs, one line for each cell, one dot for each server, on a
 * logarithmic scale. It follows the reader's light or dark theme, and stands as an image of its own.
 */

import type { Cell } from "./cells.ts";
import { type Server, takesPart } from "./servers.ts";
import type { Row } from "./summary.ts";

const WIDTH = 800;
const MARGIN = { left: 256, right: 28, top: 96, bottom: 52 };
const LINE = 28;
const LEGEND_COLUMNS = 3;

/** Colours that differ in lightness too, on white and on near-black. */
const STYLE = `
    text { font: 13px system-ui, sans-serif; fill: #3b3a37; }
    .title { font-size: 16px; font-weight: 600; }
    .quiet { fill: #6b6963; }
    .grid { stroke: #e4e2dc; }
    .s0 { fill: #0b57d0; } .s1 { fill: #6fa8ff; } .s2 { fill: #c2410c; }
    .s3 { fill: #15803d; } .s4 { fill: #8a8780; } .s5 { fill: #a855a8; }
    @media (prefers-color-scheme: dark) {
      text { fill: #dddbd5; }
      .quiet { fill: #a09d95; }
      .grid { stroke: #3a3936; }
      .s0 { fill: #8ab4ff; } .s1 { fill: #3f74d1; } .s2 { fill: #fb923c; }
      .s3 { fill: #4ade80; } .s4 { fill: #8f8c85; } .s5 { fill: #d48ad4; }
    }`;

interface Dot {
  /** Place in the list of servers, which is its colour. */
  series: number;
  value: number;
}

/** Draws the fan-out cells with one sender and 64-byte bodies, or all where there are no such. */
export function drawChart(
  cells: readonly Cell[],
  candidates: readonly Server[],
  rows: readonly Row[],
): string {
  const drawn = chosen(cells);
  const servers = candidates.filter((server) => drawn.some((cell) => takesPart(server, cell)));
  const lines = drawn.map((cell) => ({
    label: describe(cell),
    dots: servers.flatMap((server, series): Dot[] => {
      const row = rows.find((one) => one.cell === cell.name && one.server === server.name);
      const value = row?.figures?.cpuPerDelivery;
      return value ? [{ series, value }] : [];
    }),
  })).filter(({ dots }) => dots.length > 0);
  const values = lines.flatMap(({ dots }) => dots.map(({ value }) => value));
  const scale = logarithmic(values, MARGIN.left, WIDTH - MARGIN.right);
  const bottom = MARGIN.top + lines.length * LINE;
  const height = bottom + MARGIN.bottom;
  const parts = [
    text(24, 30, "Server CPU for one delivery, in microseconds: less is better", "title"),
    ...servers.map((server, index) => legend(index, server.title)),
    ...scale.ticks.flatMap((tick) => [
      `<line class="grid" x1="${scale.x(tick)}" x2="${scale.x(tick)}" y1="${
        MARGIN.top - 6
      }" y2="${bottom}"/>`,
      text(scale.x(tick), bottom + 18, String(tick), "quiet", "middle"),
    ]),
    ...lines.flatMap(({ label, dots }, index) => {
      const y = MARGIN.top + index * LINE + LINE / 2;
      return [
        text(MARGIN.left - 16, y + 4, label, "", "end"),
        // The first servers on top of the others.
        ...dots.toReversed().map(({ series, value }) =>
          dot(scale.x(value), y, series, `${servers[series]!.title}: ${value.toPrecision(3)} µs`)
        ),
      ];
    }),
    text(
      24,
      height - 14,
      "A delivery is one message read by one client. Every copy was checked.",
      "quiet",
    ),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Server CPU for one delivery, by number of receivers and messages outstanding">
  <style>${STYLE}
  </style>
  ${parts.join("\n  ")}
</svg>
`;
}

function chosen(cells: readonly Cell[]): Cell[] {
  const fanouts = cells.filter(({ scenario }) => scenario === "fanout");
  const plain = fanouts.filter(({ rooms, body }) => rooms[0]!.senders === 1 && body === 64);
  return plain.length > 0 ? plain : fanouts;
}

function describe({ rooms }: Cell): string {
  const { readers, outstanding } = rooms[0]!;
  return `${readers.toLocaleString("en")} receivers, ${outstanding} outstanding`;
}

/** A logarithmic axis over the values, with ticks at 1, 2 and 5. */
function logarithmic(values: readonly number[], left: number, right: number) {
  const ticks = [-3, -2, -1, 0, 1, 2, 3].flatMap((power) =>
    [1, 2, 5].map((digit) => Number((digit * 10 ** power).toPrecision(1)))
  );
  const least = ticks.findLast((tick) => tick <= Math.min(...values)) ?? ticks[0]!;
  const most = ticks.find((tick) => tick >= Math.max(...values)) ?? ticks.at(-1)!;
  const span = Math.log(most / least) || 1;
  return {
    ticks: ticks.filter((tick) => tick >= least && tick <= most),
    x: (value: number) => Math.round(left + Math.log(value / least) / span * (right - left)),
  };
}

function legend(series: number, title: string): string {
  const x = 32 + series % LEGEND_COLUMNS * 250;
  const y = 54 + Math.floor(series / LEGEND_COLUMNS) * 20;
  return dot(x, y - 4, series, title) + text(x + 14, y, title);
}

function dot(x: number, y: number, series: number, title: string): string {
  return `<circle class="s${series}" cx="${x}" cy="${y}" r="6"><title>${
    escape(title)
  }</title></circle>`;
}

function text(x: number, y: number, content: string, style = "", anchor = "start"): string {
  return `<text x="${x}" y="${y}" class="${style}" text-anchor="${anchor}">${
    escape(content)
  }</text>`;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
