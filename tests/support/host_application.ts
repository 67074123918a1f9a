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

/** What a key server answers that has something other than keys to say. */
const WRONG_ANSWERS = {
  "an error": () => new Response("out of order", { status: 500 }),
  "a page": () => new Response("<title>Sign in</title>"),
  "another place": () => Response.redirect("http://localhost:1/"),
  "JSON of another kind": () => Response.json({ keys: "none" }),
} as const;

export const WRONG_ANSWER_KINDS = Object.keys(WRONG_ANSWERS) as (keyof typeof WRONG_ANSWERS)[];

/** A place where public keys are published, and their private halves. */
export class KeyServer implements AsyncDisposable {
  readonly #published = new Map<string, object>();
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;
  #port = 0;
  /** How often the keys were asked for. */
  fetched = 0;
  /** What it answers instead of the keys. */
  wrong: keyof typeof WRONG_ANSWERS | undefined;

  constructor() {
    this.start();
  }

  /** Listens, after `stop` again on the same port. */
  start(): void {
    const address = { hostname: "localhost", port: this.#port, onListen: () => {} };
    this.#server = Deno.serve(address, () => {
      this.fetched++;
      return this.wrong ? WRONG_ANSWERS[this.wrong]() : this.#answer();
    });
    this.#port = this.#server.addr.port;
  }

  /** Nothing answers any more. */
  async stop(): Promise<void> {
    await this.#server?.shutdown();
    this.#server = undefined;
  }

  get url(): string {
    return `http://localhost:${this.#port}/keys`;
  }

  /** Makes a key pair and publishes its public half; returns what signs a token with it. */
  async publish(algorithm: string, kid: string): Promise<Required<Omit<TokenOptions, "secret">>> {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
    this.#published.set(kid, { ...await exportJWK(publicKey), kid, alg: algorithm, use: "sig" });
    return { algorithm, key: privateKey, kid };
  }

  /** Publishes a key no more. */
  withdraw(kid: string): void {
    this.#published.delete(kid);
  }

  #answer(): Response {
    return Response.json({ keys: [...this.#published.values()] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
