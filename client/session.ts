/** Who one is: the session that the server keeps in a cookie. */

import type { User } from "../server/protocol.ts";

export interface SessionApi {
  /** Who is signed in, and the client build that the server has. */
  current(): Promise<{ user: User | null; build: string }>;
  /** Signs in, or renames who is. Rejects with a sentence for people. */
  signIn(name: string): Promise<User>;
  /** Ends the session. Rejects with a sentence for people. */
  signOut(): Promise<void>;
}

const UNREACHABLE = "The server cannot be reached. Please try again.";

/** The session at an origin such as `https://chat.example`. */
export function sessionAt(origin: string): SessionApi {
  const address = new URL("/api/session", origin);
  return {
    async current() {
      return await answerOf(await fetch(address));
    },
    async signIn(name) {
      const request = fetch(address, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name }),
      }).catch(() => {
        throw new Error(UNREACHABLE);
      });
      return (await answerOf<{ user: User }>(await request)).user;
    },
    async signOut() {
      const response = await fetch(address, { method: "DELETE" }).catch(() => {
        throw new Error(UNREACHABLE);
      });
      if (!response.ok) await answerOf(response);
    },
  };
}

/** The body of an answer; rejects with the server's sentence where it refused. */
export async function answerOf<Answer>(response: Response): Promise<Answer> {
  const body = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body;
  throw new Error(
    body?.error?.message ?? "The server did not answer as expected. Please try again.",
  );
}
