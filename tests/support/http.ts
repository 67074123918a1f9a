/** Requests to the HTTP API as a program makes them. */

import type { ChatEvent, ErrorCode, Message } from "../../server/protocol.ts";

export interface Post {
  room?: string;
  message: unknown;
  id?: string;
  token?: string;
  headers?: Readonly<Record<string, string>>;
}

/** Says something over HTTP; resolves to the status and the JSON of the answer. */
export async function post(
  url: string,
  { room = "lobby", message, id, token, headers = {} }: Post,
): Promise<{ status: number; event: ChatEvent; error: ApiError }> {
  const response = await fetch(new URL(`/api/rooms/${room}/messages`, url), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...headers,
    },
    body: JSON.stringify({ message, ...id === undefined ? {} : { id } }),
  });
  const body = await response.json();
  return { status: response.status, event: body, error: body.error };
}

/** What stands in the body of a refusal. */
export interface ApiError {
  code: ErrorCode;
  message: string;
  retryAfter?: number;
}

export interface HistoryPage {
  room: string;
  cursor: string;
  messages: Message[];
  older: boolean;
  newer: boolean;
}

/** A page of history; `query` as in the address, for example `limit=10&before=x:5`. */
export async function history(
  url: string,
  room = "lobby",
  query = "",
  token?: string,
): Promise<HistoryPage> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(new URL(`/api/rooms/${room}/messages?${query}`, url), { headers });
  if (!response.ok) throw new Error(`No history: ${await response.text()}`);
  return await response.json();
}
