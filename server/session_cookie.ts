/** The cookie with which a browser keeps who is signed in: for our own pages only. */

import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Context } from "hono";
import { isOwnOrigin, ownOrigin } from "./origin.ts";

export class SessionCookie {
  constructor(private readonly publicUrl: string | undefined) {}

  /** What the browser keeps, good or not, where this request may use it. */
  read(context: Context): string | undefined {
    // Most sockets and programs bring none: then there is nothing to decide.
    if (context.req.header("cookie") === undefined) return undefined;
    if (!mayUseCookie(context, this.publicUrl)) return undefined;
    return getCookie(context, this.#name(context));
  }

  /** `lasts` in milliseconds. */
  set(context: Context, token: string, lasts: number): void {
    setCookie(context, this.#name(context), token, {
      httpOnly: true,
      sameSite: "Lax",
      path: "/",
      secure: this.#isSecure(context),
      maxAge: Math.max(0, Math.floor(lasts / 1_000)),
    });
  }

  delete(context: Context): void {
    deleteCookie(context, this.#name(context), { path: "/", secure: this.#isSecure(context) });
  }

  /** Whether another page asks: none may sign its visitor in here as somebody else, nor out. */
  isForeignPage(context: Context): boolean {
    const { raw } = context.req;
    return raw.headers.has("origin") && !isOwnOrigin(raw, this.publicUrl);
  }

  #isSecure(context: Context): boolean {
    return ownOrigin(context.req.raw, this.publicUrl).startsWith("https:");
  }

  /** Cookies ignore ports, so the name carries it: two servers of one machine keep apart. */
  #name(context: Context): string {
    if (this.#isSecure(context)) return "__Host-parlor";
    const { port } = new URL(ownOrigin(context.req.raw, this.publicUrl));
    return `parlor_${port || 80}`;
  }
}

/**
 * A cookie comes along whether or not our page asked, so it counts only for our page. A browser names
 * the origin of every socket and every request that changes something; of plain reads from
 * our own page it does not.
 */
function mayUseCookie(context: Context, publicUrl: string | undefined): boolean {
  const { raw, method } = context.req;
  if (raw.headers.has("origin")) return isOwnOrigin(raw, publicUrl);
  const site = raw.headers.get("sec-fetch-site");
  return (method === "GET" || method === "HEAD") && !raw.headers.has("upgrade") &&
    (site === null || site === "same-origin" || site === "none");
}
