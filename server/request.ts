/** What requests say in their paths, parameters and bodies, parsed. Throws the refusal of what is wrong. */

import { readText } from "./body.ts";
import { type Cursor, parseCursor, Refusal } from "./protocol.ts";
import { parseId, parseRoom, parseSeq } from "./protocol_parse.ts";
import type { AppContext } from "./services.ts";

/** The room that the path names. */
export function roomOf(context: AppContext): string {
  return parseRoom(context.req.param("room"));
}

/** The position of the message that the path names. */
export function seqOf(context: AppContext): number {
  return parseSeq(numberIn(context.req.param("seq") ?? ""), "seq");
}

/** A JSON object of at most so many bytes. */
export async function readBody(
  context: AppContext,
  limit: number,
): Promise<Record<string, unknown>> {
  const text = await readText(context.req.raw, limit);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // Refused below like any other body that is no object.
  }
  if (typeof body === "object" && body !== null && !Array.isArray(body)) {
    return body as Record<string, unknown>;
  }
  throw new Refusal("bad_frame", "The body is a JSON object.");
}

/** The id by which a retry is known: of the body, of the header `Idempotency-Key`, or a new one. */
export function idOf(context: AppContext, limit: number, body: { id?: unknown } = {}): string {
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
