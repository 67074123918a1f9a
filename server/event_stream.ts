/**
 * Server-sent events: the same frames as over a WebSocket, one way. What a browser falls back to, and
 * what a script reads with curl. The event id is `epoch:seq[,seq…]`, a position for each room in the
 * order of the request, so that `Last-Event-ID` resumes all of them.
 */

import type { Batch } from "./batch.ts";
import type { About, Connection, Connections } from "./connections.ts";
import type { Domain } from "./domain.ts";
import { Expiry } from "./expiry.ts";
import { type Identity, isSignedIn } from "./identity.ts";
import type { Peer } from "./peer.ts";
import type { PersonalPeer } from "./personal.ts";
import { asRefusal } from "./errors.ts";
import type { Log } from "./log.ts";
import {
  type ByeEvent,
  CLOSE,
  type CloseReason,
  type Cursor,
  type JoinedEvent,
  parseCursor,
  type PersonalEvent,
  Refusal,
  type ServerEvent,
  type Signal,
  type WelcomeEvent,
} from "./protocol.ts";

/** Bytes of the stream's queue that are not yet backlog. */
const QUEUE_BYTES = 64 * 1024;
/** Past this many waiting bytes nothing more that concerns the person is added, and the stream ends. */
const PERSONAL_BOUND = 4 * 1024 * 1024;

const encoder = new TextEncoder();

export interface EventStreamOptions {
  identity: Identity;
  rooms: readonly string[];
  /** Where each room resumes, in the order of `rooms`; undefined starts with the last page. */
  since: readonly (Cursor | undefined)[];
  welcome: WelcomeEvent;
  about: About;
}

export class EventStream implements Peer, PersonalPeer, Connection {
  readonly id: string;
  readonly rooms = new Set<string>();
  /** The body of the response. */
  readonly body: ReadableStream<Uint8Array>;
  /** The last position sent, by room, in the order of the request; undefined before the first. */
  readonly #positions: Map<string, number | undefined>;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #onRoom: (() => void) | undefined;
  /** What frees its place among the connections. */
  readonly #release: () => void;
  /** Only where there is something that expires. */
  readonly #expiry: Expiry | undefined;
  /** What came before the greeting was sent. */
  #meanwhile: string[] | undefined;
  #ended = false;

  constructor(
    private readonly domain: Pick<Domain, "attendance" | "history" | "lists">,
    private readonly connections: Connections,
    private readonly options: EventStreamOptions,
    private readonly log: Log,
  ) {
    const { epoch } = domain.history;
    this.#release = connections.admit(options.about);
    this.id = connections.nextId();
    this.#positions = new Map(
      options.rooms.map((room, index) => [room, positionIn(epoch, options.since[index])]),
    );
    this.body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#onRoom?.(),
      cancel: () => this.#end(CLOSE.normal.code, "the reader left"),
    }, { highWaterMark: QUEUE_BYTES, size: (chunk) => chunk.byteLength });
    connections.add(this, options.about);
    connections.opened(this, options.about);
    if (options.identity.expires !== undefined) {
      this.#expiry = new Expiry(
        (expires, left) => this.send([{ type: "expiring", expires, left }]),
        () => this.#fail(new Refusal("unauthorized", "The token has expired.")),
      );
      this.#expiry.set(options.identity.expires);
    }
    this.#begin().catch((error) => this.#fail(error));
  }

  get buffered(): number {
    return this.#ended ? 0 : QUEUE_BYTES - (this.#controller.desiredSize ?? 0);
  }

  get isWritten(): boolean {
    return this.buffered === 0;
  }

  send(events: readonly ServerEvent[]): void {
    this.#write(JSON.stringify(events));
  }

  deliver(batch: Batch): void {
    if (batch.frame === undefined) return;
    this.#positions.set(batch.room, batch.events.at(-1)!.seq);
    this.#write(batch.frame);
  }

  signal(_signals: readonly Signal[], frame: string): void {
    this.#write(frame);
  }

  /** The reader comes back with the id of the last event that it got, so the stream just ends. */
  fallBehind(): void {
    this.close(CLOSE.slow);
  }

  close({ code, reason }: CloseReason): void {
    if (this.#ended) return;
    this.#controller.close();
    this.#end(code, reason);
  }

  dismiss(bye: ByeEvent): void {
    this.send([bye]);
    this.close(CLOSE.goingAway);
  }

  async #begin(): Promise<void> {
    const { identity, welcome } = this.options;
    if (isSignedIn(identity)) {
      // What changes in the list while it is read comes after the greeting.
      const meanwhile: string[] = this.#meanwhile = [];
      this.domain.attendance.connect(this);
      const { rooms, more } = await this.domain.lists.recent(identity);
      this.#meanwhile = undefined;
      this.send([{ ...welcome, rooms, ...(more && { moreRooms: more }) }]);
      for (const frame of meanwhile) this.#write(frame);
    } else {
      this.send([welcome]);
    }
    await this.#enterRooms();
  }

  removed(room: string): void {
    this.domain.attendance.cut(this, room);
  }

  personal(_event: PersonalEvent, frame: string): void {
    if (this.#meanwhile) this.#meanwhile.push(frame);
    // No room's patience ends a stream to which only such things come.
    else if (this.buffered > PERSONAL_BOUND) this.close(CLOSE.slow);
    else this.#write(frame);
  }

  get identity(): Identity {
    return this.options.identity;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  async #enterRooms(): Promise<void> {
    for (const [index, room] of this.options.rooms.entries()) {
      if (this.#ended) return;
      let since = this.options.since[index];
      let more: boolean;
      do {
        const send = (joined: JoinedEvent) => {
          more = joined.more ?? false;
          since = joined.cursor;
          this.#positions.set(room, parseCursor(joined.cursor)!.seq);
          this.send([joined]);
        };
        more = false;
        await this.domain.attendance.join(this, this.options.identity, room, since, send);
        // A page of each of many rooms is more than may wait for one reader.
        await this.#hasRoom();
      } while (more && !this.#ended);
    }
  }

  /** Resolves when the reader has taken what waits. */
  async #hasRoom(): Promise<void> {
    while (!this.#ended && this.buffered > QUEUE_BYTES) {
      await new Promise<void>((resolve) => this.#onRoom = resolve);
    }
  }

  #write(frame: string): void {
    if (this.#ended) return;
    const positions = [...this.#positions.values()];
    // Without an id the reader keeps the last one, so a cut during the first joins starts afresh.
    const id = positions.includes(undefined)
      ? ""
      : `id: ${this.domain.history.epoch}:${positions.join(",")}\n`;
    this.#controller.enqueue(encoder.encode(`${id}data: ${frame}\n\n`));
  }

  #fail(error: unknown): void {
    const { code, message, details } = asRefusal(error, this.log);
    this.send([{ type: "error", code, message, ...details }]);
    this.close(CLOSE.refused);
  }

  #end(code: number, reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#release();
    this.#expiry?.clear();
    this.#onRoom?.();
    this.connections.closed(this, code, reason);
    this.domain.attendance.disconnect(this, this.options.identity.user);
  }
}

/** The position of a cursor of this history; one of another says nothing here. */
function positionIn(epoch: string, cursor: Cursor | undefined): number | undefined {
  const position = parseCursor(cursor);
  return position?.epoch === epoch ? position.seq : undefined;
}

/** `epoch:seq[,seq…]` → a cursor for each room; rooms beyond the list start afresh. */
export function parseCursors(
  text: string | undefined,
  rooms: readonly string[],
): (Cursor | undefined)[] {
  if (!text) return rooms.map(() => undefined);
  const [epoch, positions] = text.split(":", 2);
  const cursors = (positions ?? "").split(",").map((seq) => `${epoch}:${seq}`);
  if (cursors.length > rooms.length || !cursors.every(parseCursor)) {
    throw new Refusal(
      "bad_cursor",
      "A cursor for events is epoch:seq,seq… with one seq for each room.",
    );
  }
  return rooms.map((_, index) => cursors[index]);
}
