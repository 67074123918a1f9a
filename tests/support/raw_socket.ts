/** A WebSocket made by hand on TCP: for frames that no library sends, and for peers that do not read. */

import { SUBPROTOCOL } from "../../server/protocol.ts";
import { within } from "./deadline.ts";

/** Opcodes of RFC 6455, section 5.2. */
export const OPCODE = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  opcode: number;
  payload: Uint8Array<ArrayBuffer>;
}

export interface RawSocketOptions {
  path?: string;
  /** The subprotocol to ask for; null asks for none. */
  protocol?: string | null;
  /** Further lines of the request's head, or other values for its usual ones; null leaves one out. */
  headers?: Readonly<Record<string, string | null>>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A request's head, as one writes it by hand. */
export function upgradeRequest(port: number, options: RawSocketOptions = {}): string {
  const { path = "/ws", protocol = SUBPROTOCOL, headers = {} } = options;
  const all: Record<string, string | null> = {
    "Host": `localhost:${port}`,
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": protocol,
    ...headers,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** A frame as a client sends it. */
export function clientFrame(
  opcode: number,
  payload: string | Uint8Array,
  { final = true, masked = true }: { final?: boolean; masked?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const bytes = typeof payload === "string" ? encoder.encode(payload) : payload;
  const size = bytes.byteLength;
  const length = size < 126
    ? [size]
    : size < 65_536
    ? [126, size >> 8, size & 255]
    : [127, 0, 0, 0, 0, size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255];
  if (masked) length[0]! |= 128;
  // A mask of zeros is a mask.
  const mask = masked ? [0, 0, 0, 0] : [];
  return new Uint8Array([(final ? 128 : 0) | opcode, ...length, ...mask, ...bytes]);
}

export class RawSocket implements Disposable {
  #unread = new Uint8Array();

  private constructor(private readonly connection: Deno.TcpConn) {}

  /** Connects and shakes hands; rejects where the server refuses to. */
  static async open(port: number, options: RawSocketOptions = {}): Promise<RawSocket> {
    const connection = await Deno.connect({ hostname: "localhost", port });
    const socket = new RawSocket(connection);
    try {
      await socket.write(encoder.encode(upgradeRequest(port, options)));
      const head = await socket.#head();
      if (!head.startsWith("HTTP/1.1 101")) throw new Error(`No WebSocket:\n${head}`);
      return socket;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.byteLength > 0;) {
      rest = rest.subarray(await this.connection.write(rest));
    }
  }

  /** Sends one text frame. */
  async send(value: unknown): Promise<void> {
    await this.write(clientFrame(OPCODE.text, JSON.stringify(value)));
  }

  /** The next frame, or undefined where the connection has ended. */
  async next(): Promise<Frame | undefined> {
    return await within(this.#frame(), () => "No frame came");
  }

  /** The code and reason of the close frame, after whatever comes before it; undefined without one. */
  async closed(): Promise<{ code: number; reason: string } | undefined> {
    for (let frame = await this.next(); frame; frame = await this.next()) {
      if (frame.opcode !== OPCODE.close) continue;
      const view = new DataView(frame.payload.buffer, frame.payload.byteOffset);
      return { code: view.getUint16(0), reason: decoder.decode(frame.payload.subarray(2)) };
    }
  }

  [Symbol.dispose](): void {
    this.connection.close();
  }

  async #head(): Promise<string> {
    let head = "";
    while (!head.endsWith("\r\n\r\n")) {
      const byte = await this.#take(1);
      if (!byte) break;
      head += decoder.decode(byte);
    }
    return head;
  }

  async #frame(): Promise<Frame | undefined> {
    const start = await this.#take(2);
    if (!start) return undefined;
    const short = start[1]! & 127;
    const extra = short < 126 ? new Uint8Array() : await this.#take(short === 126 ? 2 : 8);
    if (!extra) return undefined;
    const size = short < 126 ? short : extra.reduce((sum, byte) => sum * 256 + byte, 0);
    const payload = await this.#take(size);
    return payload && { opcode: start[0]! & 15, payload };
  }

  /** So many bytes, or undefined where the connection ends before. */
  async #take(count: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const chunks = [this.#unread];
    let have = this.#unread.byteLength;
    const chunk = new Uint8Array(64 * 1024);
    while (have < count) {
      // A reset is an end like any other.
      const read = await this.connection.read(chunk).catch(() => null);
      if (read === null) return undefined;
      chunks.push(chunk.slice(0, read));
      have += read;
    }
    const all = new Uint8Array(have);
    let at = 0;
    for (const part of chunks) {
      all.set(part, at);
      at += part.byteLength;
    }
    this.#unread = all.subarray(count);
    return all.slice(0, count);
  }
}

/** Sends bytes as a request and resolves to all that is answered until the server closes. */
export async function rawRequest(port: number, request: string | Uint8Array): Promise<string> {
  using connection = await Deno.connect({ hostname: "localhost", port });
  await connection.write(typeof request === "string" ? encoder.encode(request) : request);
  const answer = async () => {
    let text = "";
    const chunk = new Uint8Array(16 * 1024);
    for (let read = await connection.read(chunk); read !== null;) {
      text += decoder.decode(chunk.subarray(0, read));
      read = await connection.read(chunk).catch(() => null);
    }
    return text;
  };
  return await within(answer(), () => "The server did not answer and close");
}
