/** The certificate with which the server itself speaks https. */

import type { TlsFiles } from "./config.ts";
import { StartError } from "./errors.ts";

/** As `Deno.serve` takes them, in PEM. */
export interface Tls {
  cert: string;
  key: string;
}

/** Reads both files. Throws `StartError` where one cannot be read. */
export async function readTls({ certificate, key }: TlsFiles): Promise<Tls> {
  return {
    cert: await read("--tls-cert", certificate),
    key: await read("--tls-key", key),
  };
}

/** What to say where the runtime does not take the files. */
export function unusableTls({ certificate, key }: TlsFiles, error: unknown): StartError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StartError(
    reason.includes("KeyMismatch")
      ? `The key in ${key} is not that of the certificate in ${certificate}. Give the two that belong together.`
      : `${certificate} and ${key} are not a certificate and its key in PEM: ${reason}.`,
  );
}

async function read(flag: string, file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`Cannot read ${file}: ${reason}. Name a readable file with ${flag}.`);
  }
}
