/** Reads Lighthouse's reports: scores, and what cost points, in words. */

import type { Preset } from "./lighthouse_run.ts";

/**
 * What each category must reach, of 100. How search engines find a page is not among them, as
 * `robots.txt` keeps them away from conversations.
 */
const REQUIRED = { "performance": 90, "accessibility": 100, "best-practices": 100 };
type Category = keyof typeof REQUIRED;
export const CATEGORIES = Object.keys(REQUIRED) as Category[];

/** A report, as much of it as is used here. */
interface LighthouseReport {
  runtimeError?: { message: string };
  categories: Record<Category, {
    /** From 0 to 1; null where an audit of it failed to run. */
    score: number | null;
    auditRefs: { id: string; weight: number }[];
  }>;
  audits: Record<string, {
    title: string;
    /** From 0 to 1; null where it does not apply or is only said. */
    score: number | null;
    numericValue?: number;
    displayValue?: string;
    errorMessage?: string;
    details?: { items?: Record<string, unknown>[] };
  }>;
}

/** One page, judged once. */
export interface Result {
  /** From 0 to 100. */
  scores: Record<Category, number>;
  /** Milliseconds until the largest thing was drawn, and for which the page could not answer. */
  largestPaint: number;
  blocked: number;
  /** What cost points, in words, by category. */
  costs: Record<Category, string[]>;
}

/** One page on one device. */
export interface Judged extends Result {
  page: string;
  preset: Preset;
}

/** Reads a report. Throws where Lighthouse could not judge. */
export function readReport(json: string): Result {
  const report = JSON.parse(json) as LighthouseReport;
  if (report.runtimeError) throw new Error(report.runtimeError.message);
  const each = <T>(value: (category: Category) => T) =>
    Object.fromEntries(CATEGORIES.map((category) => [category, value(category)])) as Record<
      Category,
      T
    >;
  const milliseconds = (id: string) => Math.round(report.audits[id]!.numericValue!);
  return {
    scores: each((category) => Math.round((report.categories[category].score ?? 0) * 100)),
    largestPaint: milliseconds("largest-contentful-paint"),
    blocked: milliseconds("total-blocking-time"),
    costs: each((category) =>
      report.categories[category].auditRefs
        .filter(({ id, weight }) => weight > 0 && isCostly(report.audits[id]!))
        .map(({ id }) => sentenceOf(report.audits[id]!))
    ),
  };
}

type Audit = LighthouseReport["audits"][string];

function isCostly({ score, errorMessage }: Audit): boolean {
  return errorMessage !== undefined || (score !== null && score < 1);
}

/** An audit with its value, and the first things it found. */
function sentenceOf({ title, displayValue, errorMessage, details }: Audit): string {
  const found = (details?.items ?? []).slice(0, 5).map(placeOf).filter(Boolean);
  const said = [title, errorMessage ?? displayValue, found.join(", ")].filter(Boolean);
  return said.join(": ").replaceAll("\u00a0", " ");
}

/** Where something was found: an element, an address, or words. */
function placeOf(item: Record<string, unknown>): string | undefined {
  const selector = (item.node as { selector?: string } | undefined)?.selector;
  return [selector, item.url, item.description, item.reason]
    .find((place): place is string => typeof place === "string");
}

/** The run in the middle by performance, the only category that differs from run to run. */
export function median(results: readonly Result[]): Result {
  const ordered = results.toSorted((one, other) =>
    one.scores.performance - other.scores.performance
  );
  return ordered[Math.floor((ordered.length - 1) / 2)]!;
}

/** A table in Markdown. */
export function tableOf(judged: readonly Judged[]): string {
  const rows = judged.map(({ page, preset, scores, largestPaint, blocked }) => [
    page,
    preset,
    ...CATEGORIES.map((category) => scores[category]),
    `${(largestPaint / 1_000).toFixed(1)} s`,
    `${blocked} ms`,
  ]);
  const header = "Page,Device,Performance,Accessibility,Best practices,Largest paint,Blocked";
  return [header.split(","), ["---", "---", "--:", "--:", "--:", "--:", "--:"], ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

/** Where a page does not reach what it must, and why. */
export function problemsOf({ page, preset, scores, costs }: Judged): string[] {
  return CATEGORIES
    .filter((category) => scores[category] < REQUIRED[category])
    .map((category) =>
      [
        `${page}, ${preset}: ${category} is ${scores[category]} and must be ${REQUIRED[category]}.`,
        ...costs[category],
      ].join("\n  ")
    );
}
