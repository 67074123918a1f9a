/** A connection that speaks `parlor.v1` over a WebSocket: frames in go to `dispatch`, events come out. */

import type { Batch } from "./batch.ts";
import { type Client, Dispatch } from "./dispatch.ts";
import { Expiry } from "./expiry.ts";
import { asRefusal } from "./errors.ts";
import { type Identity, isSignedIn } from "./identity.ts";
import { refusalOf } from "./permissions.ts";
import {
  type ByeEvent,
  CLOSE,
  type CloseReason,
  type Cursor,
  type ErrorEvent,
  type PersonalEvent,
  type ServerEvent,
  type Signal,
  type WelcomeEvent,
} from "./protocol.ts";
import { isLongerThan } from "./protocol_parse.ts";
import type { Services } from "./services.ts";
import type { SocketConnection, Speaker } from "./socket.ts";

export class ProtocolSpeaker implements Speaker, Client {
  readonly id: string;
  readonly rooms = new Set<string>();
  readonly #dispatch: Dispatch;
  #identity: Identity;
  /** What came before the greeting was sent. */
  #meanwhile: string[] | undefined;
  /** Only where there is something that expires. */
  #expiry: Expiry | undefined;

  constructor(
    private readonly connection: SocketConnection,
    identity: Identity,
    private readonly services: Services,
  ) {
    this.id = connection.id;
    this.#identity = identity;
    this.#dispatch = new Dispatch(this, services, services.log);
  }

  /** About how many characters of messages were said in its rooms since each of them was opened here. */
  get heard(): number {
    let heard = 0;
    for (const room of this.rooms) heard += this.services.hub.said(room);
    return heard;
  }

  get identity(): Identity {
    return this.#identity;
  }

  opened(): void {
    const welcome = this.services.welcome(this.#identity.user);
    if (isSignedIn(this.#identity)) this.#dispatch.after(this.#greet(welcome));
    else this.send([welcome]);
    this.#watch();
  }

  /** Greets with the person's rooms; what changes in them while they are read comes afterwards. */
  async #greet(welcome: WelcomeEvent): Promise<void> {
    const meanwhile: string[] = this.#meanwhile = [];
    this.services.attendance.connect(this);
    try {
      const { rooms, more } = await this.services.lists.recent(this.#identity);
      welcome = { ...welcome, rooms, ...(more && { moreRooms: more }) };
    } catch (error) {
      // Everything else works without the list, and the next connection brings it.
      asRefusal(error, this.services.log);
    }
    this.#meanwhile = undefined;
    this.send([welcome]);
    for (const frame of meanwhile) this.connection.send(frame);
  }

  removed(room: string): void {
    this.services.attendance.cut(this, room);
  }

  personal(_event: PersonalEvent, frame: string): void {
    if (this.#meanwhile) this.#meanwhile.push(frame);
    // Like an answer: who does not read it must not have it pile up.
    else this.connection.answer(frame);
  }

  receive(data: string | ArrayBuffer): void {
    if (typeof data !== "string") {
      const message = "A frame is JSON text, not binary.";
      this.send([{ type: "error", code: "bad_frame", message }]);
    } else if (isLongerThan(data, this.services.limiter.sizes.frameBytes)) {
      this.close(CLOSE.tooLong);
    } else {
      this.#dispatch.receive(data);
    }
  }

  closed(): void {
    this.#expiry?.clear();
    this.#dispatch.end();
    this.services.attendance.disconnect(this, this.#identity.user);
  }

  async renew(token: string): Promise<void> {
    const identity = await this.services.sessions.renew(this.#identity, token);
    if (this.connection.hasEnded) return;
    const { user, grant, expires } = this.#identity = identity;
    const cut = await this.services.attendance.renew(this, identity);
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

  get hasEnded(): boolean {
    return this.connection.hasEnded;
  }

  get buffered(): number {
    return this.connection.buffered;
  }

  get isWritten(): boolean {
    return this.connection.isWritten;
  }

  send(events: readonly ServerEvent[]): void {
    this.connection.answer(JSON.stringify(events));
  }

  deliver({ frame }: Batch): void {
    if (frame !== undefined) this.connection.send(frame);
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
