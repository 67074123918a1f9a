/** The routes that turn into WebSockets: which dialect, who speaks, and what is refused before. */

import type { About } from "./connections.ts";
import { asRefusal } from "./errors.ts";
import { ProtocolSpeaker } from "./parlor_v1.ts";
import { PlainSpeaker } from "./plain.ts";
import type { Identity } from "./identity.ts";
import { CLOSE, LOBBY, Refusal, SUBPROTOCOL } from "./protocol.ts";
import { isLongerThan, parseRoom } from "./protocol_parse.ts";
import type { AppContext, Services } from "./services.ts";
import { acceptSocket, type SocketConnection, type Speaker } from "./socket.ts";

/** Paths whose plain sockets get JSON from the start. */
const JSON_PATHS = new Set(["/chat", "/socket"]);

/** Whether a request asks to become a WebSocket. */
export function isUpgrade(context: AppContext): boolean {
  return context.req.header("upgrade")?.toLowerCase() === "websocket";
}

/** `parlor.v1` where the client asks for it, a plain socket where it asks for nothing. */
export async function openSocket(context: AppContext, services: Services): Promise<Response> {
  checkHandshake(context);
  const protocols = context.req.header("sec-websocket-protocol")?.split(",").map((one) =>
    one.trim()
  );
  if (!protocols) return await openPlain(context, services);
  if (!protocols.includes(SUBPROTOCOL)) {
    // Never taken for a plain socket: a client that wanted something else would misread it.
    throw new Refusal("bad_command", `The only subprotocol here is ${SUBPROTOCOL}.`);
  }
  const { connections, sessions } = services;
  const who = await sessions.speaker(context);
  const about = { ...aboutOf(context, SUBPROTOCOL, who), protocol: SUBPROTOCOL };
  return acceptSocket(
    context.req.raw,
    connections,
    about,
    (connection) => new ProtocolSpeaker(connection, who, services),
  );
}

async function openPlain(context: AppContext, services: Services): Promise<Response> {
  const { connections, sessions, log } = services;
  let identity: Identity;
  let room: string;
  try {
    room = parseRoom(context.req.query("room") ?? LOBBY);
    identity = await sessions.speaker(context);
  } catch (error) {
    // Where only tokens get in, nobody gets so much as a socket without one.
    if (sessions.mode === "token") throw error;
    // A page cannot see the status of a refused upgrade, but it sees a close code and its reason.
    const refusal = asRefusal(error, log);
    const code = refusal.code === "unauthorized" ? CLOSE.unauthorized : CLOSE.refused;
    return acceptSocket(
      context.req.raw,
      connections,
      { kind: "refused", ...context.env },
      (connection) => new Refuser(connection, { ...code, reason: refusal.message }),
    );
  }
  const isTaken = (name: string) => sessions.isTaken(name);
  const options = { room, identity, isTaken, json: JSON_PATHS.has(context.req.path) };
  return acceptSocket(
    context.req.raw,
    connections,
    aboutOf(context, "plain", identity),
    (connection) => new PlainSpeaker(connection, services, options, log),
  );
}

/** The smallest check that WebSockets work through a proxy. */
export async function openEcho(context: AppContext, services: Services): Promise<Response> {
  const { connections, limiter, sessions } = services;
  checkHandshake(context);
  if (sessions.mode === "token") await sessions.speaker(context);
  return acceptSocket(
    context.req.raw,
    connections,
    { kind: "echo", ...context.env },
    (connection) => new EchoSpeaker(connection, limiter.sizes.frameBytes),
  );
}

/** Refuses what is only half of a WebSocket handshake (RFC 6455, section 4.2.1). */
function checkHandshake({ req }: AppContext): void {
  const isWhole = /\bupgrade\b/i.test(req.header("connection") ?? "") &&
    req.header("sec-websocket-version") === "13" &&
    req.header("sec-websocket-key") !== undefined;
  if (!isWhole) {
    throw new Refusal("bad_command", "This is not a whole WebSocket handshake of version 13.");
  }
}

/** What the log and the limits are told of a connection. */
export function aboutOf(context: AppContext, kind: string, { user }: Identity): About {
  return { kind, user: user.id, ...context.env };
}

class EchoSpeaker implements Speaker {
  constructor(
    private readonly connection: SocketConnection,
    private readonly frameBytes: number,
  ) {}
  opened(): void {
    this.connection.send("Welcome to the WebSocket server!");
  }
  receive(data: string | ArrayBuffer): void {
    if (typeof data !== "string") return;
    if (isLongerThan(data, this.frameBytes)) this.connection.close(CLOSE.tooLong);
    else this.connection.answer(`Server received: ${data}`);
  }
  closed(): void {}
}

class Refuser implements Speaker {
  constructor(
    private readonly connection: SocketConnection,
    private readonly reason: { code: number; reason: string },
  ) {}
  opened(): void {
    this.connection.close(this.reason);
  }
  receive(): void {}
  closed(): void {}
}
