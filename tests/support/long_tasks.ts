/** How long the main thread of a page was busy in one go. */

import type { Browser, Page } from "playwright-core";

/** Names of marks that tell the page's own main thread in the trace, and the time that counts. */
const BEGIN = "watched from here";
const END = "watched until here";

/** A task of the main thread, in milliseconds. */
export interface Task {
  /** Of the clock on the wall, other processes included that had the processor meanwhile. */
  wall: number;
  /** Of the processor. */
  cpu: number;
}

/** An event of a trace, as far as it is read here. Times in microseconds. */
interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  tdur?: number;
}

/** Runs `body` and returns the tasks that the page's main thread ran meanwhile, the longest first. */
export async function tasksDuring(
  browser: Browser,
  page: Page,
  body: () => Promise<void>,
): Promise<Task[]> {
  await browser.startTracing(page, { categories: ["toplevel", "blink.user_timing"] });
  let trace: { traceEvents: TraceEvent[] };
  try {
    await page.evaluate((name) => void performance.mark(name), BEGIN);
    await body();
    await page.evaluate((name) => void performance.mark(name), END);
  } finally {
    trace = JSON.parse(new TextDecoder().decode(await browser.stopTracing()));
  }
  const mark = (name: string) => {
    const found = trace.traceEvents.find((event) => event.name === name);
    if (!found) throw new Error(`The trace has no mark “${name}”.`);
    return found;
  };
  const { pid, tid, ts: start } = mark(BEGIN);
  const end = mark(END).ts;
  return trace.traceEvents
    .filter((event) =>
      event.pid === pid && event.tid === tid && event.ts >= start && event.ts < end &&
      event.name === "ThreadControllerImpl::RunTask" && event.tdur !== undefined
    )
    // On a busy virtual machine the processor's clock sometimes runs ahead of that on the wall.
    .map(({ dur, tdur }) => ({ wall: dur! / 1_000, cpu: Math.min(dur!, tdur!) / 1_000 }))
    .sort((one, other) => other.cpu - one.cpu);
}
