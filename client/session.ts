/** Who one is: the session that the server keeps in a cookie. */

import type { User } from "../server/protocol.ts";

/** Who gets in: guests too, or only those whom the application sends with a token. */
export type Mode = "open" | "token";

export interface SessionApi {
  /** Who is signed in, the client build that the server has, and who gets in. */
  current(): Promise<{ user: User | null; build: string; mode: Mode }>;
  /** Whom an application's token speaks for; nobody is signed in by that. Rejects with a sentence. */
  whose(token: string): Promise<User>;
  /** Signs in whom an application's token speaks for. Rejects with a sentence for people. */
  keep(token: string): Promise<User>;
  /** Signs in, or renames who is. Rejects with a sentence for people. */
  signIn(name: string): Promise<User>;
  /** Ends the session. Rejects with a sentence for people. */
  signOut(): Promise<void>;
}

/** The server said no, in a sentence for people. */
export class RefusedError extends Error {
  override name = "RefusedError";
  constructor(
    message: string,
    /** What it would take instead. */
    readonly suggestion?: string,
  ) {
    super(message);
  }
}

export const UNREACHABLE = "The server cannot be reached. Please try again.";

/** The session at an origin such as `https://chat.example`. */
export function sessionAt(origin: string): SessionApi {
  const address = new URL("/api/session", origin);
  const ask = (request?: RequestInit) =>
    fetch(address, request).catch(() => {
      throw new Error(UNREACHABLE);
    });
  const askForUser = async (request: RequestInit) =>
    (await answerOf<{ user: User }>(await ask(request))).user;
  const bearing = (token: string) => ({ authorization: `Bearer ${token}` });
  return {
    async current() {
      return await answerOf(await ask());
    },
    async whose(token) {
      return await askForUser({ headers: bearing(token) });
    },
    async keep(token) {
      return await askForUser({ method: "POST", headers: bearing(token) });
    },
    async signIn(name) {
      return await askForUser({
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name }),
      });
    },
    async signOut() {
      const response = await ask({ method: "DELETE" });
      if (!response.ok) await answerOf(response);
    },
  };
}

/** The body of an answer; rejects with the server's sentence where it refused. */
export async function answerOf<Answer>(response: Response): Promise<Answer> {
  const body = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body;
  throw new RefusedError(
    body?.error?.message ?? "The server did not answer as expected. Please try again.",
    body?.error?.suggestion,
  );
}
