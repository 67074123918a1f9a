/** What the routes of the HTTP API read from a request: its room, its body, and numbers of its query. */

import { readText } from "./body.ts";
import { type Limits, Refusal } from "./protocol.ts";
import { parseId, parseRoom } from "./protocol_parse.ts";
import type { AppContext } from "./services.ts";

export type Body = Record<string, unknown>;

/** The room of the address. */
export function roomOf(context: AppContext): string {
  return parseRoom(context.req.param("room"));
}

/** The body, a JSON object of at most `limit` bytes. */
export async function readBody(context: AppContext, limit: number): Promise<Body> {
  return objectOf(await readText(context.req.raw, limit));
}

/** The same for requests that may come without a body. */
export async function readOptionalBody(context: AppContext, limit: number): Promise<Body> {
  const text = await readText(context.req.raw, limit);
  return text === "" ? {} : objectOf(text);
}

function objectOf(text: string): Body {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // Refused below like any other body that is no object.
  }
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Body;
  throw new Refusal("bad_frame", "The body is a JSON object.");
}

/** The id that makes a retry the same: of the body or its header; a new one where neither has it. */
export function commandId(context: AppContext, body: Body, limits: Limits): string {
  const id = body.id ?? context.req.header("idempotency-key");
  return id === undefined ? crypto.randomUUID() : parseId(id, limits.idBytes);
}

/** A whole number of the query, undefined where it is not given. */
export function wholeNumber(
  context: AppContext,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const text = context.req.query(name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d{1,16}$/.test(text) && number >= least && number <= most) return number;
  throw new Refusal("bad_command", `“${name}” is a whole number from ${least} to ${most}.`);
}
