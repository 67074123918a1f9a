/** A transport whose code is loaded when it is first needed. */

import type { Command, JoinCommand } from "../server/protocol.ts";
import { type OpenTransport, type Transport, type TransportHandlers } from "./transport.ts";

/** What browsers say of a connection that never came to be. */
const ABNORMAL = 1006;

/** Opens it once it is loaded; what is sent until then goes first. */
export function openLater(load: () => Promise<OpenTransport>): OpenTransport {
  return (joins, handlers) => new LaterTransport(load, joins, handlers);
}

class LaterTransport implements Transport {
  #transport: Transport | undefined;
  #waiting: (readonly Command[])[] = [];
  #isOver = false;

  constructor(
    load: () => Promise<OpenTransport>,
    joins: readonly JoinCommand[],
    handlers: TransportHandlers,
  ) {
    load().then((open) => {
      if (this.#isOver) return;
      this.#transport = open(joins, handlers);
      for (const commands of this.#waiting) this.#transport.send(commands);
    }, () => {
      if (!this.#isOver) handlers.closed(ABNORMAL, "");
    });
  }

  send(commands: readonly Command[]): void {
    if (this.#transport) this.#transport.send(commands);
    else this.#waiting.push(commands);
  }

  close(): void {
    this.#isOver = true;
    this.#transport?.close();
  }
}
