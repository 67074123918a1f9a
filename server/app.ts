/** The whole route table. Read it from top to bottom. */

import { type Context, Hono } from "hono";
import { getCookie } from "hono/cookie";
import { cors } from "hono/cors";
import { secureHeaders } from "hono/secure-headers";
import * as api from "./api.ts";
import * as invites from "./api_invites.ts";
import * as messages from "./api_messages.ts";
import * as people from "./api_people.ts";
import * as rooms from "./api_rooms.ts";
import { asset, BUILD, clientPage, ROOT_FILES } from "./assets.ts";
import { asRefusal } from "./errors.ts";
import { checkOrigin, isOwnOrigin } from "./origin.ts";
import { ERROR_STATUS, Refusal, THEME_COOKIE } from "./protocol.ts";
import type { AppContext, Bindings, Services } from "./services.ts";
import { isUpgrade, openEcho, openSocket } from "./upgrade.ts";

type Route = (context: AppContext, services: Services) => Response | Promise<Response>;
type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export function createApp(services: Services): Hono<{ Bindings: Bindings }> {
  const app = new Hono<{ Bindings: Bindings }>();
  const { origins, log } = services;

  app.onError((error, context) => refuse(context, asRefusal(error, log)));
  app.notFound((context) =>
    refuse(
      context,
      new Refusal("not_found", `There is nothing at ${context.req.path}. The chat is at /.`),
    )
  );

  const addHeaders = secureHeaders(headersFor(services.secure));
  const addAssetHeaders = secureHeaders(assetHeadersFor(services.secure));
  app.use(async (context, next) => {
    await next();
    // On every answer that a browser could show, refusals too; a socket has no page to protect.
    if (context.res.status === 101) return;
    await (isInert(context.res) ? addAssetHeaders : addHeaders)(context, () => Promise.resolve());
    // What is said of one person, a token even, is for no cache.
    if (!context.res.headers.has("cache-control")) context.header("cache-control", "no-store");
  });

  app.get("/healthz", (context) => context.json({ status: "ok", build: BUILD }));
  app.use(async (context, next) => {
    if (services.stopping.aborted) {
      throw new Refusal("unavailable", "The server is restarting.", 1_000);
    }
    services.limiter.request(context.env.network);
    checkOrigin(context.req.raw, origins);
    await next();
  });

  // Sockets first: a request that turns into one has no headers or body for what comes after.
  for (const path of ["/", "/ws", "/socket", "/chat"]) {
    app.get(path, (context, next) => isUpgrade(context) ? openSocket(context, services) : next());
  }
  app.get("/echo", (context, next) => isUpgrade(context) ? openEcho(context, services) : next());

  app.use(cors({
    // Who may is decided above; here the browser of a permitted other site is told.
    origin: (origin, context) => isOwnOrigin(context.req.raw, origins.publicUrl) ? null : origin,
    allowMethods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    allowHeaders: ["authorization", "content-type", "idempotency-key", "last-event-id"],
  }));

  /** Registers a path with its methods; any other method is told which ones there are. */
  const route = (path: string, methods: Partial<Record<Method, Route>>) => {
    for (const [method, handler] of Object.entries(methods)) {
      app.on(method, path, (context) => handler(context, services));
    }
    const allowed = Object.keys(methods).join(", ");
    app.all(path, (context) => {
      context.header("allow", allowed);
      return refuse(context, new Refusal("method_not_allowed", `${path} takes ${allowed}.`));
    });
  };

  const page: Route = (context) => clientPage(context.req.raw, getCookie(context, THEME_COOKIE));
  route("/", { GET: page });
  // Any room: one that cannot be is the client's to explain.
  route("/r/:room", { GET: page });
  // Any invite: whether it holds is for the page to ask.
  route("/join/:token", { GET: page });
  route("/assets/:file", { GET: clientAsset });
  for (const path of ["/ws", "/socket", "/chat", "/echo"]) route(path, { GET: upgradeRequired });
  route("/api/session", { GET: api.getSession, POST: api.signIn, DELETE: api.signOut });
  route("/api/rooms", { GET: rooms.listRooms, POST: rooms.createRoom });
  route("/api/rooms/:room", { GET: rooms.getRoom, PATCH: rooms.changeRoom });
  route("/api/rooms/:room/members", { GET: rooms.listMembers });
  route("/api/rooms/:room/members/:user", { PUT: rooms.setMember, DELETE: rooms.removeMember });
  route("/api/rooms/:room/invites", { GET: invites.listInvites, POST: invites.createInvite });
  route("/api/rooms/:room/invites/:token", { DELETE: invites.revokeInvite });
  route("/api/rooms/:room/mine", { PATCH: rooms.changeMine });
  route("/api/rooms/:room/read", { POST: rooms.read });
  route("/api/invites/:token", { GET: invites.getInvite, POST: invites.acceptInvite });
  route("/api/me/rooms", { GET: rooms.listMine });
  route("/api/people", { GET: people.findPeople });
  route("/api/conversations", { POST: people.beginConversation });
  route("/api/messages", { POST: messages.postDirectMessage });
  route("/api/rooms/:room/messages", { GET: messages.getMessages, POST: messages.postMessage });
  route("/api/rooms/:room/messages/:seq", {
    PATCH: messages.editMessage,
    DELETE: messages.deleteMessage,
  });
  route("/api/rooms/:room/messages/:seq/reactions", { GET: messages.getReactions });
  route("/api/rooms/:room/messages/:seq/reactions/:emoji", {
    GET: messages.getReactors,
    PUT: messages.putReaction,
    DELETE: messages.deleteReaction,
  });
  route("/api/rooms/:room/messages/:seq/pin", {
    PUT: messages.putPin,
    DELETE: messages.deletePin,
  });
  route("/api/rooms/:room/pins", { GET: messages.getPins });
  route("/api/rooms/:room/people", { GET: api.listPeople });
  route("/api/rooms/:room/events", { GET: api.pollEvents });
  route("/api/commands", { POST: api.postCommands });
  route("/api/events", { GET: api.streamEvents });
  for (const path of ROOT_FILES) route(path, { GET: clientAsset });
  return app;
}

/** A year, in seconds: how long browsers then insist on TLS. Other ports and subdomains are not ours. */
const STRICT_TRANSPORT = "max-age=31536000";

/** Strict: nothing from elsewhere, nothing inline, no frame around the page. */
const HEADERS = {
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", "data:"],
    connectSrc: ["'self'"],
    manifestSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    requireTrustedTypesFor: ["'script'"],
    trustedTypes: ["'none'"],
  },
  referrerPolicy: "same-origin",
  xFrameOptions: "DENY",
  permissionsPolicy: { camera: [], geolocation: [], microphone: [], payment: [], usb: [] },
};

function headersFor(secure: boolean) {
  return {
    ...HEADERS,
    // Only over TLS, where the certificate is known to hold.
    strictTransportSecurity: secure && STRICT_TRANSPORT,
    // Browsers heed them only over TLS too, and elsewhere complain of each in the console.
    crossOriginOpenerPolicy: secure && "same-origin",
    originAgentCluster: secure && "?1",
  };
}

/**
 * A script or a style sheet of the client. Opened by itself it is shown as plain text, in which nothing
 * runs: what guards pages would only be bytes on the way of the first message. An icon that is SVG is a
 * page of its own, and so is a refusal.
 */
function isInert({ ok, headers }: Response): boolean {
  return ok && /^text\/(javascript|css);/.test(headers.get("content-type") ?? "");
}

/** What holds for a script or a style sheet: its type is not guessed, and no other site has it. */
function assetHeadersFor(secure: boolean) {
  return {
    strictTransportSecurity: headersFor(secure).strictTransportSecurity,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    referrerPolicy: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xFrameOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  };
}

function upgradeRequired(context: AppContext): Response {
  context.header("upgrade", "websocket");
  context.header("connection", "upgrade");
  const message = "This address speaks WebSocket: connect with ws:// or wss://.";
  return context.json({ error: { code: "upgrade_required", message } }, 426);
}

function clientAsset(context: AppContext): Response {
  const found = asset(context.req.path, context.req.raw);
  if (found) return found;
  throw new Refusal("not_found", "There is no such file. Reload the page to get the current ones.");
}

/** A refusal over HTTP. */
function refuse(context: Context, refusal: Refusal): Response {
  const { code, message, retryAfter, details } = refusal;
  if (retryAfter !== undefined) {
    context.header("retry-after", String(Math.ceil(retryAfter / 1_000)));
  }
  const error = { code, message, ...(retryAfter === undefined ? {} : { retryAfter }), ...details };
  return context.json({ error }, ERROR_STATUS[code]);
}
