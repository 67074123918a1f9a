/** The HTTP API of people: finding them, and beginning conversations with them. */

import { Refusal } from "./protocol.ts";
import { parseSearch, parseUserIds } from "./protocol_parse.ts";
import { readBody, wholeNumber } from "./request.ts";
import type { AppContext, Services } from "./services.ts";

/** People in a list that names no limit, and at most. */
const PEOPLE_LISTED = 20;
const PEOPLE_LISTED_MOST = 200;

export async function findPeople(context: AppContext, services: Services): Promise<Response> {
  const { people, sessions, limiter: { sizes } } = services;
  const ids = context.req.query("ids");
  const search = context.req.query("search");
  if (ids !== undefined && search !== undefined) {
    throw new Refusal("bad_command", "Give only one of “search” and “ids”.");
  }
  const limit = wholeNumber(context, "limit", 1, PEOPLE_LISTED_MOST) ?? PEOPLE_LISTED;
  const text = parseSearch(search ?? "", "search", sizes.nameBytes);
  const wanted = ids && parseUserIds(ids.split(","), "ids", PEOPLE_LISTED_MOST);
  const who = await sessions.reader(context);
  return context.json({
    people: wanted ? await people.find(who, wanted) : await people.search(who, text, limit),
  });
}

export async function beginConversation(
  context: AppContext,
  services: Services,
): Promise<Response> {
  const { conversations, lists, sessions, limiter: { sizes } } = services;
  const body = await readBody(context, sizes.frameBytes);
  const ids = parseUserIds(body.people, "people", sizes.peoplePerConversation);
  const who = await sessions.reader(context);
  const { room, repeated } = await conversations.with(who, ids);
  return context.json(await lists.find(who, room), repeated ? 200 : 201);
}
