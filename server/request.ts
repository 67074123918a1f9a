/** What requests say in their paths, parameters and bodies, parsed. Throws the refusal of what is wrong. */

import { readText } from "./body.ts";
import { type Cursor, parseCursor, Refusal } from "./protocol.ts";
import { parseId, parseRoom, parseSeq } from "./protocol_parse.ts";
import type { AppContext } from "./services.ts";

export type Body = Record<string, unknown>;

/** The room that the path names. */
export function roomOf(context: AppContext): string {
  return parseRoom(context.req.param("room"));
}

/** The position of the message that the path names. */
export function seqOf(context: AppContext): number {
  return parseSeq(numberIn(context.req.param("seq") ?? ""), "seq");
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

/** The id by which a retry is known: of the body, of the header `Idempotency-Key`, or a new one. */
export function commandId(context: AppContext, limit: number, body: Body = {}): string {
  const id = body.id ?? context.req.header("idempotency-key");
  return id === undefined ? crypto.randomUUID() : parseId(id, limit);
}

/** A cursor among the parameters. */
export function cursorOf(context: AppContext, name: string): Cursor | undefined {
  const text = context.req.query(name);
  if (text === undefined || parseCursor(text)) return text;
  throw new Refusal("bad_cursor", `“${name}” is a cursor that the server sent: epoch:seq.`);
}

/** A whole number among the parameters. */
export function wholeNumber(
  context: AppContext,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const text = context.req.query(name);
  if (text === undefined) return undefined;
  const number = numberIn(text);
  if (number >= least && number <= most) return number;
  throw new Refusal("bad_command", `“${name}” is a whole number from ${least} to ${most}.`);
}

/** The whole number that a text is; NaN where it is none. */
export function numberIn(text: string): number {
  return /^\d{1,16}$/.test(text) ? Number(text) : NaN;
}
