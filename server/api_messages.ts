/** The HTTP API of messages: saying, reading, and everything that is done with what was said. */

import type { Change, Standing } from "./messages.ts";
import { type Cursor, formatCursor, parseCursor, Refusal } from "./protocol.ts";
import { parseCommand, parseEmoji } from "./protocol_parse.ts";
import { commandId, cursorOf, numberIn, readBody, roomOf, seqOf, wholeNumber } from "./request.ts";
import { say } from "./say.ts";
import type { AppContext, Services } from "./services.ts";
import type { PagePlace } from "./store.ts";

/** Messages in a page that names no limit. */
const PAGE_MESSAGES = 50;
/** Messages asked for by their positions. */
const SEQS_MOST = 100;

/** Says something in a room: 201, or 200 where it was a retry. */
export async function postMessage(context: AppContext, services: Services): Promise<Response> {
  const room = roomOf(context);
  return await post(context, services, (body) => ({ ...body, room, to: undefined }));
}

/** Says something `to` people. */
export async function postDirectMessage(
  context: AppContext,
  services: Services,
): Promise<Response> {
  return await post(
    context,
    services,
    ({ to = null, ...body }) => ({ ...body, to, room: undefined }),
  );
}

async function post(
  context: AppContext,
  services: Services,
  placed: (body: Record<string, unknown>) => Record<string, unknown>,
): Promise<Response> {
  const { limiter, sessions } = services;
  const body = await readBody(context, limiter.sizes.frameBytes);
  const id = commandId(context, limiter.sizes.idBytes, body);
  const command = parseCommand({ ...placed(body), type: "chat", id }, limiter.sizes);
  if (command.type !== "chat") throw new Error("A chat was parsed as something else.");
  const who = await sessions.author(context, id);
  const appended = await say(services, who, command);
  return context.json(appended.event, appended.repeated ? 200 : 201);
}

/** A page of history, or the messages at the positions `seqs`, as they stand. */
export async function getMessages(context: AppContext, services: Services): Promise<Response> {
  const { history, limiter, sessions } = services;
  const room = roomOf(context);
  const limit = wholeNumber(context, "limit", 1, limiter.sizes.pageMessages) ?? PAGE_MESSAGES;
  const place = placeOf(context, history.epoch);
  const who = await sessions.reader(context);
  if (place.at === "seqs") {
    return answer(context, services, room, await services.messages.at(who, room, place.seqs));
  }
  const { head, ...page } = await history.page(who, room, place, limit);
  return context.json({ room, cursor: formatCursor(history.epoch, head), ...page });
}

/** The pinned messages, the last pinned first. */
export async function getPins(context: AppContext, services: Services): Promise<Response> {
  const room = roomOf(context);
  const who = await services.sessions.reader(context);
  return answer(context, services, room, await services.messages.pins(who, room));
}

/** Changes the text of a message. */
export async function editMessage(context: AppContext, services: Services): Promise<Response> {
  const { frameBytes, idBytes } = services.limiter.sizes;
  const body = await readBody(context, frameBytes);
  const { message, mentions } = body;
  const id = commandId(context, idBytes, body);
  return await change(context, services, { type: "edit", id, message, mentions });
}

/** Deletes a message. */
export async function deleteMessage(context: AppContext, services: Services): Promise<Response> {
  return await change(context, services, { type: "delete" });
}

/** Puts a reaction on a message. */
export async function putReaction(context: AppContext, services: Services): Promise<Response> {
  return await react(context, services, true);
}

/** Takes a reaction off a message. */
export async function deleteReaction(context: AppContext, services: Services): Promise<Response> {
  return await react(context, services, false);
}

/** Who put what on a message. */
export async function getReactions(context: AppContext, services: Services): Promise<Response> {
  const room = roomOf(context);
  const seq = seqOf(context);
  const who = await services.sessions.reader(context);
  return context.json({ room, seq, reactions: await services.messages.reactions(who, room, seq) });
}

/** Everybody who put an emoji on a message, the first first. */
export async function getReactors(context: AppContext, services: Services): Promise<Response> {
  const room = roomOf(context);
  const seq = seqOf(context);
  const emoji = parseEmoji(context.req.param("emoji"));
  const who = await services.sessions.reader(context);
  const people = await services.messages.reactors(who, room, seq, emoji);
  return context.json({ room, seq, emoji, people });
}

/** Pins a message. */
export async function putPin(context: AppContext, services: Services): Promise<Response> {
  return await change(context, services, { type: "pin", on: true });
}

/** Unpins a message. */
export async function deletePin(context: AppContext, services: Services): Promise<Response> {
  return await change(context, services, { type: "pin", on: false });
}

async function react(context: AppContext, services: Services, on: boolean): Promise<Response> {
  return await change(context, services, {
    type: "react",
    emoji: context.req.param("emoji"),
    on,
  });
}

/** Changes the message that the path names, by the same command as over a socket. */
async function change(
  context: AppContext,
  services: Services,
  fields: { type: Change["type"]; id?: string; [field: string]: unknown },
): Promise<Response> {
  const { limiter: { sizes }, messages, sessions } = services;
  const { id = commandId(context, sizes.idBytes) } = fields;
  const target = seqOf(context);
  const command = parseCommand({ ...fields, id, room: roomOf(context), target }, sizes);
  const who = await sessions.author(context, id);
  const { event } = await messages.change(who, command as Change);
  return context.json(event);
}

function answer(
  context: AppContext,
  { history }: Services,
  room: string,
  found: Standing,
): Response {
  const { messages, head } = found;
  return context.json({ room, cursor: formatCursor(history.epoch, head), messages });
}

/** The only one of before, after, around, time and seqs that says which messages are asked for. */
function placeOf(
  context: AppContext,
  epoch: string,
): PagePlace | { at: "seqs"; seqs: number[] } {
  const given = (["before", "after", "around", "time", "seqs"] as const)
    .filter((name) => context.req.query(name) !== undefined);
  const [at] = given;
  if (given.length > 1) {
    throw new Refusal(
      "bad_cursor",
      "Give only one of “before”, “after”, “around”, “time” and “seqs”.",
    );
  }
  if (at === undefined) return { at: "end" };
  if (at === "seqs") return { at, seqs: seqsOf(context.req.query("seqs")!) };
  if (at === "time") {
    return { at, timestamp: wholeNumber(context, "time", 0, Number.MAX_SAFE_INTEGER)! };
  }
  const { epoch: named, seq } = parseCursor(cursorOf(context, at) as Cursor)!;
  if (named !== epoch) {
    throw new Refusal("bad_cursor", "This cursor is of another history. Ask for the latest page.");
  }
  return { at, seq };
}

function seqsOf(text: string): number[] {
  const seqs = text.split(",", SEQS_MOST + 1).map(numberIn);
  if (seqs.length <= SEQS_MOST && seqs.every(Number.isSafeInteger)) return seqs;
  throw new Refusal(
    "bad_command",
    `“seqs” is a list of at most ${SEQS_MOST} positions, with commas between them.`,
  );
}
