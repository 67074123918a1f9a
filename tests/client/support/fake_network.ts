/** Transports whose other end is the test. */

import type { Surroundings } from "../../../client/connection.ts";
import type { OpenTransport, Transport, TransportHandlers } from "../../../client/transport.ts";
import {
  type Command,
  type JoinCommand,
  LIMITS,
  type ListedRoom,
  type ServerEvent,
  type User,
} from "../../../server/protocol.ts";

/** Signed in by an application. */
export const ADA: User = { id: "h_ada", name: "Ada" };
export const ANN: User = { id: "u_ann", name: "Ann" };
export const BEN: User = { id: "u_ben", name: "Ben" };
/** Milliseconds between heartbeats. */
export const HEARTBEAT = 25_000;

/** One connection, seen from the server. */
export class FakeTransport implements Transport {
  readonly sent: Command[][] = [];
  /** Closed by the client. */
  isClosed = false;

  constructor(
    readonly joins: readonly JoinCommand[],
    private readonly handlers: TransportHandlers,
  ) {}

  send(commands: readonly Command[]): void {
    this.sent.push([...commands]);
  }

  close(): void {
    this.isClosed = true;
  }

  /** What the client has sent since the last call. */
  taken(): Command[] {
    return this.sent.splice(0).flat();
  }

  emit(...events: ServerEvent[]): void {
    this.handlers.events(events);
  }

  welcome(user: User = ANN, build = "build", rooms: ListedRoom[] = [], moreRooms?: true): void {
    this.emit({
      type: "welcome",
      user,
      epoch: "e",
      heartbeat: HEARTBEAT,
      limits: { ...LIMITS },
      build,
      rooms,
      ...(moreRooms && { moreRooms }),
    });
  }

  /** The connection breaks, or the server ends it. */
  end(code = 1006, reason = ""): void {
    this.handlers.closed(code, reason);
  }
}

export class FakeNetwork implements Surroundings {
  readonly sockets: FakeTransport[] = [];
  readonly streams: FakeTransport[] = [];
  reachable = true;
  online = true;
  /** The code of the stream cannot be loaded. */
  isStreamAway = false;

  readonly openSocket: OpenTransport = (joins, handlers) => {
    const transport = new FakeTransport(joins, handlers);
    this.sockets.push(transport);
    return transport;
  };

  readonly openStream: OpenTransport = (joins, handlers) => {
    const transport = new FakeTransport(joins, handlers);
    this.streams.push(transport);
    return transport;
  };

  loadStream(): Promise<OpenTransport | undefined> {
    return Promise.resolve(this.isStreamAway ? undefined : this.openStream);
  }

  get socket(): FakeTransport {
    return this.sockets.at(-1)!;
  }

  get stream(): FakeTransport {
    return this.streams.at(-1)!;
  }

  isReachable(): Promise<boolean> {
    return Promise.resolve(this.reachable);
  }

  isOnline(): boolean {
    return this.online;
  }

  /** The longest wait, so that tests know it. */
  random(): number {
    return 1;
  }
}
