/** A connection that speaks `parlor.v1` over a WebSocket: frames in go to `dispatch`, events come out. */

import type { Batch } from "./batch.ts";
import type { Chat } from "./chat.ts";
import { type Client, Dispatch } from "./dispatch.ts";
import { Expiry } from "./expiry.ts";
import type { Identity } from "./identity.ts";
import type { Log } from "./log.ts";
import { refusalOf } from "./permissions.ts";
import {
  type ByeEvent,
  CLOSE,
  type CloseReason,
  type Cursor,
  type ErrorEvent,
  isLongerThan,
  type ServerEvent,
  type Signal,
  type User,
  type WelcomeEvent,
} from "./protocol.ts";
import type { Sessions } from "./sessions.ts";
import type { SocketConnection, Speaker } from "./socket.ts";

export class ProtocolSpeaker implements Speaker, Client {
  readonly id: string;
  readonly rooms = new Set<string>();
  readonly #dispatch: Dispatch;
  #identity: Identity;
  /** Only where there is something that expires. */
  #expiry: Expiry | undefined;

  constructor(
    private readonly connection: SocketConnection,
    identity: Identity,
    private readonly chat: Chat,
    private readonly sessions: Sessions,
    private readonly welcome: (user: User) => WelcomeEvent,
    log: Log,
  ) {
    this.id = connection.id;
    this.#identity = identity;
    this.#dispatch = new Dispatch(this, chat, log);
  }

  get identity(): Identity {
    return this.#identity;
  }

  opened(): void {
    this.send([this.welcome(this.#identity.user)]);
    this.#watch();
  }

  receive(data: string | ArrayBuffer): void {
    if (typeof data !== "string") {
      const message = "A frame is JSON text, not binary.";
      this.send([{ type: "error", code: "bad_frame", message }]);
    } else if (isLongerThan(data, this.chat.limits.frameBytes)) {
      this.close(CLOSE.tooLong);
    } else {
      this.#dispatch.receive(data);
    }
  }

  closed(): void {
    this.#expiry?.clear();
    this.#dispatch.end();
    this.chat.disconnect(this, this.#identity.user);
  }

  async renew(token: string): Promise<void> {
    const identity = await this.sessions.renew(this.#identity, token);
    if (this.connection.hasEnded) return;
    const { user, grant, expires } = this.#identity = identity;
    const cut = this.chat.renew(this, identity);
    this.#watch();
    this.send([
      { type: "renewed", user, ...(expires === undefined ? {} : { expires }) },
      ...cut.map((room): ErrorEvent => {
        const { code, message } = refusalOf(grant, "join", room);
        return { type: "error", code, message, room };
      }),
    ]);
  }

  #watch(): void {
    const { expires } = this.#identity;
    if (expires === undefined && !this.#expiry) return;
    this.#expiry ??= new Expiry(
      (expires, left) => this.send([{ type: "expiring", expires, left }]),
      () => this.close(CLOSE.expired),
    );
    this.#expiry.set(expires);
  }

  farewell(bye: ByeEvent): string {
    return JSON.stringify([bye]);
  }

  get buffered(): number {
    return this.connection.buffered;
  }

  send(events: readonly ServerEvent[]): void {
    this.connection.answer(JSON.stringify(events));
  }

  deliver(batch: Batch): void {
    if (batch.frame !== undefined) this.connection.send(batch.frame);
  }

  signal(_signals: readonly Signal[], frame: string): void {
    this.connection.send(frame);
  }

  fallBehind(room: string, cursor: Cursor): void {
    this.connection.send(JSON.stringify([{ type: "behind", room, cursor }]));
  }

  close(reason: CloseReason): void {
    this.connection.close(reason);
  }
}
