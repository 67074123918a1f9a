/** What a browser does for a page: it brings the session along with every request. */

import type { ChatPorts } from "../../../client/model.ts";
import * as later from "../../../client/model_later.ts";
import { historyAt } from "../../../client/history.ts";
import { messagesAt } from "../../../client/messages_at.ts";
import { type Ask, askAt } from "../../../client/request.ts";
import { sessionAt } from "../../../client/session.ts";
import { openSocket } from "../../../client/transport_socket.ts";
import { streamAt } from "../../../client/transport_stream.ts";
import { MemoryOutboxStore } from "./memory_outbox_store.ts";

const RealWebSocket = globalThis.WebSocket;
const RealEventSource = globalThis.EventSource;
const realFetch = globalThis.fetch;

/** Its requests, streams and sockets are those of one person, while one browser is in use. */
export class Browser implements AsyncDisposable {
  /** Something on the way refuses WebSockets. */
  areSocketsBlocked = false;
  readonly outboxStore = new MemoryOutboxStore();
  #token: string | undefined;
  readonly #closed: Promise<void>[] = [];

  constructor(private readonly origin: string) {}

  /** What a chat in this browser needs. Everything real but the storage. */
  get ports(): ChatPorts {
    const session = sessionAt(this.origin);
    const history = historyAt(this.origin);
    const messages = messagesAt(this.origin);
    const ask = askAt(this.origin);
    return {
      surroundings: {
        openSocket: (...rest) => this.#as(() => openSocket(this.origin, ...rest)),
        loadStream: () =>
          Promise.resolve((joins, handlers) => {
            const stream = this.#as(() => streamAt(this.origin)(joins, handlers));
            const { send } = stream;
            stream.send = (commands) => this.#as(() => send.call(stream, commands));
            return stream;
          }),
        isReachable: () =>
          realFetch(new URL("/healthz", this.origin)).then(
            (response) => response.body!.cancel().then(() => response.ok),
            () => false,
          ),
        isOnline: () => true,
        random: () => 0.1,
      },
      session: {
        current: () => this.#as(() => session.current()),
        whose: (token) => this.#as(() => session.whose(token)),
        keep: (token) => this.#as(() => session.keep(token)),
        signIn: (name) => this.#as(() => session.signIn(name)),
        signOut: () => this.#as(() => session.signOut()),
      },
      history: (room, place) => this.#as(() => history(room, place)),
      messages: (room, seqs) => this.#as(() => messages(room, seqs)),
      ask: ((...rest) => this.#as(() => ask(...rest))) as Ask,
      outboxStore: this.outboxStore,
      later: () => Promise.resolve(later),
      build: "build",
    };
  }

  /** Runs what starts requests, with the session of this browser in them. */
  #as<Result>(start: () => Result): Result {
    this.#install();
    return start();
  }

  /** Stays in place until another browser takes over: requests may start later. */
  #install(): void {
    const withToken = (address: string | URL) => {
      const url = new URL(address);
      if (this.#token) url.searchParams.set("token", this.#token);
      if (this.areSocketsBlocked && url.protocol === "ws:") url.pathname = "/blocked";
      return url;
    };
    const closed = this.#closed;
    globalThis.WebSocket = class extends RealWebSocket {
      constructor(address: string | URL, protocols?: string | string[]) {
        super(withToken(address), protocols);
        closed.push(new Promise((resolve) => this.addEventListener("close", () => resolve())));
      }
    };
    globalThis.EventSource = class extends RealEventSource {
      constructor(address: string | URL) {
        super(withToken(address));
      }
    };
    globalThis.fetch = async (address, init) => {
      const response = await realFetch(withToken(String(address)), init);
      if (init?.method === "POST" && new URL(String(address)).pathname === "/api/session") {
        this.#token = (await response.clone().json()).token;
      }
      return response;
    };
  }

  /** Resolves when every socket has closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#closed);
    globalThis.WebSocket = RealWebSocket;
    globalThis.EventSource = RealEventSource;
    globalThis.fetch = realFetch;
  }
}
