/** A connection that speaks `parlor.v1` over a WebSocket: frames in go to `dispatch`, events come out. */

import type { Batch } from "./batch.ts";
import type { Chat } from "./chat.ts";
import { type Client, Dispatch } from "./dispatch.ts";
import type { Log } from "./log.ts";
import {
  type ByeEvent,
  CLOSE,
  type CloseReason,
  type Cursor,
  isLongerThan,
  type ServerEvent,
  type Signal,
  type User,
  type WelcomeEvent,
} from "./protocol.ts";
import type { SocketConnection, Speaker } from "./socket.ts";

export class ProtocolSpeaker implements Speaker, Client {
  readonly id: string;
  readonly rooms = new Set<string>();
  readonly #dispatch: Dispatch;

  constructor(
    private readonly connection: SocketConnection,
    readonly user: User,
    private readonly chat: Chat,
    private readonly welcome: (user: User) => WelcomeEvent,
    log: Log,
  ) {
    this.id = connection.id;
    this.#dispatch = new Dispatch(this, chat, log);
  }

  opened(): void {
    this.send([this.welcome(this.user)]);
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
    this.#dispatch.end();
    this.chat.disconnect(this, this.user);
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
