/** Finds the programs of the system that some tests need, and says what to do where one is missing. */

import { accessSync, constants } from "node:fs";

export interface Program {
  /** What people call it. */
  name: string;
  /** File names it goes by, the preferred first. */
  commands: readonly string[];
  /** Places outside the PATH where it is usually installed. */
  places: readonly string[];
  /** The Debian package that brings it. */
  debian: string;
}

export const CHROMIUM: Program = {
  name: "Chromium",
  commands: ["chromium", "google-chrome-stable", "google-chrome", "chromium-browser"],
  places: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ],
  debian: "chromium",
};

export const OPENSSL: Program = {
  name: "OpenSSL",
  commands: ["openssl"],
  places: [],
  debian: "openssl",
};

export const STRACE: Program = {
  name: "strace",
  commands: ["strace"],
  places: [],
  debian: "strace",
};

/** The full path of a program, or undefined where it is not installed. */
export function find(program: Program): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter(Boolean);
  const candidates = program.commands
    .flatMap((command) => folders.map((folder) => `${folder}/${command}`))
    .concat(program.places);
  return candidates.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A sentence for whoever runs tests without the program. */
export function howToInstall(program: Program): string {
  return `${program.name} is missing: install it (on Debian and Ubuntu: apt-get install ${program.debian})`;
}

/**
 * Registers a test that needs programs of the system. Where one is missing, the test is skipped
 * under a name that says what to install; with `CI=true` it fails instead.
 */
export function testWith(
  programs: readonly Program[],
  name: string,
  body: (paths: string[]) => Promise<void>,
  options: Pick<Deno.TestDefinition, "sanitizeOps"> = {},
): void {
  const missing = programs.find((program) => find(program) === undefined);
  if (!missing) {
    Deno.test({ ...options, name, fn: () => body(programs.map((program) => find(program)!)) });
  } else if (Deno.env.get("CI") === "true") {
    Deno.test(name, () => {
      throw new Error(howToInstall(missing));
    });
  } else {
    Deno.test({ name: `${name} (skipped: ${howToInstall(missing)})`, ignore: true, fn() {} });
  }
}
