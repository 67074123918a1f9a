/**
 * Who a request speaks for: signed sessions of guests, and tokens that a host application signed for
 * its users; either in a cookie for browsers, and as a token for programs.
 *
 * A session's token says only whose it is. The name, and whether the session still lives, stand in the
 * registry of names: signing out ends every token of the session, and a token of before a renaming
 * speaks under the new name.
 */

import type { Context } from "hono";
import { GUEST_PREFIX, type Identity } from "./identity.ts";
import type { Limiter } from "./limits.ts";
import type { Log } from "./log.ts";
import { type Holder, isReserved, type NameRegistry, nameTaken } from "./names.ts";
import { isOwnOrigin } from "./origin.ts";
import { OPEN } from "./permissions.ts";
import { isOfApplication, Refusal, type User } from "./protocol.ts";
import { parseName } from "./protocol_parse.ts";
import type { AppContext } from "./services.ts";
import { SessionCookie } from "./session_cookie.ts";
import { isOwnToken, SessionTokens } from "./session_tokens.ts";
import type { HostTokens, HostUser } from "./tokens.ts";

/** How long a guest's session, and so the name, lasts without being used. */
const SESSION_LASTS = 30 * 24 * 60 * 60_000;
/** How long the name of an application's user is held whose token is for ever. */
const HOST_NAME_LASTS = 24 * 60 * 60_000;
/** Longest token that goes into a cookie; browsers keep 4,096 bytes with the cookie's name. */
const COOKIE_TOKEN_MOST = 4_000;
/** The longest that browsers keep a cookie, in milliseconds (RFC 6265bis, section 5.5). */
const COOKIE_LASTS_MOST = 400 * 24 * 60 * 60_000;

/** Who gets in: guests too, or only those who bring a token of the host application. */
export type Mode = "open" | "token";

export interface Session {
  user: User;
  token: string;
  /** They were somebody before, under another name. */
  isRenamed: boolean;
}

export interface SessionsOptions {
  secret: string;
  mode: Mode;
  publicUrl: string | undefined;
  names: NameRegistry;
  tokens: HostTokens;
  limiter: Limiter;
  log: Log;
  /** The clock, in milliseconds; the system's where absent. */
  now?: () => number;
}

/** What a token or cookie proved. */
type Proof = { kind: "guest"; holder: Holder } | { kind: "host"; host: HostUser };

export class Sessions {
  readonly mode: Mode;
  readonly #options: SessionsOptions;
  readonly #names: NameRegistry;
  readonly #now: () => number;
  readonly #tokens: SessionTokens;
  readonly #cookie: SessionCookie;
  #guests = 0;
  /** Tells this run's guests from those of any other; drawing an id for each would cost more. */
  readonly #run = randomId();

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.mode = options.mode;
    this.#names = options.names;
    this.#now = options.now ?? Date.now;
    this.#tokens = new SessionTokens(options.secret, this.#now);
    this.#cookie = new SessionCookie(options.publicUrl);
  }

  /** The signed-in person of a request, or undefined. A token that was given and is no good refuses. */
  async identify(context: AppContext): Promise<Identity | undefined> {
    const { network } = context.env;
    const token = tokenOf(context);
    if (token !== undefined) return identityOf(await this.#prove(token, network), network);
    const proof = await this.#proofOfCookie(context);
    return proof && identityOf(proof, network);
  }

  /** Whoever makes a request, a guest for this connection only where nobody is signed in. */
  async speaker(context: AppContext): Promise<Identity> {
    return await this.identify(context) ??
      await this.#guest(context.req.query("name"), context.env.network);
  }

  /** Who makes a request that only reads. */
  async reader(context: AppContext): Promise<Identity> {
    const known = await this.identify(context);
    if (known) return known;
    this.#mustBeOpen();
    return this.#anybody(`g_${this.#run}`, "Guest", context.env.network);
  }

  /**
   * Who makes a request that is a message. A guest without a session is made from the id of the message,
   * so that a retry comes from the same guest and is the same message. Whoever had a session is told that
   * it has ended, and does not speak on as somebody else without knowing.
   */
  async author(context: AppContext, messageId: string): Promise<Identity> {
    const known = await this.identify(context);
    if (known) return known;
    if (this.#cookie.read(context) !== undefined) {
      this.deleteCookie(context);
      throw new Refusal(
        "unauthorized",
        "Your session has ended. Sign in again, then send your message once more.",
      );
    }
    const name = context.req.query("name") ?? "Guest";
    const guest = await this.#guest(name, context.env.network);
    const text = new TextEncoder().encode(`${this.#options.secret} ${messageId}`);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
    return { ...guest, user: { ...guest.user, id: `g_${shortText(digest)}` } };
  }

  /** A newer token for somebody who is connected: theirs, or it refuses. */
  async renew(current: Identity, token: string): Promise<Identity> {
    const renewed = identityOf(await this.#prove(token, current.network), current.network);
    if (renewed.user.id === current.user.id) return renewed;
    throw new Refusal(
      "forbidden",
      "This token is somebody else's. Open another connection to speak for them.",
    );
  }

  /** Who is signed in, and a newer token where the session has passed half of its life. */
  async resume(context: AppContext): Promise<{ user: User; token?: string } | undefined> {
    const identity = await this.identify(context);
    if (!identity) return undefined;
    const { user } = identity;
    const holder = user.id.startsWith(GUEST_PREFIX) ? await this.#names.find(user.id) : undefined;
    if (!holder || holder.expires - this.#now() > SESSION_LASTS / 2) return { user };
    return { user, token: await this.#begin(user) };
  }

  /** Signs a guest in under a name; someone who is signed in keeps the id and changes the name. */
  async signIn(context: AppContext, name: unknown): Promise<Session> {
    this.#mustBeOpen();
    this.#options.limiter.signIn(context.env.network);
    const current = (await this.identify(context))?.user;
    if (current && isOfApplication(current)) {
      throw new Refusal("forbidden", "Your name comes from the application that signed you in.");
    }
    const user = { id: current?.id ?? `${GUEST_PREFIX}${randomId()}`, name: parseName(name) };
    if (isReserved(user.name)) throw await nameTaken(user.name, this.#names, user.id);
    const isRenamed = current !== undefined && current.name !== user.name;
    return { user, token: await this.#begin(user), isRenamed };
  }

  /**
   * The token with which a page of ours asks to keep its visitor signed in. Only in a header, which no
   * other page and no link can set.
   */
  tokenToKeep(context: AppContext): string | undefined {
    const token = bearerOf(context);
    if (token === undefined || isOwnToken(token)) return undefined;
    return isOwnOrigin(context.req.raw, this.#options.publicUrl) ? token : undefined;
  }

  /**
   * Keeps an application's user signed in with this browser: the cookie then holds the token itself, so
   * that it allows what the token does for as long as the token does. Tells also of the guest whose
   * session this browser had until now: nobody can get at it any more.
   */
  async keep(context: AppContext, token: string): Promise<{ user: User; former?: User }> {
    const { user, expires } = identityOf(
      await this.#prove(token, context.env.network),
      context.env.network,
    );
    if (token.length > COOKIE_TOKEN_MOST) {
      throw new Refusal(
        "bad_command",
        `This token is too long for a browser to keep. At most ${COOKIE_TOKEN_MOST} characters are ` +
          "possible: the application can name fewer rooms, or use patterns.",
      );
    }
    const former = await this.#proofOfCookie(context);
    const lasts = Math.min((expires ?? Infinity) - Date.now(), COOKIE_LASTS_MOST);
    this.#cookie.set(context, token, lasts);
    return former?.kind === "guest" ? { user, former: former.holder } : { user };
  }

  /** Ends a guest's session: none of its tokens is good any more, and the name is free. */
  async signOut(user: User): Promise<void> {
    await this.#names.release(user.id);
  }

  /** Whether a name, or one that looks like it, belongs to somebody who is signed in. */
  async isTaken(name: string): Promise<boolean> {
    return await this.#names.isTaken(name);
  }

  /** Whether the browser's cookie is what proves who is asking, not a token that came along. */
  isProvenByCookie(context: AppContext): boolean {
    return tokenOf(context) === undefined;
  }

  /** Keeps the session in the browser, where our own page or no page at all asked for it. */
  setCookie(context: Context, token: string): void {
    if (!this.#cookie.isForeignPage(context)) this.#cookie.set(context, token, SESSION_LASTS);
  }

  /** Takes back a cookie that proves nothing any more. */
  deleteDeadCookie(context: Context): void {
    if (this.#cookie.read(context) !== undefined) this.deleteCookie(context);
  }

  deleteCookie(context: Context): void {
    if (!this.#cookie.isForeignPage(context)) this.#cookie.delete(context);
  }

  /** Begins a session, or begins its time anew, and returns its token. */
  async #begin(user: User): Promise<string> {
    const expires = this.#now() + SESSION_LASTS;
    if (!await this.#names.claim({ id: user.id, name: user.name, expires })) {
      throw await nameTaken(user.name, this.#names, user.id);
    }
    return await this.#tokens.sign(user.id, expires);
  }

  /** A guest without a session. The name is theirs only as long as it is nobody's. */
  async #guest(given: string | undefined, network: string): Promise<Identity> {
    this.#mustBeOpen();
    this.#guests++;
    const name = given === undefined ? `Guest ${this.#guests}` : parseName(given);
    if (given !== undefined && await this.#names.isTaken(name)) {
      throw await nameTaken(name, this.#names);
    }
    return this.#anybody(`g_${this.#run}_${this.#guests.toString(36)}`, name, network);
  }

  #anybody(id: string, name: string, network: string): Identity {
    return { user: { id, name, unverified: true }, grant: OPEN, network };
  }

  #mustBeOpen(): void {
    if (this.mode === "open") return;
    throw new Refusal(
      "unauthorized",
      "This chat is open only to people whom its application signs in. Open it from there.",
    );
  }

  /** What a token proves. Rejects with a refusal; trying out tokens comes to an end. */
  async #prove(token: string, network: string): Promise<Proof> {
    try {
      if (!isOwnToken(token)) return await this.#proveHost(token);
      const userId = this.mode === "open" ? await this.#tokens.verify(token) : undefined;
      const holder = userId === undefined ? undefined : await this.#names.find(userId);
      if (holder) return { kind: "guest", holder };
      throw new Refusal("unauthorized", "This token is not valid here, or has expired.");
    } catch (error) {
      if (error instanceof Refusal && error.code === "unauthorized") {
        this.#options.limiter.signIn(network);
      }
      throw error;
    }
  }

  async #proveHost(token: string): Promise<Proof> {
    const host = await this.#options.tokens.verify(token);
    if (this.mode === "open") await this.#holdName(host);
    return { kind: "host", host };
  }

  /** Keeps guests from taking the name of an application's user while the token is good. */
  async #holdName({ user: { id, name }, expires }: HostUser): Promise<void> {
    const now = this.#now();
    const until = Math.min(expires ?? now + HOST_NAME_LASTS, now + SESSION_LASTS);
    try {
      const held = await this.#names.find(id);
      // Written again only where that changes much: most requests then only look.
      if (held?.name === name && held.expires - now > (until - now) / 2) return;
      await this.#names.claim({ id, name, expires: until }, { shared: true });
    } catch (error) {
      // Who has proved who they are gets in although the disk may be full.
      this.#options.log.warn("a name could not be held", { user: id, error: String(error) });
    }
  }

  /** What the cookie proves; one that is over or no good proves nothing. */
  async #proofOfCookie(context: AppContext): Promise<Proof | undefined> {
    const cookie = this.#cookie.read(context);
    if (cookie === undefined) return undefined;
    try {
      return await this.#prove(cookie, context.env.network);
    } catch (error) {
      // Where it cannot be told just now, nobody is taken for a guest.
      if (error instanceof Refusal && error.code === "unauthorized") return undefined;
      throw error;
    }
  }
}

function identityOf(proof: Proof, network: string): Identity {
  if (proof.kind === "host") return { ...proof.host, network };
  const { id, name } = proof.holder;
  return { user: { id, name }, grant: OPEN, network };
}

function tokenOf(context: Context): string | undefined {
  return bearerOf(context) ?? context.req.query("token");
}

function bearerOf({ req }: Context): string | undefined {
  return /^Bearer +(\S+)$/i.exec(req.header("authorization") ?? "")?.[1];
}

function randomId(): string {
  return shortText(crypto.getRandomValues(new Uint8Array(12)));
}

/** The first 96 bits, as text that is safe anywhere. */
function shortText(bytes: Uint8Array): string {
  return bytes.subarray(0, 12).toBase64({ alphabet: "base64url" });
}
