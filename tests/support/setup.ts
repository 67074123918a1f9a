/**
 * Runs before the tests: installs the programs of the system that some of them need, where that is
 * possible without asking (Debian or Ubuntu, as root). Elsewhere the tests that need a missing one
 * are skipped by name, or fail with `CI=true`.
 */

import { CHROMIUM, find, howToInstall, OPENSSL, STRACE } from "./programs.ts";

const APT = "/usr/bin/apt-get";

const missing = [CHROMIUM, OPENSSL, STRACE].filter((program) => find(program) === undefined);

if (missing.length > 0) {
  if (Deno.build.os === "linux" && Deno.uid() === 0 && await exists(APT)) {
    const packages = missing.map((program) => program.debian);
    console.log(`Installing ${packages.join(" and ")} with apt-get, which some tests need.`);
    // An old package list may be why something is not found, so bring it up to date first.
    await apt("update");
    await apt("install", "--yes", "--no-install-recommends", ...packages);
  } else {
    for (const program of missing) console.log(howToInstall(program));
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Runs apt-get without questions; what it printed is shown only where it failed. */
async function apt(...args: string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(APT, {
    args: ["-qq", ...args],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
  }).output();
  if (success) return;
  await Deno.stderr.write(stdout);
  await Deno.stderr.write(stderr);
  console.error(`apt-get ${args.join(" ")} failed. Tests that need it are skipped or fail.`);
}
