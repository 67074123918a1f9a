/** What every route gets: the request as the server sees it, and everything that can be asked for. */

import type { Context } from "hono";
import type { Connections } from "./connections.ts";
import type { Domain } from "./domain.ts";
import type { Hub } from "./hub.ts";
import type { Log } from "./log.ts";
import type { OriginRules } from "./origin.ts";
import type { User, WelcomeEvent } from "./protocol.ts";
import type { Sessions } from "./sessions.ts";

/** What the runtime tells about a request besides itself. */
export interface Bindings {
  /** The address that the connection comes from, behind trusted proxies. */
  address: string;
  /** The same as limits count it (`network.ts`). */
  network: string;
}

export type AppContext = Context<{ Bindings: Bindings }>;

/** Everything a route may need. */
export interface Services extends Domain {
  hub: Hub;
  sessions: Sessions;
  connections: Connections;
  log: Log;
  origins: OriginRules;
  /** The first event of a connection; without the list of rooms, which is read when it opens. */
  welcome(user: User): WelcomeEvent;
  /** Browsers reach it over TLS only. */
  secure: boolean;
  /** Aborts when the server begins to stop. */
  stopping: AbortSignal;
}
