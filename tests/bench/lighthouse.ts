/**
 * Lets Lighthouse judge the built client, in a real Chromium and against a real server: the first
 * visit, and a room full of messages as somebody who is signed in, on a phone and on a desktop.
 * Ends with 1 where a score is below what it must be.
 *
 *     deno task lighthouse
 *     deno task lighthouse --runs=1 --output=lighthouse.json
 */

import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { launch } from "../support/chromium.ts";
import { signIn } from "../support/client.ts";
import { CHROMIUM, find, howToInstall } from "../support/programs.ts";
import { startServer } from "../support/server.ts";
import { type Judged, median, problemsOf, readReport, tableOf } from "./lighthouse_report.ts";
import { installLighthouse, judge, LIGHTHOUSE, PRESETS } from "./lighthouse_run.ts";

const ROOM = "lobby";
const MESSAGES = 200;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    output: { type: "string" },
  },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error("--runs is a whole number from 1.");
const executable = find(CHROMIUM);
if (!executable) throw new Error(howToInstall(CHROMIUM));

/** What else the machine did in the minute before, in processes that want a core. */
const load = Deno.loadavg()[0]!;
const cores = navigator.hardwareConcurrency;

await installLighthouse();
await using server = await startServer({ data: ":memory:" });
await fill(server.url);
const cookie = await signInByCookie(server.url);
const pages = [
  { page: "First visit", url: server.url, isSignedIn: false },
  { page: `Room with ${MESSAGES} messages`, url: `${server.url}/r/${ROOM}`, isSignedIn: true },
];

const judged: Judged[] = [];
for (const { page, url, isSignedIn } of pages) {
  for (const preset of PRESETS) {
    const reports = [];
    for (let run = 1; run <= runs; run++) {
      console.error(`${page}, ${preset}, run ${run} of ${runs}`);
      // Each run has a profile of its own: a page that was cached before would look faster.
      const browser = await launch(executable);
      try {
        if (isSignedIn) await enter(browser.endpoint, url, cookie);
        reports.push(readReport(await judge(url, preset, browser.endpoint)));
      } finally {
        await browser.end();
      }
    }
    judged.push({ page, preset, ...median(reports) });
  }
}

console.log(tableOf(judged));
if (values.output !== undefined) {
  const results = { lighthouse: LIGHTHOUSE, runs, load, cores, pages: judged };
  await Deno.writeTextFile(values.output, JSON.stringify(results, null, 2) + "\n");
}
const problems = judged.flatMap(problemsOf);
for (const problem of problems) console.error(problem);
if (problems.length > 0) Deno.exitCode = 1;
if (problems.length > 0 && load > cores) {
  console.error(
    `The machine was busy before this began (load ${
      load.toFixed(1)
    }, ${cores} cores), which costs ` +
      "performance. Run it again when nothing else runs.",
  );
}

/** Lets three people talk in the room. */
async function fill(url: string): Promise<void> {
  const names = ["Ada Lovelace", "Grace Hopper", "Mei Lin"];
  const people = await Promise.all(names.map((name) => signIn(url, name)));
  for (let number = 1; number <= MESSAGES; number++) {
    // Some say several things in a row, as people do.
    const { token } = people[Math.floor(number / 3) % people.length]!;
    const response = await fetch(`${url}/api/rooms/${ROOM}/messages`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ message: textOf(number) }),
    });
    if (!response.ok) throw new Error(await response.text());
    await response.body?.cancel();
  }
}

/** Short and long messages, one of ten with a link. */
function textOf(number: number): string {
  const sentence = "The export takes twelve seconds with the large data set. ";
  const link = number % 10 === 0 ? ` See https://example.org/notes/${number}.` : "";
  return `Message ${number}. ${sentence.repeat(number % 4).trim()}${link}`;
}

interface Cookie {
  name: string;
  value: string;
}

/** The cookie of somebody who has just signed in. */
async function signInByCookie(url: string): Promise<Cookie> {
  const response = await fetch(new URL("/api/session", url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "Charles Babbage" }),
  });
  const answer = await response.text();
  const [, name, value] = /^([^=]+)=([^;]*)/.exec(response.headers.get("set-cookie") ?? "") ?? [];
  if (!response.ok || !name || !value) throw new Error(`Signing in failed: ${answer}`);
  return { name, value };
}

/** Puts a cookie into a Chromium, and makes sure that the room then shows its last message. */
async function enter(endpoint: string, url: string, cookie: Cookie): Promise<void> {
  const browser = await chromium.connectOverCDP(endpoint);
  try {
    // Chromium's own context, in which Lighthouse opens its tab.
    const context = browser.contexts()[0]!;
    // For every path, as the server sets it, not only for that of the room.
    await context.addCookies([{ ...cookie, url: new URL("/", url).href }]);
    const page = await context.newPage();
    await page.goto(url);
    await page.getByText(`Message ${MESSAGES}.`).waitFor();
    await page.close();
  } finally {
    await browser.close();
  }
}
