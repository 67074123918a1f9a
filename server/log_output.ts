/** Where the log's lines go. */

const encoder = new TextEncoder();

/** Milliseconds for which lines are gathered. */
const GATHER = 20;

/** Writes the lines of a moment together: a thousand people who connect at once are not a thousand system calls. */
export class LineWriter {
  #waiting = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param write takes bytes at once and tells how many */
  constructor(private readonly write: (bytes: Uint8Array) => number) {}

  add(line: string): void {
    this.#timer ??= setTimeout(() => this.flush(), GATHER);
    this.#waiting += `${line}\n`;
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let bytes = encoder.encode(this.#waiting);
    this.#waiting = "";
    try {
      while (bytes.length > 0) bytes = bytes.subarray(this.write(bytes));
    } catch {
      // Its disk is full, or its reader gone: the chat goes on, and there is nowhere to say so.
    }
  }
}

/**
 * Standard error. However the process ends by itself, an error that nobody caught included, what waits
 * is written before; `kill -9` may cost the last lines.
 */
export function standardError(): LineWriter {
  // Synchronous, as nothing asynchronous is finished before an exit.
  const lines = new LineWriter((bytes) => Deno.stderr.writeSync(bytes));
  for (const end of ["unload", "error", "unhandledrejection"]) {
    addEventListener(end, () => lines.flush());
  }
  return lines;
}
