/**
 * WebSockets: the upgrade, and one connection's way in and out. No other file touches the runtime's
 * socket. What a connection says is for a `Speaker`: the protocol proper, or the plain dialect.
 */

import type { About, Connection, Connections, Leaving, Opening } from "./connections.ts";
import { type ByeEvent, CLOSE } from "./protocol.ts";
import { byteLength } from "./protocol_parse.ts";

/** Past this many unsent bytes even answers to commands stop, and the connection ends. */
const ANSWERS_BOUND = 4 * 1024 * 1024;

/**
 * The runtime is asked how much is waiting only where it may be more than this: in a fan-out of short
 * messages asking costs a twentieth of a send, and nobody asks about less.
 */
const ASK_FROM = 16 * 1024;

/** Read once: the class itself is looked up anew with each use. */
const { OPEN } = WebSocket;

/** Most bytes of a character in UTF-16. */
const BYTES_MOST = 3;

/** How a socket is closed: a code and a reason for it (RFC 6455, section 7.4). */
interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** What drives one socket. */
export interface Speaker {
  /** A text frame or a binary one. Must not throw. */
  receive(data: string | ArrayBuffer): void;
  /** The socket is open. Must not throw. */
  opened(): void;
  /** The connection has ended, told exactly once. Must not throw. */
  closed(): void;
  /** The last words before the server closes, where the dialect has any. */
  farewell?(bye: ByeEvent): string;
}

/**
 * One WebSocket of this server. It is its own listener: an object instead of a closure for each event
 * saves a kilobyte for each connection.
 */
export class SocketConnection implements Connection, Opening, Leaving, EventListenerObject {
  readonly id: string;
  readonly #socket: WebSocket;
  readonly #connections: Connections;
  readonly #speaker: Speaker;
  readonly #release: () => void;
  /** How it ended, for whichever reason came first. */
  #ended: Closing | undefined;
  #isGone = false;
  /** What was waiting when the runtime was asked last, and all that was sent since. */
  #mostBuffered = 0;

  constructor(
    socket: WebSocket,
    connections: Connections,
    about: About,
    release: () => void,
    speak: (connection: SocketConnection) => Speaker,
  ) {
    this.id = connections.nextId();
    this.#socket = socket;
    this.#connections = connections;
    this.#release = release;
    this.#speaker = speak(this);
    socket.binaryType = "arraybuffer";
    connections.add(this, about);
    connections.opening.begin(this);
    socket.addEventListener("open", () => {
      connections.opening.end(this);
      // Ended before it was open, when there was nothing yet that could be closed.
      if (this.#ended) return this.#shut(this.#ended);
      connections.opened(this, about);
      this.#speaker.opened();
    }, { once: true });
    for (const type of ["message", "close", "error"]) socket.addEventListener(type, this);
  }

  handleEvent(event: Event): void {
    switch (event.type) {
      case "message":
        if (!this.#ended) return this.#speaker.receive((event as MessageEvent).data);
        // What still comes after the end is nobody's any more, but the peer is not quiet yet.
        if (this.#connections.leaving.has(this)) this.#connections.leaving.begin(this);
        return;
      case "close": {
        const { code, reason } = event as CloseEvent;
        this.#leave();
        return this.#end({ code, reason });
      }
      case "error":
        // The runtime has dropped the connection. Without a listener it would report the error itself.
        this.#leave();
        return this.#end({
          code: 1006,
          reason: (event as ErrorEvent).message || "connection lost",
        });
    }
  }

  /** Whether it is over, from whichever side. */
  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** Bytes that the network has not taken yet; at most that many where they are few. */
  get buffered(): number {
    if (this.#mostBuffered > ASK_FROM) this.#mostBuffered = this.#socket.bufferedAmount;
    return this.#mostBuffered;
  }

  /** Whether the network has taken everything. */
  get isWritten(): boolean {
    return this.#socket.bufferedAmount === 0;
  }

  /** Hands over a frame; after the end, whichever side it came from, it goes nowhere. */
  send(frame: string | Uint8Array<ArrayBuffer>): void {
    if (this.#ended || this.#socket.readyState !== OPEN) return;
    this.#mostBuffered += frame.length * BYTES_MOST;
    this.#socket.send(frame);
  }

  /** Hands over an answer to the peer's own command: who asks without reading is cut. */
  answer(frame: string): void {
    if (this.buffered > ANSWERS_BOUND) this.close(CLOSE.slow);
    else this.send(frame);
  }

  /** Closes from this side. The peer is forgotten at once: a stalled one may never answer. */
  close(closing: Closing): void {
    // One that is not open yet is closed when it is.
    if (!this.#connections.opening.has(this)) this.#shut(closing);
    this.#end(closing);
  }

  quiet(): void {
    this.#shut(CLOSE.goingAway);
  }

  neverOpened(): void {
    this.#leave();
    this.#end({ code: CLOSE.idle.code, reason: "never opened" });
  }

  dismiss(bye: ByeEvent): void {
    const words = this.#speaker.farewell?.(bye);
    if (words !== undefined) this.send(words);
    if (!this.#connections.opening.has(this)) this.#connections.leaving.begin(this);
    this.#end(CLOSE.goingAway);
  }

  /**
   * The network has let go of the connection. Until then it counts for the limits: a peer that we have
   * closed keeps it, and what the runtime holds for it, for as long as it does not answer.
   */
  #leave(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#connections.opening.end(this);
    this.#connections.leaving.end(this);
    this.#release();
  }

  #shut({ code, reason }: Closing): void {
    try {
      this.#socket.close(code, shortened(reason));
    } catch {
      // Closed already: all the same.
    }
  }

  /** The runtime may tell an end twice, or never after our own close to a stalled peer. */
  #end(closing: Closing): void {
    if (this.#ended) return;
    this.#ended = closing;
    this.#connections.closed(this, closing.code, closing.reason);
    this.#speaker.closed();
  }
}

/**
 * Upgrades a request. `speak` makes the speaker for the connection. Refuses where there are too many
 * connections already.
 */
export function acceptSocket(
  request: Request,
  connections: Connections,
  about: About & { protocol?: string },
  speak: (connection: SocketConnection) => Speaker,
): Response {
  const release = connections.admit(about);
  let upgraded: Deno.WebSocketUpgrade;
  try {
    upgraded = Deno.upgradeWebSocket(request, {
      idleTimeout: connections.idleSeconds,
      ...(about.protocol === undefined ? {} : { protocol: about.protocol }),
    });
  } catch (error) {
    release();
    throw error;
  }
  const { socket, response } = upgraded;
  // Listens before anything is awaited: a frame may come right behind the handshake.
  new SocketConnection(socket, connections, about, release, speak);
  return response;
}

/** A close reason has at most 123 bytes (RFC 6455, section 5.5). */
function shortened(reason: string): string {
  let text = reason;
  while (byteLength(text) > 123) text = text.slice(0, -1);
  return text;
}
