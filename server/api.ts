/** The HTTP API: sessions, frames of commands, and the ways to listen without a WebSocket. */

import { BUILD } from "./assets.ts";
import { readText } from "./body.ts";
import { EventStream, parseCursors } from "./event_stream.ts";
import type { CatchUp } from "./history.ts";
import { LongPoll } from "./long_poll.ts";
import { CLOSE, LOBBY, Refusal, type User } from "./protocol.ts";
import { parseRoom } from "./protocol_parse.ts";
import { cursorOf, readBody, roomOf, wholeNumber } from "./request.ts";
import { carryOut } from "./request_client.ts";
import type { AppContext, Services } from "./services.ts";
import { aboutOf } from "./upgrade.ts";

/** Names in the list of who is in a room. */
const PEOPLE_LISTED = 200;
/** Longest wait of a long-poll, in seconds: below the idle limits of common proxies. */
const WAIT_MOST = 55;

export async function getSession(
  context: AppContext,
  { sessions, directory }: Services,
): Promise<Response> {
  const { user = null, token } = await sessions.resume(context) ?? {};
  if (user) directory.note(user);
  else sessions.deleteDeadCookie(context);
  // A link with somebody else's token must not sign the visitor in as them.
  if (token !== undefined && sessions.isProvenByCookie(context)) sessions.setCookie(context, token);
  return context.json({ user, build: BUILD, mode: sessions.mode, ...(token && { token }) });
}

export async function signIn(context: AppContext, services: Services): Promise<Response> {
  const { sessions, limiter, connections, directory } = services;
  const brought = sessions.tokenToKeep(context);
  if (brought !== undefined) {
    const { user, former } = await sessions.keep(context, brought);
    if (former) await endSession(former, services);
    directory.note(user);
    return context.json({ user });
  }
  const { name } = await readBody(context, limiter.sizes.frameBytes);
  const session = await sessions.signIn(context, name);
  // Who spoke under another name goes on under this one: the former may be somebody else's soon.
  if (session.isRenamed) await connections.closeOf(session.user.id, CLOSE.renamed);
  directory.note(session.user);
  sessions.setCookie(context, session.token);
  return context.json({ user: session.user, token: session.token });
}

export async function signOut(context: AppContext, services: Services): Promise<Response> {
  const { sessions } = services;
  const identity = await sessions.identify(context);
  if (identity) await endSession(identity.user, services);
  sessions.deleteCookie(context);
  return context.body(null, 204);
}

async function endSession(user: User, { sessions, connections }: Services): Promise<void> {
  await sessions.signOut(user);
  await connections.closeOf(user.id, CLOSE.signedOut);
}

/** A frame of commands, as over a socket; the answer is an array of events, as over a socket. */
export async function postCommands(context: AppContext, services: Services): Promise<Response> {
  const frame = await readText(context.req.raw, services.limiter.sizes.frameBytes);
  const who = await services.sessions.speaker(context);
  return context.json(await carryOut(frame, who, services, services.log));
}

export async function listPeople(context: AppContext, services: Services): Promise<Response> {
  const { attendance, sessions } = services;
  const room = roomOf(context);
  const who = await sessions.reader(context);
  return context.json({ room, ...await attendance.people(who, room, PEOPLE_LISTED) });
}

export async function pollEvents(context: AppContext, services: Services): Promise<Response> {
  const { sessions, connections, stopping } = services;
  const room = roomOf(context);
  const who = await sessions.reader(context);
  const wait = wholeNumber(context, "wait", 0, WAIT_MOST) ?? 0;
  const after = cursorOf(context, "after");
  // Nobody hears anything once the token has expired.
  const left = who.expires === undefined ? Infinity : Math.max(0, who.expires - Date.now());
  const about = aboutOf(context, "long-poll", who);
  const release = connections.admit(about);
  const poll = new LongPoll(services, who);
  connections.add(poll, about);
  try {
    const answer: CatchUp = await poll.answer(
      room,
      after,
      Math.min(wait * 1_000, left),
      AbortSignal.any([context.req.raw.signal, stopping]),
    );
    return context.json({ room, ...answer });
  } finally {
    connections.closed(poll, CLOSE.normal.code, CLOSE.normal.reason);
    release();
  }
}

export async function streamEvents(context: AppContext, services: Services): Promise<Response> {
  const { access, limiter, connections, sessions, log } = services;
  const rooms = (context.req.query("rooms") ?? LOBBY).split(",").map(parseRoom);
  if (rooms.length > limiter.sizes.roomsPerConnection || new Set(rooms).size < rooms.length) {
    throw new Refusal(
      "too_many_rooms",
      `“rooms” names each room once, at most ${limiter.sizes.roomsPerConnection}.`,
    );
  }
  const since = parseCursors(
    context.req.header("last-event-id") ?? context.req.query("since"),
    rooms,
  );
  const identity = await sessions.speaker(context);
  // Before the stream begins, while there is a status to refuse with.
  for (const room of rooms) await access.permit(identity, "join", room);
  const headers = {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    // Proxies that gather a response before passing it on would hold events back.
    "x-accel-buffering": "no",
  };
  // Nobody reads the body of an answer to HEAD, so its stream would never end.
  if (context.req.method === "HEAD") return new Response(null, { headers });
  const about = aboutOf(context, "events", identity);
  const welcome = services.welcome(identity.user);
  const options = { identity, rooms, since, welcome, about };
  const stream = new EventStream(services, connections, options, log);
  return new Response(stream.body, { headers });
}
