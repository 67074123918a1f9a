/** An application that signs tokens for its own users, honestly or not. */

import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from "jose";

/** The secret that it shares with Parlor. */
export const HOST_SECRET = "the secret of the host application";

export interface TokenOptions {
  secret?: string;
  /** Signs with HS256 where absent. */
  algorithm?: string;
  key?: CryptoKey;
  /** The key's id. */
  kid?: string;
}

/** Milliseconds from now → seconds as in claims. */
export function at(milliseconds: number): number {
  return (Date.now() + milliseconds) / 1_000;
}

/** A token for Ada that lasts a minute, unless `claims` say otherwise; undefined takes one away. */
export async function hostToken(
  claims: Record<string, unknown> = {},
  { secret = HOST_SECRET, algorithm = "HS256", key, kid }: TokenOptions = {},
): Promise<string> {
  const all = { sub: "ada", name: "Ada", exp: at(60_000), ...claims };
  return await new SignJWT(JSON.parse(JSON.stringify(all)))
    .setProtectedHeader({ alg: algorithm, ...(kid === undefined ? {} : { kid }) })
    .sign(key ?? new TextEncoder().encode(secret));
}

/** A token that says it needs no signature. */
export function unsignedToken(claims: Record<string, unknown> = {}): string {
  const part = (value: unknown) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    });
  const body = { sub: "ada", name: "Ada", exp: at(60_000), ...claims };
  return `${part({ alg: "none", typ: "JWT" })}.${part(body)}.`;
}

/** A place where public keys are published, and their private halves. */
export class KeyServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #published: object[] = [];
  /** How often the keys were fetched. */
  fetched = 0;
  /** Answers as if something was wrong. */
  isBroken = false;

  constructor() {
    this.#server = Deno.serve({ hostname: "localhost", port: 0, onListen: () => {} }, () => {
      this.fetched++;
      if (this.isBroken) return new Response("out of order", { status: 500 });
      return Response.json({ keys: this.#published });
    });
  }

  get url(): string {
    return `http://localhost:${this.#server.addr.port}/keys`;
  }

  /** Makes a key pair and publishes its public half; returns what signs a token with it. */
  async publish(algorithm: string, kid: string): Promise<Required<Omit<TokenOptions, "secret">>> {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
    this.#published.push({ ...await exportJWK(publicKey), kid, alg: algorithm, use: "sig" });
    return { algorithm, key: privateKey, kid };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
