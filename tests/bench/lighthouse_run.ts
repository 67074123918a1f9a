/**
 * Runs Lighthouse as a process of its own. It is no dependency of the project: with it, everybody's
 * installation would more than triple (73 to 247 MB, 16 to 128 packages) for something that is run
 * now and then. Its own lock file says exactly what is run.
 */

import { CATEGORIES } from "./lighthouse_report.ts";

/** The version whose scores the README gives. */
export const LIGHTHOUSE = "13.5.0";

const PACKAGE = `npm:lighthouse@${LIGHTHOUSE}`;
const LOCK = new URL("lighthouse.lock", import.meta.url).pathname;
/** Nothing of the project's configuration, above all not its folder of packages. */
const APART = ["--no-config", "--node-modules-dir=none", `--lock=${LOCK}`, "--frozen"];

/** The devices that Lighthouse imitates. */
export const PRESETS = ["mobile", "desktop"] as const;
export type Preset = typeof PRESETS[number];

/** Fetches Lighthouse where it is not there yet, so that nothing is fetched while it judges. */
export async function installLighthouse(): Promise<void> {
  await run(["cache", "--quiet", ...APART, PACKAGE]);
}

/**
 * Judges one page in a running Chromium, with its cookies.
 *
 * @param endpoint Where Chromium takes connections of the DevTools protocol, `ws://HOST:PORT/…`.
 * @returns Lighthouse's report, as JSON.
 */
export async function judge(url: string, preset: Preset, endpoint: string): Promise<string> {
  const { hostname, host, port } = new URL(endpoint);
  const settings = await Deno.makeTempDir({ prefix: "parlor-lighthouse-" });
  try {
    return await run([
      "run",
      ...APART,
      "--cached-only",
      "--no-prompt",
      "--allow-read",
      "--allow-env",
      "--allow-sys",
      `--allow-write=${settings}`,
      // It talks to Chromium, and to nobody else.
      `--allow-net=${host}`,
      PACKAGE,
      url,
      `--hostname=${hostname}`,
      `--port=${port}`,
      "--output=json",
      "--quiet",
      "--no-enable-error-reporting",
      `--only-categories=${CATEGORIES.join()}`,
      ...preset === "desktop" ? ["--preset=desktop"] : [],
    ], { XDG_CONFIG_HOME: settings, TMPDIR: settings });
  } finally {
    await Deno.remove(settings, { recursive: true });
  }
}

/** What a Deno of its own prints. Rejects with what it said where it failed. */
async function run(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`Lighthouse failed. It printed:\n${text.decode(stderr)}`);
  return text.decode(stdout);
}
