/** The HTTP API of rooms: the rooms themselves, their members, and what somebody keeps of them. */

import { type Cursor, formatCursor, isPublicRoom, Refusal, ROOM_ROLES } from "./protocol.ts";
import {
  parseFlag,
  parseNewRoom,
  parseRole,
  parseRoom,
  parseSearch,
  parseSeq,
  parseSettings,
  parseUserId,
} from "./protocol_parse.ts";
import { commandId, readBody, roomOf, wholeNumber } from "./request.ts";
import type { AppContext, Services } from "./services.ts";
import type { RoomQuery, RoomRecord } from "./store.ts";

/** Public rooms in a list that names no limit, and at most. */
const ROOMS_LISTED = 200;
const ROOMS_LISTED_MOST = 1_000;
/** Members in a list that names no limit, and at most. */
const MEMBERS_LISTED = 200;
const MEMBERS_LISTED_MOST = 1_000;

/** A public room as everybody sees it. */
interface PublicRoom {
  room: string;
  title?: string;
  topic?: string;
  archived?: true;
  /** Where its log stands. */
  cursor: Cursor;
  timestamp: number;
}

export async function listRooms(context: AppContext, services: Services): Promise<Response> {
  const { history, rooms, sessions, limiter: { sizes } } = services;
  const filter = parseSearch(context.req.query("filter") ?? "", "filter", sizes.titleBytes);
  const limit = wholeNumber(context, "limit", 1, ROOMS_LISTED_MOST) ?? ROOMS_LISTED;
  const after = placeOf(context.req.query("after"));
  const who = await sessions.reader(context);
  const found = await rooms.list(who, { filter, ...(after && { after }), limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return context.json({
    rooms: page.map((room) => publicRoomOf(room, history.epoch)),
    ...(found.length > limit && last && { next: `${last.timestamp}:${last.room}` }),
  });
}

export async function createRoom(context: AppContext, services: Services): Promise<Response> {
  const { rooms, sessions, limiter: { sizes } } = services;
  const body = await readBody(context, sizes.frameBytes);
  const wanted = parseNewRoom(body, sizes);
  const id = commandId(context, sizes.idBytes, body);
  const who = await sessions.reader(context);
  const { room, repeated } = await rooms.create(who, wanted, id);
  return context.json(room, repeated ? 200 : 201);
}

export async function getRoom(context: AppContext, services: Services): Promise<Response> {
  const { rooms, sessions } = services;
  const room = roomOf(context);
  return context.json(await rooms.about(await sessions.reader(context), room));
}

export async function changeRoom(context: AppContext, services: Services): Promise<Response> {
  const { rooms, sessions, limiter: { sizes } } = services;
  const room = roomOf(context);
  const body = await readBody(context, sizes.frameBytes);
  const settings = parseSettings(body, sizes);
  const id = commandId(context, sizes.idBytes, body);
  return context.json(await rooms.change(await sessions.reader(context), room, settings, id));
}

export async function listMembers(context: AppContext, services: Services): Promise<Response> {
  const { rooms, sessions, limiter: { sizes } } = services;
  const room = roomOf(context);
  const search = parseSearch(context.req.query("search") ?? "", "search", sizes.nameBytes);
  const limit = wholeNumber(context, "limit", 1, MEMBERS_LISTED_MOST) ?? MEMBERS_LISTED;
  const after = context.req.query("after");
  const query = { search, limit, ...(after !== undefined && { after }) };
  return context.json({
    room,
    ...await rooms.members(await sessions.reader(context), room, query),
  });
}

export async function setMember(context: AppContext, services: Services): Promise<Response> {
  const { rooms, sessions, limiter: { sizes } } = services;
  const room = roomOf(context);
  const body = await readBody(context, sizes.frameBytes);
  const role = parseRole(body.role, ROOM_ROLES);
  const id = commandId(context, sizes.idBytes, body);
  const who = await sessions.reader(context);
  return context.json(await rooms.setRole(who, room, memberOf(context, who.user.id), role, id));
}

export async function removeMember(context: AppContext, services: Services): Promise<Response> {
  const { rooms, sessions, limiter: { sizes } } = services;
  const room = roomOf(context);
  const id = commandId(context, sizes.idBytes);
  const who = await sessions.reader(context);
  await rooms.remove(who, room, memberOf(context, who.user.id), id);
  return context.body(null, 204);
}

export async function listMine(context: AppContext, services: Services): Promise<Response> {
  const { lists, sessions } = services;
  const after = context.req.query("after");
  const who = await sessions.reader(context);
  // Empty: from the beginning.
  const from = after && parseRoom(after);
  return context.json(
    from === undefined ? await lists.own(who) : await lists.after(who, from),
  );
}

export async function changeMine(context: AppContext, services: Services): Promise<Response> {
  const { lists, sessions, limiter: { sizes } } = services;
  const room = roomOf(context);
  const { listed, read, muted } = await readBody(context, sizes.frameBytes);
  if (listed === undefined && muted === undefined) {
    throw new Refusal("bad_command", "Say what to change: “listed” or “muted”.");
  }
  const change = {
    ...(listed !== undefined && { listed: parseFlag(listed, "listed") }),
    ...(read !== undefined && { read: parseSeq(read, "read", 0) }),
    ...(muted !== undefined && { muted: parseFlag(muted, "muted") }),
  };
  return context.json(await lists.change(await sessions.reader(context), room, change));
}

export async function read(context: AppContext, services: Services): Promise<Response> {
  const { lists, sessions, limiter: { sizes } } = services;
  const room = roomOf(context);
  const body = await readBody(context, sizes.frameBytes);
  const upTo = parseSeq(body.upTo, "upTo", 0);
  const back = parseFlag(body.unread ?? false, "unread");
  const { type: _, ...stands } = await lists.read(
    await sessions.reader(context),
    room,
    upTo,
    back,
  );
  return context.json(stands);
}

/** Whose membership the address names. */
function memberOf(context: AppContext, ownId: string): string {
  const id = context.req.param("user");
  return id === "me" ? ownId : parseUserId(id);
}

function publicRoomOf(record: RoomRecord, epoch: string): PublicRoom {
  const { room, settings: { title, topic, archived }, head, timestamp } = record;
  return {
    room,
    ...(title !== undefined && { title }),
    ...(topic !== undefined && { topic }),
    ...(archived && { archived }),
    cursor: formatCursor(epoch, head),
    timestamp,
  };
}

/** Where a list goes on: what the one before it said in `next`. */
function placeOf(text: string | undefined): RoomQuery["after"] {
  if (text === undefined) return undefined;
  const [, timestamp, room] = /^(\d{1,16}):([a-z0-9-]+)$/.exec(text) ?? [];
  if (room !== undefined && isPublicRoom(room)) return { timestamp: Number(timestamp), room };
  throw new Refusal("bad_cursor", "“after” is what the list before said in “next”.");
}
