/** One running Parlor: everything put together, and taken apart in order. */

import { createApp } from "./app.ts";
import { BUILD } from "./assets.ts";
import { createLocalBus } from "./bus_local.ts";
import type { Config } from "./config.ts";
import { Connections } from "./connections.ts";
import { StartError } from "./errors.ts";
import { createDomain, type Domain } from "./domain.ts";
import { Hub, type HubOptions } from "./hub.ts";
import { Listener } from "./listener.ts";
import type { Log } from "./log.ts";
import { Limiter } from "./limits.ts";
import type { NameRegistry } from "./names.ts";
import { clientAddress, networkOf } from "./network.ts";
import { isLoopback } from "./origin.ts";
import { Presence } from "./presence.ts";
import type { User } from "./protocol.ts";
import { loadSecret } from "./secret.ts";
import type { Services } from "./services.ts";
import { Sessions } from "./sessions.ts";
import type { Store } from "./store.ts";
import { createMemoryStore } from "./store_memory.ts";
import { openSqliteStore } from "./store_sqlite.ts";
import { HostTokens } from "./tokens.ts";
import { readTls, type Tls, unusableTls } from "./tls.ts";

/**
 * How many clients a second are asked back after a restart. One core was measured to accept 6,000
 * (`deno task bench`, cell accept_rate); TLS, a smaller machine and their joins need room.
 */
const RETURNS_PER_SECOND = 1_000;
/** Milliseconds before a client may come back: what a restart takes. */
const RESTART = 500;
/** Milliseconds after which a stop no longer waits for one of its steps. */
const STOP_DEADLINE = 5_000;
/** Milliseconds that clients have to answer the end of their connection. Some never do. */
const CLOSING_MOST = 1_000;

export interface Parlor {
  /** Where browsers find it. */
  readonly url: string;
  readonly port: number;
  /**
   * Stops in order: finishes what is being kept, dismisses every connection, frees everything. In haste,
   * as where memory runs out, it does not wait for clients to answer the end of their connection.
   */
  stop(inHaste?: boolean): Promise<void>;
}

export interface ServeOptions {
  /** For tests that need other bounds. */
  hub?: HubOptions;
  idleSeconds?: number;
  /** For tests that need another store than the configured one. */
  store?: Store;
}

/** Starts a server. Throws `StartError` with a sentence that says what to do. */
export async function serve(config: Config, log: Log, options: ServeOptions = {}): Promise<Parlor> {
  const store = options.store ?? await openStore(config.data, log);
  const bus = createLocalBus();
  const hub = new Hub(store, bus, log, options.hub);
  const presence = new Presence((signal) => hub.signal(signal), (room) => hub.said(room));
  const limiter = new Limiter(config.limits);
  const connections = new Connections(log, limiter, options.idleSeconds);
  const stopping = new AbortController();
  const release = async () => {
    connections.close();
    presence.close();
    domain?.statuses.close();
    await domain?.directory.close();
    await hub.close();
    await bus.close();
    await store.close();
  };
  let domain: Domain | undefined;
  let listener: Listener;
  try {
    const secret = config.secret ?? await loadSecret(config.data);
    domain = createDomain({ store, bus, hub, presence, limiter, log, secret });
    const services: Services = {
      ...domain,
      hub,
      connections,
      log,
      limiter,
      sessions: openSessions(config, secret, store.names, limiter, log),
      origins: config,
      secure: isSecure(config),
      stopping: stopping.signal,
      welcome: (user: User) => ({
        type: "welcome",
        user,
        epoch: store.epoch,
        heartbeat: hub.heartbeat,
        limits: limiter.sizes,
        build: BUILD,
      }),
    };
    const tls = config.tls && await readTls(config.tls);
    const app = createApp(services);
    // The first request compiles all routes. Nobody is to wait for that.
    await app.request("/healthz");
    listener = new Listener(
      (port) => listen({ ...config, port }, tls, app, log),
      config.port,
      log,
    );
  } catch (error) {
    await release();
    throw error;
  }
  const { port } = listener;

  return {
    port,
    url: `${config.tls ? "https" : "http"}://${
      isLoopback(config.host) ? "localhost" : bracketed(config.host)
    }:${port}`,
    async stop(inHaste = false) {
      stopping.abort();
      // Each step is bounded: a server that is short of memory must end, whatever hangs.
      await atMost(domain.events.settled());
      connections.dismissAll(RESTART, connections.size / RETURNS_PER_SECOND * 1_000);
      if (!inHaste) await atMost(connections.gone(), CLOSING_MOST);
      connections.leaving.expire();
      await atMost(listener.shutdown());
      await atMost(release());
    },
  };
}

/** Waits for a step of a stop, but not beyond its deadline. */
async function atMost(step: Promise<void>, milliseconds = STOP_DEADLINE): Promise<void> {
  const deadline = AbortSignal.timeout(milliseconds);
  const timeUp = new Promise<void>((resolve) => deadline.onabort = () => resolve());
  await Promise.race([step, timeUp]);
}

async function openStore(data: string, log: Log): Promise<Store> {
  if (data === ":memory:") return createMemoryStore();
  return await openSqliteStore({ path: data, onProblem: (sentence) => log.error(sentence) });
}

function openSessions(
  { mode, tokens: rules, publicUrl }: Config,
  secret: string,
  names: NameRegistry,
  limiter: Limiter,
  log: Log,
): Sessions {
  // Without a secret of its own for tokens, those of `parlor token` are good.
  const tokens = new HostTokens({ ...rules, secret: rules.secret ?? secret }, log);
  if (rules.keysUrl !== undefined && rules.audience === undefined) {
    log.warn(
      "every token of these keys is taken, also one meant for another service: " +
        "name this one with --jwt-audience",
      { url: rules.keysUrl },
    );
  }
  return new Sessions({ secret, mode, publicUrl, names, tokens, limiter, log });
}

/** Whether browsers reach it over TLS only, ours or that of a proxy. */
function isSecure({ tls, publicUrl }: Config): boolean {
  return publicUrl?.startsWith("https:") ?? tls !== undefined;
}

function listen(
  { host, port, proxies, tls: files }: Config,
  tls: Tls | undefined,
  app: ReturnType<typeof createApp>,
  log: Log,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve(
      {
        hostname: host,
        port,
        ...tls,
        onListen: () => {},
        onError: (error) => {
          log.error("request failed", { error: String(error) });
          return new Response("Something went wrong on the server.", { status: 500 });
        },
      },
      (request, { remoteAddr }) => {
        const address = clientAddress(request, remoteAddr.hostname, proxies);
        return app.fetch(request, { address, network: networkOf(address) });
      },
    );
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      throw new StartError(
        `Port ${port} is taken. Stop what runs there, or choose another with --port.`,
      );
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new StartError(`Port ${port} may not be used here. Choose one above 1023 with --port.`);
    }
    if (error instanceof Deno.errors.AddrNotAvailable || error instanceof Deno.errors.NotFound) {
      throw new StartError(
        `${host} is not an address of this machine. Choose another with --host.`,
      );
    }
    if (files) throw unusableTls(files, error);
    throw error;
  }
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
