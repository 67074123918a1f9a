/** Who a request speaks for: signed guest sessions, in a cookie for browsers, as a token for programs. */

import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { sign, verify } from "hono/jwt";
import type { Context } from "hono";
import { isOwnOrigin, ownOrigin } from "./origin.ts";
import { parseName, Refusal, type User } from "./protocol.ts";

/** How long a guest session lasts without being used, in seconds. */
const SESSION_SECONDS = 365 * 24 * 60 * 60;
const ALGORITHM = "HS256";

/** What a session token says. Times in seconds (RFC 7519). */
interface Claims {
  sub: string;
  name: string;
  iat: number;
  exp: number;
  [claim: string]: unknown;
}

export interface Session {
  user: User;
  token: string;
}

export class Sessions {
  #guests = 0;
  /** Tells this run's guests from those of any other; drawing an id for each would cost more. */
  readonly #run = randomId();

  constructor(private readonly secret: string, private readonly publicUrl: string | undefined) {}

  /** Signs a guest in under a name; someone who is signed in keeps the id and changes the name. */
  async signIn(name: unknown, current: User | undefined): Promise<Session> {
    const user = { id: current?.id ?? `u_${randomId()}`, name: parseName(name) };
    const now = Math.floor(Date.now() / 1000);
    const claims: Claims = { sub: user.id, name: user.name, iat: now, exp: now + SESSION_SECONDS };
    return { user, token: await sign(claims, this.secret, ALGORITHM) };
  }

  /** A guest without a session, for this connection only. */
  guest(name: string | undefined): User {
    this.#guests++;
    return {
      id: `g_${this.#run}_${this.#guests.toString(36)}`,
      name: name === undefined ? `Guest ${this.#guests}` : parseName(name),
      unverified: true,
    };
  }

  /** The guest who alone can have chosen this message id: the same one for every retry. */
  async guestFor(messageId: string, name: string | undefined): Promise<User> {
    const text = new TextEncoder().encode(`${this.secret} ${messageId}`);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
    return { ...this.guest(name ?? "Guest"), id: `g_${shortText(digest)}` };
  }

  /** The signed-in user of a request, or undefined. A token that was given and is no good refuses. */
  async userOf(context: Context): Promise<User | undefined> {
    const bearer = /^Bearer +(\S+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
    const token = bearer ?? context.req.query("token");
    if (token !== undefined) {
      const user = await this.#verify(token);
      if (user) return user;
      throw new Refusal("unauthorized", "This token is not valid here, or has expired.");
    }
    if (!mayUseCookie(context, this.publicUrl)) return undefined;
    const cookie = getCookie(context, this.#cookieName(context));
    return cookie === undefined ? undefined : await this.#verify(cookie);
  }

  /** Keeps the session in the browser, where our own page or no page at all asked for it. */
  setCookie(context: Context, token: string): void {
    if (isForeignPage(context, this.publicUrl)) return;
    setCookie(context, this.#cookieName(context), token, {
      httpOnly: true,
      sameSite: "Lax",
      path: "/",
      secure: isSecure(context, this.publicUrl),
      // Browsers keep no cookie for longer than 400 days.
      maxAge: SESSION_SECONDS,
    });
  }

  deleteCookie(context: Context): void {
    if (isForeignPage(context, this.publicUrl)) return;
    deleteCookie(context, this.#cookieName(context), {
      path: "/",
      secure: isSecure(context, this.publicUrl),
    });
  }

  /** Cookies ignore ports, so the name carries it: two servers of one machine keep apart. */
  #cookieName(context: Context): string {
    if (isSecure(context, this.publicUrl)) return "__Host-parlor";
    return `parlor_${new URL(ownOrigin(context.req.raw, this.publicUrl)).port || 80}`;
  }

  async #verify(token: string): Promise<User | undefined> {
    try {
      const { sub, name } = await verify(token, this.secret, ALGORITHM) as Partial<Claims>;
      if (typeof sub === "string" && typeof name === "string") return { id: sub, name };
    } catch {
      // Not signed by us, expired, or not a token at all: all the same to the asker.
    }
    return undefined;
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

/** Another page must not sign its visitor in here as somebody else, nor out. */
function isForeignPage(context: Context, publicUrl: string | undefined): boolean {
  return context.req.raw.headers.has("origin") && !isOwnOrigin(context.req.raw, publicUrl);
}

function isSecure(context: Context, publicUrl: string | undefined): boolean {
  return ownOrigin(context.req.raw, publicUrl).startsWith("https:");
}

function randomId(): string {
  return shortText(crypto.getRandomValues(new Uint8Array(12)));
}

/** The first 96 bits, as text that is safe anywhere. */
function shortText(bytes: Uint8Array): string {
  return bytes.subarray(0, 12).toBase64({ alphabet: "base64url" });
}
