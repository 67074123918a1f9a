/** A TCP proxy that behaves as bad networks do: it cuts, stalls and half-closes what runs through it. */

export type Fault = "cut" | "stall" | "half-close";

export interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** How many connections run through it. */
  readonly open: number;
  /** Does something to the connection that stands at `index` (modulo their number); false without one. */
  harm(fault: Fault, index: number): boolean;
}

interface Link {
  client: Deno.TcpConn;
  server: Deno.TcpConn;
  /** Settles when a stalled link may go on, or is cut. */
  stalled: PromiseWithResolvers<void> | undefined;
}

export interface ProxyOptions {
  /** Cuts whoever asks to become a WebSocket, as some networks do. */
  blocksSockets?: boolean;
}

/** Listens on a free port and passes everything on to `target`, a port of this machine. */
export function startProxy(target: number, options: ProxyOptions = {}): Proxy {
  const listener = Deno.listen({ hostname: "localhost", port: 0 });
  const links = new Set<Link>();
  const pumps = new Set<Promise<void>>();

  const cut = (link: Link) => {
    if (!links.delete(link)) return;
    link.stalled?.resolve();
    link.client.close();
    link.server.close();
  };
  const pump = async (link: Link, from: Deno.TcpConn, to: Deno.TcpConn) => {
    const chunk = new Uint8Array(16 * 1024);
    try {
      for (let read = await from.read(chunk); read !== null; read = await from.read(chunk)) {
        await link.stalled?.promise;
        if (options.blocksSockets && asksForSocket(chunk.subarray(0, read))) return cut(link);
        for (let sent = 0; sent < read;) sent += await to.write(chunk.subarray(sent, read));
      }
      await to.closeWrite();
    } catch {
      // One end is gone, so both are.
      cut(link);
    }
  };
  const keep = (work: Promise<void>) => {
    pumps.add(work);
    work.finally(() => pumps.delete(work));
  };
  const serve = async (client: Deno.TcpConn) => {
    const server = await Deno.connect({ hostname: "localhost", port: target }).catch(() =>
      undefined
    );
    if (!server) return client.close();
    const link: Link = { client, server, stalled: undefined };
    links.add(link);
    await Promise.all([pump(link, client, server), pump(link, server, client)]);
    cut(link);
  };
  const accepting = (async () => {
    for await (const client of listener) keep(serve(client));
  })();

  return {
    port: listener.addr.port,
    get open() {
      return links.size;
    },
    harm(fault, index) {
      const link = [...links][index % Math.max(links.size, 1)];
      if (!link) return false;
      if (fault === "cut") cut(link);
      // Nothing passes any more, and neither end is told.
      else if (fault === "stall") link.stalled ??= Promise.withResolvers<void>();
      else link.server.closeWrite().catch(() => cut(link));
      return true;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const link of [...links]) cut(link);
      await accepting;
      await Promise.all(pumps);
    },
  };
}

function asksForSocket(bytes: Uint8Array): boolean {
  return /^upgrade: *websocket/im.test(new TextDecoder("latin1").decode(bytes));
}
