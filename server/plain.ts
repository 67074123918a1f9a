/**
 * The dialect for plain WebSocket pages, `wscat` and devices: a socket opened without a subprotocol is
 * in one room from its first moment. What it sends goes to every other plain socket of the room as it
 * came, and is kept as a message like any other.
 */

import type { Batch } from "./batch.ts";
import type { RawFrame } from "./bus.ts";
import type { Saying } from "./chat.ts";
import type { Domain } from "./domain.ts";
import { asRefusal } from "./errors.ts";
import { Expiry } from "./expiry.ts";
import type { Identity } from "./identity.ts";
import type { Log } from "./log.ts";
import type { Peer } from "./peer.ts";
import type { PersonalPeer } from "./personal.ts";
import { CLOSE, type CloseReason, Refusal, type Signal, type User } from "./protocol.ts";
import { isBlank, isLongerThan, parseMessage, parseName } from "./protocol_parse.ts";
import type { SocketConnection, Speaker } from "./socket.ts";

/** A JSON frame with a text in `message`, as tutorials send it; other fields travel along. */
interface JsonFrame {
  message: string;
  type?: unknown;
  user?: unknown;
}

/** How long a name that was free is taken to be, in milliseconds. */
const SPEAKER_HOLDS = 5_000;

export interface PlainOptions {
  room: string;
  identity: Identity;
  /** Whether a name belongs to somebody who is signed in. */
  isTaken(name: string): Promise<boolean>;
  /** The socket gets JSON from the start. */
  json: boolean;
}

export class PlainSpeaker implements Speaker, Peer, PersonalPeer {
  readonly id: string;
  readonly rooms = new Set<string>();
  /** Only where there is something that expires. */
  readonly #expiry: Expiry | undefined;
  /** Gets JSON: by its address, or since its first frame was JSON. */
  #json: boolean;
  #spoke = false;
  /** Has sent `type:"chat"`, so it is told how many are online. */
  #counting = false;
  #toldOnline: number | undefined;
  /** The name that a JSON frame said last, whom that means, and until when that is taken for granted. */
  #lastSpeaker: { name: unknown; speaker: User; until: number };
  /** Frames whose message is not kept yet. */
  #waiting = 0;
  /** The last message on its way into the log. */
  #beingKept: Promise<unknown> | undefined;
  /** The frame that later ones wait for, so that one of which nothing is kept stays in its place. */
  #turn: Promise<unknown> | undefined;

  constructor(
    private readonly connection: SocketConnection,
    private readonly domain: Pick<Domain, "attendance" | "chat" | "limiter">,
    private readonly options: PlainOptions,
    private readonly log: Log,
  ) {
    this.id = connection.id;
    this.#json = options.json;
    this.#lastSpeaker = { name: undefined, speaker: options.identity.user, until: 0 };
    if (options.identity.expires !== undefined) {
      // There is no way to renew it, and nothing to say but the end.
      this.#expiry = new Expiry(() => {}, () => this.close(CLOSE.expired));
    }
  }

  opened(): void {
    this.#expiry?.set(this.options.identity.expires);
    this.domain.attendance.connect(this);
    this.domain.attendance.attach(this, this.options.identity, this.options.room)
      .catch((error) => this.#refuse(error));
  }

  receive(data: string | ArrayBuffer): void {
    if (++this.#waiting > this.domain.limiter.sizes.commandsWaiting) {
      return this.close(CLOSE.flooding);
    }
    const work = this.#turn ? this.#turn.then(() => this.#receive(data)) : this.#receive(data);
    const done = work
      .catch((error) => this.#refuse(error))
      .finally(() => {
        this.#waiting--;
        if (this.#turn === done) this.#turn = undefined;
      });
    if (this.#turn) this.#turn = done;
  }

  closed(): void {
    this.#expiry?.clear();
    this.domain.attendance.disconnect(this, this.options.identity.user);
  }

  get identity(): Identity {
    return this.options.identity;
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

  deliver(batch: Batch): void {
    for (const { from, text, json } of batch.plain) {
      if (from === this.id) continue;
      this.connection.send(this.#json ? json : text as string | Uint8Array<ArrayBuffer>);
    }
  }

  signal(signals: readonly Signal[]): void {
    if (!this.#counting) return;
    for (const signal of signals) if (signal.type === "presence") this.#tellOnline(signal.online);
  }

  removed(room: string): void {
    this.domain.attendance.cut(this, room);
    if (room === this.options.room && !this.rooms.has(room)) this.close(CLOSE.notFound);
  }

  /** There are no words for it in this dialect. */
  personal(): void {}

  /** A plain socket has no cursor to come back with, so one that cannot keep up is cut. */
  fallBehind(): void {
    this.close(CLOSE.slow);
  }

  close(reason: CloseReason): void {
    this.connection.close(reason);
  }

  async #receive(data: string | ArrayBuffer): Promise<void> {
    if (typeof data !== "string") return await this.#receiveBinary(new Uint8Array(data));
    if (isLongerThan(data, this.domain.limiter.sizes.frameBytes)) return this.close(CLOSE.tooLong);
    const frame = parseJsonFrame(data);
    if (!this.#spoke && frame) this.#json = true;
    this.#spoke = true;
    if (frame?.type === "chat") await this.#receiveChat(frame);
    else if (frame) await this.#receiveJson(data, frame);
    else await this.#receiveText(data);
  }

  async #receiveText(text: string): Promise<void> {
    const { user } = this.options.identity;
    const raw = (timestamp: number) =>
      this.#raw(text, JSON.stringify(chatFrame(user.name, text, timestamp)));
    await this.#say(text, user, raw);
  }

  async #receiveJson(text: string, frame: JsonFrame): Promise<void> {
    const speaker = this.#knownSpeaker(frame) ?? await this.#speaker(frame);
    const isVouchedFor = !speaker.unverified && frame.user !== undefined;
    const json = isVouchedFor ? JSON.stringify({ ...frame, user: speaker.name }) : text;
    await this.#say(frame.message, speaker, () => this.#raw(text, json));
  }

  /** Chat JSON is the one kind that everybody gets, its author too, with the server's time added. */
  async #receiveChat(frame: JsonFrame): Promise<void> {
    const speaker = this.#knownSpeaker(frame) ?? await this.#speaker(frame);
    if (!this.#counting) {
      this.#counting = true;
      this.#tellOnline(this.domain.attendance.online(this.options.room));
    }
    await this.#say(frame.message, speaker, (timestamp) => {
      const user = speaker.unverified ? frame.user : speaker.name;
      const text = JSON.stringify({ ...frame, user, timestamp: rfc3339(timestamp) });
      return { text, json: text };
    });
  }

  async #receiveBinary(bytes: Uint8Array): Promise<void> {
    if (bytes.byteLength > this.domain.limiter.sizes.binaryBytes) return this.close(CLOSE.tooLong);
    this.#spoke = true;
    const { identity: { user }, room } = this.options;
    const size = bytes.byteLength;
    const raw = (timestamp: number) =>
      this.#raw(
        bytes,
        JSON.stringify({ type: "binary", user: user.name, size, timestamp: rfc3339(timestamp) }),
      );
    if (size === 0) return await this.#passOn(raw(Date.now()));
    const message = `Binary data, ${size.toLocaleString("en")} ${size === 1 ? "byte" : "bytes"}`;
    await this.#post(user, { id: crypto.randomUUID(), room, message, bytes: size }, raw);
  }

  /** Keeps a text and passes its frame on; a blank one is only passed on. */
  async #say(text: string, user: User, raw: (timestamp: number) => RawFrame): Promise<void> {
    if (isBlank(text)) return await this.#passOn(raw(Date.now()));
    const message = parseMessage(text, this.domain.limiter.sizes.messageBytes);
    await this.#post(user, { id: crypto.randomUUID(), room: this.options.room, message }, raw);
  }

  async #post(user: User, saying: Saying, raw: (timestamp: number) => RawFrame): Promise<void> {
    const who = { ...this.options.identity, user };
    const kept = this.domain.chat.post(who, saying, ({ timestamp }) => raw(timestamp));
    this.#beingKept = kept;
    try {
      await kept;
    } finally {
      if (this.#beingKept === kept) this.#beingKept = undefined;
    }
  }

  /** Passes on what is not kept, after all that was sent before it. */
  async #passOn(raw: RawFrame): Promise<void> {
    if (this.#beingKept) {
      this.#turn = this.#beingKept;
      await this.#beingKept.catch(() => {});
    }
    await this.domain.chat.passOn(this.options.identity, this.options.room, raw);
  }

  /**
   * Who a JSON frame says is speaking, where that is known without asking. A guest may say any name that
   * is nobody's; a signed-in user only the own.
   */
  #knownSpeaker({ user: said }: JsonFrame): User | undefined {
    const { user } = this.options.identity;
    if (!user.unverified || said === undefined) return user;
    const { name, speaker, until } = this.#lastSpeaker;
    if (name === said && performance.now() < until) return speaker;
  }

  /** Later frames wait while a name is looked up. */
  #speaker({ user: said }: JsonFrame): Promise<User> {
    const speaker = this.#lookUp(said).then((speaker) => {
      this.#lastSpeaker = { name: said, speaker, until: performance.now() + SPEAKER_HOLDS };
      return speaker;
    });
    this.#turn ??= speaker;
    return speaker;
  }

  async #lookUp(said: unknown): Promise<User> {
    const { user } = this.options.identity;
    let name: string;
    try {
      name = parseName(said);
    } catch {
      return user;
    }
    return await this.options.isTaken(name) ? user : { ...user, name };
  }

  #raw(text: string | Uint8Array, json: string): RawFrame {
    return { from: this.id, text, json };
  }

  #tellOnline(count: number): void {
    if (count === this.#toldOnline) return;
    this.#toldOnline = count;
    // The words of the tutorials, for one user too.
    this.connection.send(`${count} users online`);
  }

  /** No error text is sent as a message: the socket closes with a code and a reason. */
  #refuse(error: unknown): void {
    const refusal = asRefusal(error, this.log);
    this.connection.close({ ...closeFor(refusal), reason: refusal.message });
  }
}

/** The close code that tells a plain socket of a refusal. */
function closeFor({ code }: Refusal): CloseReason {
  switch (code) {
    case "message_too_long":
      return CLOSE.tooLong;
    case "unauthorized":
      return CLOSE.unauthorized;
    case "not_found":
      return CLOSE.notFound;
    case "rate_limited":
      return CLOSE.rateLimited;
    case "internal":
    case "unavailable":
    case "storage_full":
      return CLOSE.internal;
    default:
      return CLOSE.refused;
  }
}

function parseJsonFrame(text: string): JsonFrame | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const value = JSON.parse(text);
    return typeof value.message === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

function chatFrame(user: string, message: string, timestamp: number) {
  return { type: "chat", user, message, timestamp: rfc3339(timestamp) };
}

function rfc3339(timestamp: number): string {
  return new Date(timestamp).toISOString();
}
