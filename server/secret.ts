/** The secret that signs sessions: given, or made once and kept beside the history. */

import { join } from "node:path";
import { StartError } from "./errors.ts";

/** Fewest characters of a secret: 256 bits in hexadecimal digits are 64, in common words far more. */
export const SECRET_LENGTH = 32;

/**
 * The secret of a data folder, created at first use; `:memory:` gets one that ends with the process.
 * Throws `StartError` where the file cannot be read or written.
 */
export async function loadSecret(data: string): Promise<string> {
  const fresh = crypto.getRandomValues(new Uint8Array(32)).toHex();
  if (data === ":memory:") return fresh;
  const path = pathOf(data);
  try {
    await Deno.mkdir(data, { recursive: true, mode: 0o700 });
    // Exclusive, so that two starts at once end up with the same secret.
    await Deno.writeTextFile(path, fresh, { createNew: true, mode: 0o600 });
    return fresh;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw unusable(path, error);
  }
  return await readKept(path);
}

/** The secret that a data folder has; undefined where no server has made one yet. */
export async function readSecret(data: string): Promise<string | undefined> {
  if (data === ":memory:") return undefined;
  const path = pathOf(data);
  try {
    await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw unusable(path, error);
  }
  return await readKept(path);
}

function pathOf(data: string): string {
  return join(data, "secret");
}

async function readKept(path: string): Promise<string> {
  const kept = (await Deno.readTextFile(path).catch((error) => {
    throw unusable(path, error);
  })).trim();
  if (kept.length < SECRET_LENGTH) {
    throw new StartError(
      `The secret in ${path} is damaged. Delete the file to make a new one; everybody signs in again.`,
    );
  }
  return kept;
}

function unusable(path: string, error: unknown): StartError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StartError(
    `Cannot use ${path}: ${reason}. Choose another folder with --data, or :memory: to keep nothing.`,
  );
}
