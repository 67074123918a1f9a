/** The HTTP API of invites: the links that let people into a room. */

import type { Invite } from "./invites.ts";
import { ownOrigin } from "./origin.ts";
import { Refusal } from "./protocol.ts";
import { parseNumber, parseRole } from "./protocol_parse.ts";
import { readOptionalBody, roomOf } from "./request.ts";
import type { AppContext, Services } from "./services.ts";

/** Longest time for which an invite may hold; without one, it holds until it is revoked. */
const HOURS_MOST = 365 * 24;
const INVITED_ROLES: readonly Invite["role"][] = ["moderator", "member", "reader"];

export async function listInvites(context: AppContext, services: Services): Promise<Response> {
  const { invitations, sessions } = services;
  const room = roomOf(context);
  const invites = await invitations.list(await sessions.reader(context), room);
  return context.json({
    room,
    invites: invites.map((invite) => withUrl(invite, context, services)),
  });
}

export async function createInvite(context: AppContext, services: Services): Promise<Response> {
  const { invitations, sessions, limiter: { sizes } } = services;
  const room = roomOf(context);
  const { role = "member", hours } = await readOptionalBody(context, sizes.frameBytes);
  const wanted = {
    role: parseRole(role, INVITED_ROLES),
    ...(hours !== undefined && hours !== null &&
      { hours: parseNumber(hours, "hours", 1, HOURS_MOST) }),
  };
  const invite = await invitations.create(await sessions.reader(context), room, wanted);
  return context.json(withUrl(invite, context, services), 201);
}

export async function revokeInvite(context: AppContext, services: Services): Promise<Response> {
  const { invitations, sessions } = services;
  const room = roomOf(context);
  const members = context.req.query("members") ?? "keep";
  if (members !== "keep" && members !== "remove") {
    throw new Refusal("bad_command", "“members” is keep or remove: of those who came by it.");
  }
  const who = await sessions.reader(context);
  await invitations.revoke(who, room, tokenOf(context), members === "remove");
  return context.body(null, 204);
}

export async function getInvite(context: AppContext, services: Services): Promise<Response> {
  const { invitations, sessions } = services;
  await sessions.reader(context);
  return context.json(await invitations.about(tokenOf(context)));
}

export async function acceptInvite(context: AppContext, services: Services): Promise<Response> {
  const { invitations, sessions } = services;
  const who = await sessions.reader(context);
  return context.json(await invitations.accept(who, tokenOf(context)));
}

/** An invite as those see it who may make some. */
function withUrl(invite: Invite, context: AppContext, { origins }: Services) {
  const { token, role, expires, by, created } = invite;
  return {
    token,
    url: `${ownOrigin(context.req.raw, origins.publicUrl)}/join/${token}`,
    role,
    ...(expires !== undefined && { expires }),
    by,
    created,
  };
}

function tokenOf(context: AppContext): string {
  return context.req.param("token")!;
}
