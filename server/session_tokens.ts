/** The tokens of guests' sessions. Each says only whose it is, and until when. */

import { decodeProtectedHeader, jwtVerify, SignJWT } from "jose";

const ALGORITHM = "HS256";
/** Tells our own tokens from others (RFC 8725, section 3.11). */
const TYPE = "parlor-session+jwt";

export class SessionTokens {
  readonly #key: Promise<CryptoKey>;

  /** @param now the clock, in milliseconds */
  constructor(secret: string, private readonly now: () => number) {
    this.#key = sessionKey(secret);
  }

  /** A token of somebody's session; `expires` in milliseconds. */
  async sign(userId: string, expires: number): Promise<string> {
    return await new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
      .setSubject(userId)
      .setIssuedAt(Math.floor(this.now() / 1_000))
      .setExpirationTime(Math.floor(expires / 1_000))
      .sign(await this.#key);
  }

  /** The id of whom a token is of; undefined for any that is no good. */
  async verify(token: string): Promise<string | undefined> {
    try {
      const { payload } = await jwtVerify(token, await this.#key, {
        algorithms: [ALGORITHM],
        typ: TYPE,
        currentDate: new Date(this.now()),
      });
      return payload.sub;
    } catch {
      // Not signed by us, expired, or not a token at all: all the same to the asker.
      return undefined;
    }
  }
}

/** Whether a token says that it is of a session, and not the application's. */
export function isOwnToken(token: string): boolean {
  try {
    return decodeProtectedHeader(token).typ === TYPE;
  } catch {
    return false;
  }
}

/**
 * The key that signs sessions. Derived, so that a token of the host application is never one of a session
 * nor the other way round, not even where somebody uses one secret for both.
 */
async function sessionKey(secret: string): Promise<CryptoKey> {
  const text = new TextEncoder();
  const base = await crypto.subtle.importKey("raw", text.encode(secret), "HKDF", false, [
    "deriveKey",
  ]);
  return await crypto.subtle.deriveKey(
    {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: text.encode("parlor session"),
    },
    base,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign", "verify"],
  );
}
