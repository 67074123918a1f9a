/** A TCP proxy between a client and a server, for networks that cut, stall, half-close and block. */

/** One connection through the proxy. */
interface Line {
  client: Deno.TcpConn;
  server: Deno.TcpConn;
  /** Nothing passes any more, and nobody is told. */
  isStalled: boolean;
}

export class Proxy implements AsyncDisposable {
  /** While true, requests that ask to become a WebSocket are cut off. */
  blocksSockets = false;
  /** While true, new connections are cut off at once. */
  isDown = false;
  readonly #listener: Deno.TcpListener;
  readonly #lines = new Set<Line>();
  readonly #done: Promise<void>;
  readonly #running = new Set<Promise<void>>();

  /** Listens on a free port of the loopback address and passes on to another one. */
  constructor(private readonly target: number) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#done = this.#accept();
  }

  get url(): string {
    return `http://localhost:${(this.#listener.addr as Deno.NetAddr).port}`;
  }

  /** How many connections pass through it now. */
  get open(): number {
    return this.#lines.size;
  }

  /** Cuts every connection. */
  cut(): void {
    for (const { client, server } of this.#lines) {
      close(client);
      close(server);
    }
  }

  /** From now on nothing passes on the connections there are, though they stay open. */
  stall(): void {
    for (const line of this.#lines) line.isStalled = true;
  }

  /** Ends one direction of every connection: the client hears that the server has finished. */
  async halfClose(): Promise<void> {
    for (const { client } of this.#lines) await client.closeWrite().catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    await this.#done;
    await Promise.all(this.#running);
  }

  async #accept(): Promise<void> {
    try {
      for await (const client of this.#listener) {
        const running = this.#carry(client).catch(() => {}).finally(() => {
          this.#running.delete(running);
        });
        this.#running.add(running);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async #carry(client: Deno.TcpConn): Promise<void> {
    if (this.isDown) return close(client);
    let server: Deno.TcpConn;
    try {
      server = await Deno.connect({ hostname: "127.0.0.1", port: this.target });
    } catch {
      return close(client);
    }
    const line: Line = { client, server, isStalled: false };
    this.#lines.add(line);
    await Promise.all([
      this.#pass(line, client, server, true),
      this.#pass(line, server, client, false),
    ]);
    this.#lines.delete(line);
    close(client);
    close(server);
  }

  async #pass(
    line: Line,
    from: Deno.TcpConn,
    to: Deno.TcpConn,
    fromClient: boolean,
  ): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      while (true) {
        const count = await from.read(buffer);
        if (count === null) break;
        if (line.isStalled) continue;
        const bytes = buffer.subarray(0, count);
        if (fromClient && this.blocksSockets && asksForSocket(bytes)) break;
        await writeAll(to, bytes);
      }
    } catch {
      // One end is gone, so the other has nobody to talk to.
    }
    close(from);
    close(to);
  }
}

function asksForSocket(bytes: Uint8Array): boolean {
  return /^upgrade: *websocket/im.test(new TextDecoder("latin1").decode(bytes));
}

async function writeAll(to: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.byteLength;) sent += await to.write(bytes.subarray(sent));
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // Closed already, by the other direction.
  }
}
