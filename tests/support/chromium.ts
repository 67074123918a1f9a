/** Tests in a real browser. */

import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { PATIENCE, within } from "./deadline.ts";
import { CHROMIUM, find, testWith } from "./programs.ts";

/** A host name that the browser takes for a machine in the local network. */
export const LAN_HOST = "parlor.lan";

const FLAGS = [
  "--headless=new",
  // Root, as in containers, may not use Chromium's own sandbox.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  // Nothing on the network but what a test asks for.
  "--disable-quic",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A tab that is not in front must not be slowed down: tests talk between tabs.
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
  "--remote-debugging-port=0",
  // A name that is this machine but no secure context, as an address in a local network is.
  `--host-resolver-rules=MAP ${LAN_HOST} 127.0.0.1`,
];

/** What a test gets to work with. */
export interface Visit {
  browser: Browser;
  /**
   * Opens an address as a person of their own: with separate cookies and storage. Further tabs of
   * the same person are opened with `page.context().newPage()`.
   */
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
}

/** The Chromium that all tests of a file share; each file has its own. */
let running: RunningChromium | undefined;
let areHooksRegistered = false;

/**
 * Registers a test in a real Chromium. What it opened is closed after it, and an uncaught error or a
 * breach of the content security policy in any of its pages makes it fail. Without Chromium it is
 * skipped under a name that says so, or fails with `CI=true`.
 */
export function browserTest(name: string, body: (visit: Visit) => Promise<void>): void {
  if (!areHooksRegistered) registerHooks();
  const run = async () => {
    const browser = await chromium.connectOverCDP(running!.endpoint, {
      timeout: 2 * PATIENCE,
      // A folder of its own choice would be removed only after the test's end.
      artifactsDir: running!.profile,
    });
    const problems: string[] = [];
    const open: Visit["open"] = async (url, options) => {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(PATIENCE);
      context.on("weberror", (error) => problems.push(String(error.error().stack)));
      context.on("console", (message) => {
        if (message.text().includes("Content Security Policy")) problems.push(message.text());
      });
      const page = await context.newPage();
      await page.goto(url);
      return page;
    };
    try {
      await body({ browser, open });
    } finally {
      // The first context is Chromium's own, and closing it would end Chromium.
      for (const context of browser.contexts().slice(1)) await context.close();
      await browser.close();
    }
    if (problems.length > 0) {
      throw new Error(`Something went wrong in a page:\n${problems.join("\n")}`);
    }
  };
  // Closing a connection, Playwright removes a file without waiting until that is done. Resources
  // are still checked, and the server is another process.
  testWith([CHROMIUM], name, run, { sanitizeOps: false });
}

function registerHooks(): void {
  areHooksRegistered = true;
  const executable = find(CHROMIUM);
  if (!executable) return;
  // Outside the tests, as the process lives through all of them; what a test opens in it is its own.
  Deno.test.beforeAll(async () => {
    running = await launch(executable);
  });
  Deno.test.afterAll(() => running?.end());
}

/** A Chromium without a window, in a profile of its own. */
export interface RunningChromium {
  /** Where it takes connections of the DevTools protocol. */
  endpoint: string;
  /** Its temporary folder, removed at the end. */
  profile: string;
  end(): Promise<void>;
}

/** Starts the program at a path. Rejects with what it printed where it does not start. */
export async function launch(executable: string): Promise<RunningChromium> {
  const profile = await Deno.makeTempDir({ prefix: "parlor-chromium-" });
  const child = new Deno.Command(executable, {
    args: [...FLAGS, `--user-data-dir=${profile}`, "about:blank"],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();

  let output = "";
  const findEndpoint = async (): Promise<string> => {
    // Leaving the loop closes the stream, so that no read is under way while tests run.
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      output += text;
      const endpoint = /^DevTools listening on (ws:\S+)\n/m.exec(output)?.[1];
      if (endpoint) return endpoint;
    }
    throw new Error(`Chromium ended before it was ready. It printed:\n${output}`);
  };
  const end = async () => {
    child.kill("SIGTERM");
    await child.status;
    await removeOnceStill(profile);
  };
  try {
    const endpoint = await within(
      findEndpoint(),
      () => `Chromium did not start. It printed:\n${output}`,
      3 * PATIENCE,
    );
    return { endpoint, profile, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Removes a folder into which processes that are just ending may still write for a moment. */
async function removeOnceStill(folder: string): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  while (true) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resume) => setTimeout(resume, 50));
    }
  }
}
