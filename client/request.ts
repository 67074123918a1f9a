/** Requests to the HTTP API, in the name of the session that the browser keeps. */

import { answerOf } from "./session.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Asks for a path such as `/api/me/rooms`; rejects with a sentence for people. */
export type Ask = <Answer>(method: Method, path: string, body?: unknown) => Promise<Answer>;

/** Milliseconds that an answer may take. */
const PATIENCE = 15_000;

/** Asks the server at an origin such as `https://chat.example`. */
export function askAt(origin: string): Ask {
  return async (method, path, body) => {
    const request = fetch(new URL(path, origin), {
      method,
      signal: AbortSignal.timeout(PATIENCE),
      ...(body !== undefined && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    const response = await request.catch(() => {
      throw new Error("The server cannot be reached. Please try again.");
    });
    return response.status === 204 ? undefined as never : await answerOf(response);
  };
}
