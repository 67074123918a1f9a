/** One connection to the server, whatever carries it. */

import type { Command, JoinCommand, ServerEvent } from "../server/protocol.ts";

export interface Transport {
  /** Sends commands in order, as one unit. */
  send(commands: readonly Command[]): void;
  /** Ends it; nothing more is told afterwards. */
  close(): void;
}

export interface TransportHandlers {
  events(events: readonly ServerEvent[]): void;
  /** It ended by itself, or never came to be. Told at most once. */
  closed(code: number, reason: string): void;
}

/** Starts a connection that is to enter these rooms. */
export type OpenTransport = (
  joins: readonly JoinCommand[],
  handlers: TransportHandlers,
) => Transport;
