/**
 * Tokens of a host application: JWTs (RFC 7519) that it signs for its users, with a secret that it
 * shares with this server or with keys that it publishes.
 *
 * | claim | means |
 * |---|---|
 * | `sub` | the application's id of the user: 1 to 128 printable ASCII characters |
 * | `name` | the name to show; without it, `sub` |
 * | `rooms` | where they may be: `["lobby", "team-*", {"room": "news-*", "role": "reader"}]`; without it, every public room |
 * | `role` | what they may do there: `reader`, `member` (also without it) or `moderator` |
 * | `exp`, `nbf`, `aud`, `iss` | as the standard says |
 */

import { errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey, SignJWT } from "jose";
import type { Log } from "./log.ts";
import { type Grant, isPattern, isRole, type Role, type RoomRule } from "./permissions.ts";
import { APPLICATION_PREFIX, Refusal, type User } from "./protocol.ts";
import { parseName } from "./protocol_parse.ts";
import { type KeysTimes, TokenKeys } from "./token_keys.ts";

/** Seconds by which the clocks of the application and of this server may differ. */
const CLOCK_TOLERANCE = 5;
/** Longest token that is looked at, in characters. */
const TOKEN_LENGTH = 8 * 1024;
/** Most entries in `rooms`. */
const RULES_MOST = 200;

/** What the configuration says about tokens. */
export interface TokenRules {
  /** Signs and verifies with HS256. */
  secret: string | undefined;
  /** Where the public keys are, for RS256, ES256 and EdDSA; the secret then does not count. */
  keysUrl: string | undefined;
  audience: string | undefined;
  issuer: string | undefined;
}

/** What a token says. */
export interface HostUser {
  user: User;
  grant: Grant;
  /** In milliseconds; absent where the token is for ever. */
  expires?: number;
}

export class HostTokens {
  readonly #rules: TokenRules;
  readonly #secret: Uint8Array | undefined;
  readonly #keys: TokenKeys | undefined;

  /** @param times for tests that cannot wait */
  constructor(rules: TokenRules, log: Log, times?: KeysTimes) {
    const { secret, keysUrl } = rules;
    this.#rules = rules;
    this.#secret = secret === undefined ? undefined : keyOf(secret);
    this.#keys = keysUrl === undefined ? undefined : new TokenKeys(keysUrl, log, times);
  }

  /**
   * The user whom a token speaks for. Rejects with `unauthorized` where it is no good, and with
   * `unavailable` where the keys to tell cannot be fetched.
   */
  async verify(token: string): Promise<HostUser> {
    if (token.length > TOKEN_LENGTH) throw refused("is too long");
    let claims: JWTPayload;
    try {
      claims = await this.#claims(token);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw refused(error instanceof errors.JWTExpired ? "has expired" : "is not valid here");
    }
    return hostUserOf(claims);
  }

  async #claims(token: string): Promise<JWTPayload> {
    const { audience, issuer } = this.#rules;
    const options = {
      clockTolerance: CLOCK_TOLERANCE,
      ...(audience === undefined ? {} : { audience }),
      ...(issuer === undefined ? {} : { issuer }),
    };
    // The algorithms are ours to choose, never the token's: “none”, or a public key taken for a
    // secret, get nowhere.
    const keys = this.#keys;
    if (keys) {
      const algorithms = ["RS256", "ES256", "EdDSA", "Ed25519"];
      const find: JWTVerifyGetKey = (header, jws) => keys.find(header, jws);
      return (await jwtVerify(token, find, { ...options, algorithms })).payload;
    }
    if (!this.#secret) throw refused("cannot be checked here: the server has no secret for tokens");
    return (await jwtVerify(token, this.#secret, { ...options, algorithms: ["HS256"] })).payload;
  }
}

function refused(what: string): Refusal {
  return new Refusal("unauthorized", `This token ${what}.`);
}

function keyOf(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}

function hostUserOf(claims: JWTPayload): HostUser {
  const { sub, exp } = claims;
  if (typeof sub !== "string" || !/^[\x21-\x7e]{1,128}$/.test(sub)) {
    throw refused("needs a “sub”: 1 to 128 printable ASCII characters");
  }
  const user = { id: APPLICATION_PREFIX + sub, name: nameOf(claims.name ?? sub) };
  const grant = grantOf(claims);
  return exp === undefined ? { user, grant } : { user, grant, expires: exp * 1_000 };
}

function nameOf(name: unknown): string {
  try {
    return parseName(name);
  } catch (error) {
    throw refused(`has a “name” that is none: ${(error as Error).message.replace(/\.$/, "")}`);
  }
}

function grantOf({ rooms, role }: JWTPayload): Grant {
  const general = roleOf(role ?? "member");
  if (rooms === undefined) return [{ pattern: "*", role: general }];
  if (!Array.isArray(rooms) || rooms.length > RULES_MOST) {
    throw refused(`has “rooms” that are no list of at most ${RULES_MOST}`);
  }
  return rooms.map((entry): RoomRule => {
    const { room, role = general } = typeof entry === "object" && entry !== null
      ? entry as { room?: unknown; role?: unknown }
      : { room: entry };
    if (typeof room !== "string" || !isPattern(room)) {
      throw refused(
        "has “rooms” with an entry that is no room and no pattern of public ones like team-*",
      );
    }
    return { pattern: room, role: roleOf(role) };
  });
}

function roleOf(role: unknown): Role {
  if (isRole(role)) return role;
  throw refused("has a “role” other than reader, member and moderator");
}

/** What `parlor token` puts into a token. */
export interface TokenRequest {
  sub: string;
  name: string;
  /** Without any, every public room. */
  rooms: readonly string[];
  role: Role;
  /** Seconds. */
  lasts: number;
}

/** A token signed with a secret as a host application would sign it. */
export async function signToken(
  request: TokenRequest,
  rules: Pick<TokenRules, "audience" | "issuer"> & { secret: string },
): Promise<string> {
  const { sub, name, rooms, role, lasts } = request;
  const now = Math.floor(Date.now() / 1_000);
  const jwt = new SignJWT({ name, role, ...(rooms.length > 0 ? { rooms: [...rooms] } : {}) })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(sub).setIssuedAt(now).setExpirationTime(now + lasts);
  if (rules.audience !== undefined) jwt.setAudience(rules.audience);
  if (rules.issuer !== undefined) jwt.setIssuer(rules.issuer);
  return await jwt.sign(keyOf(rules.secret));
}
