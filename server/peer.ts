/** One receiver on this node, whatever its transport: the hub's view of a connection. */

import type { Batch } from "./batch.ts";
import type { CloseReason, Cursor, Signal } from "./protocol.ts";

export interface Peer {
  /** Names the connection in the log, on every node. */
  readonly id: string;
  /** The rooms it has joined. Kept by the hub. */
  readonly rooms: Set<string>;
  /** The connection is gone: nobody may be let into a room any more for whom it spoke. */
  readonly hasEnded: boolean;
  /** Bytes handed over that the network has not taken yet. */
  readonly buffered: number;
  /** Whether the network has taken everything that was handed over. */
  readonly isWritten: boolean;
  /** Hands over kept events and plain frames of one room, in order. */
  deliver(batch: Batch): void;
  /** Hands over signals of one room. `frame` is their JSON array, encoded once for all. */
  signal(signals: readonly Signal[], frame: string): void;
  /** Says that nothing more of the room comes before it joins again from `cursor`. */
  fallBehind(room: string, cursor: Cursor): void;
  /** Ends the connection, which then leaves its rooms at once. */
  close(reason: CloseReason): void;
}
