/**
 * Listens, whatever happens. The runtime gives up a listener for good when the system has no file
 * descriptor left for one more connection, which anybody can bring about by opening enough of them. Then
 * the open sockets live on, and as soon as there is room it listens again.
 */

import type { Log } from "./log.ts";

/** Milliseconds between two attempts to listen again. */
const PAUSE = 500;

export class Listener {
  /** The port, which stays the same. */
  readonly port: number;
  #server: Deno.HttpServer<Deno.NetAddr>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosing = false;

  /** Starts at once. `listen` throws where it cannot; port 0 leaves the choice to the system. */
  constructor(
    private readonly listen: (port: number) => Deno.HttpServer<Deno.NetAddr>,
    port: number,
    private readonly log: Log,
  ) {
    this.#server = listen(port);
    this.port = this.#server.addr.port;
    this.#watch();
  }

  /** Takes no more connections; resolves when those that are open have ended. */
  async shutdown(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    // What has failed before has nothing left to end.
    await this.#server.shutdown().catch(() => {});
  }

  #watch(): void {
    this.#server.finished.catch((error) => {
      if (this.#isClosing) return;
      this.log.error(
        "no connection can be taken: most likely too many are open for the limit of open files",
        { error: String(error) },
      );
      this.#retry();
    });
  }

  #retry(): void {
    this.#timer = setTimeout(() => {
      try {
        this.#server = this.listen(this.port);
      } catch {
        // Still no room, as the log says already.
        this.#retry();
        return;
      }
      this.log.info("connections are taken again");
      this.#watch();
    }, PAUSE);
  }
}
