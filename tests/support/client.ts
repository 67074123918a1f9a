/** Small clients over real WebSockets: one that speaks `parlor.v1`, and a plain one. */

import { type Command, type ServerEvent, SUBPROTOCOL } from "../../server/protocol.ts";
import { within } from "./deadline.ts";

/** The constructor as Deno has it, with request headers; the DOM's types hide that. */
const HeaderWebSocket = WebSocket as unknown as {
  new (address: URL, options: WebSocketOptions): WebSocket;
};

/** How a connection ended. */
export interface Closed {
  code: number;
  reason: string;
}

export interface ConnectOptions {
  /** Signs the connection in. */
  token?: string;
  /** Request headers, such as `Origin` and `Cookie`. */
  headers?: Readonly<Record<string, string>>;
}

/** A connection whose received items (`T`) are read in the order in which they came. */
interface Connection<T> extends AsyncDisposable {
  readonly socket: WebSocket;
  /** Everything received so far. */
  readonly received: readonly T[];
  /**
   * The next item, or the next one for which `wanted` holds; what came before it is passed over.
   * Rejects at the deadline, or when the connection closes, and prints what came instead. One call
   * at a time.
   */
  next(wanted?: (item: T) => boolean, milliseconds?: number): Promise<T>;
  /** Settles when the connection is closed, by whichever side. */
  readonly closed: Promise<Closed>;
  /** Closes it and waits for the end. */
  close(): Promise<Closed>;
}

export interface Client extends Connection<ServerEvent> {
  /** The next event of one type for which `wanted` holds. */
  nextOf<Type extends ServerEvent["type"]>(
    type: Type,
    wanted?: (event: Extract<ServerEvent, { type: Type }>) => boolean,
    milliseconds?: number,
  ): Promise<Extract<ServerEvent, { type: Type }>>;
  /** Sends one frame with one command or an array of them. */
  send(commands: Command | readonly Command[]): void;
  /** Sends a frame as it is, to try what no client should send. */
  sendRaw(frame: string | Uint8Array<ArrayBuffer>): void;
}

/** Text frames come as text, binary ones as bytes. */
export interface PlainClient extends Connection<string | Uint8Array> {
  send(frame: string | Uint8Array<ArrayBuffer>): void;
}

/**
 * Connects to `/ws` of a server with the subprotocol `parlor.v1`.
 *
 * @param url The server's address, such as `http://localhost:8000`.
 */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Client> {
  const address = new URL("/ws", url);
  const { socket, connection } = await open<ServerEvent>(
    address,
    [SUBPROTOCOL],
    options,
    eventsOf,
  );
  const nextOf: Client["nextOf"] = async (type, wanted, milliseconds) => {
    type Wanted = Extract<ServerEvent, { type: typeof type }>;
    const found = await connection.next(
      (event) => event.type === type && (wanted?.(event as Wanted) ?? true),
      milliseconds,
    );
    return found as Wanted;
  };
  return Object.assign(connection, {
    nextOf,
    send: (commands: Command | readonly Command[]) => socket.send(JSON.stringify(commands)),
    sendRaw: (frame: string | Uint8Array<ArrayBuffer>) => socket.send(frame),
  });
}

/**
 * Connects as a plain page would: without any subprotocol.
 *
 * @param url The whole address, such as `http://localhost:8000/chat?room=lobby&name=Ann`.
 */
export async function connectPlain(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<PlainClient> {
  const { socket, connection } = await open<string | Uint8Array>(
    new URL(url),
    [],
    options,
    (data) => [typeof data === "string" ? data : new Uint8Array(data)],
  );
  return Object.assign(connection, {
    send: (frame: string | Uint8Array<ArrayBuffer>) => socket.send(frame),
  });
}

/** Signs in as a guest of that name, and returns the token for `connect` and HTTP requests. */
export async function signIn(
  url: string,
  name: string,
): Promise<{ token: string; user: { id: string; name: string } }> {
  const response = await fetch(new URL("/api/session", url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name }),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(`Signing in failed: ${JSON.stringify(body)}`);
  return body;
}

/** The events of one frame. What breaks the contract fails the test that runs. */
function eventsOf(data: string | ArrayBuffer): ServerEvent[] {
  const events = typeof data === "string" ? JSON.parse(data) : data;
  if (Array.isArray(events)) return events;
  throw new Error(`A frame is a JSON array of events, but this came: ${Deno.inspect(data)}`);
}

async function open<T>(
  address: URL,
  protocols: string[],
  { token, headers = {} }: ConnectOptions,
  unpack: (data: string | ArrayBuffer) => T[],
): Promise<{ socket: WebSocket; connection: Connection<T> }> {
  address.protocol = address.protocol.replace("http", "ws");
  if (token) address.searchParams.set("token", token);
  const socket = new HeaderWebSocket(address, { protocols, headers: { ...headers } });
  socket.binaryType = "arraybuffer";

  const received: T[] = [];
  /** How many of `received` were read or passed over. */
  let read = 0;
  let isClosed = false;
  /** Wakes a reader that waits. */
  let wake = () => {};

  const { promise: closed, resolve } = Promise.withResolvers<Closed>();
  socket.addEventListener("message", ({ data }) => {
    received.push(...unpack(data));
    wake();
  });
  socket.addEventListener("close", ({ code, reason }) => {
    isClosed = true;
    resolve({ code, reason });
    wake();
  });

  const unread = () => {
    const items = received.slice(read, read + 20).map((item) => Deno.inspect(item));
    return items.length > 0 ? `unread are:\n${items.join("\n")}` : "nothing more came";
  };
  const next: Connection<T>["next"] = async (wanted = () => true, milliseconds) => {
    let looked = read;
    let givenUp = false;
    const search = async (): Promise<T> => {
      while (true) {
        for (; looked < received.length; looked++) {
          const item = received[looked]!;
          if (!wanted(item)) continue;
          read = looked + 1;
          return item;
        }
        if (isClosed) {
          const { code, reason } = await closed;
          throw new Error(`The connection closed (${code} ${reason}); ${unread()}`);
        }
        await new Promise<void>((resume) => wake = resume);
        if (givenUp) throw new Error("Nobody waits any more.");
      }
    };
    try {
      return await within(
        search(),
        () => `What was waited for did not come from ${address.pathname}; ${unread()}`,
        milliseconds,
      );
    } finally {
      givenUp = true;
    }
  };
  const close = async () => {
    socket.close();
    return await within(closed, () => "The connection did not close");
  };

  await within(
    new Promise<void>((opened, refused) => {
      socket.addEventListener("open", () => opened(), { once: true });
      socket.addEventListener(
        "error",
        (event) => refused(new Error(`Connecting to ${address} failed: ${messageOf(event)}`)),
        { once: true },
      );
    }),
    () => `No connection to ${address}`,
  ).catch(async (error) => {
    socket.close();
    await closed;
    throw error;
  });

  return {
    socket,
    connection: {
      socket,
      received,
      closed,
      next,
      close,
      async [Symbol.asyncDispose]() {
        await close();
      },
    },
  };
}

function messageOf(event: Event): string {
  return event instanceof ErrorEvent ? event.message : "no reason given";
}
