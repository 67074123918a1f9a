/** The public keys that a host application publishes for its tokens (JWKS, RFC 7517), fetched and kept. */

import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
} from "jose";
import type { Log } from "./log.ts";
import { Refusal } from "./protocol.ts";

/** Milliseconds. */
export interface KeysTimes {
  /** How long to wait for an answer. */
  timeout: number;
  /** How long keys hold until they are asked for again. */
  hold: number;
  /** How long they hold where they cannot be asked for: no outage is to sign everybody out. */
  holdUnreachable: number;
  /** How soon after an answer an unknown key is asked for. */
  coolDown: number;
  /** How soon after a failure the next try is made. */
  pause: number;
}

export const KEYS_TIMES: KeysTimes = {
  timeout: 5_000,
  hold: 10 * 60_000,
  holdUnreachable: 24 * 60 * 60_000,
  coolDown: 30_000,
  pause: 2_000,
};

export class TokenKeys {
  readonly #remote: ReturnType<typeof createRemoteJWKSet>;
  /** The keys of the last good answer. */
  #known: { keys: ReturnType<typeof createLocalJWKSet>; at: number } | undefined;
  /** When the last try failed; undefined since one went well. */
  #failedAt: number | undefined;

  /** @param times for tests that cannot wait */
  constructor(
    private readonly url: string,
    private readonly log: Log,
    private readonly times: KeysTimes = KEYS_TIMES,
  ) {
    this.#remote = createRemoteJWKSet(new URL(url), {
      timeoutDuration: times.timeout,
      cacheMaxAge: times.hold,
      cooldownDuration: times.coolDown,
      [customFetch]: fetchKeys,
    });
  }

  /**
   * The key that a token names. Rejects with `unavailable` where it is not known and the keys cannot be
   * fetched, and with the library's `JWKSNoMatchingKey` where it is not among them.
   */
  async find(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    if (!this.#remote.fresh) await this.#refresh();
    try {
      return await this.#known!.keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || this.#remote.coolingDown) throw error;
    }
    await this.#fetch();
    return await this.#known!.keys(header, token);
  }

  /** Resolves when there are keys to use. */
  async #refresh(): Promise<void> {
    const wasFailing = this.#failedAt !== undefined;
    const fetched = this.#fetch();
    const age = performance.now() - (this.#known?.at ?? -Infinity);
    if (age > this.times.holdUnreachable) return await fetched;
    const settled = fetched.catch(() => {});
    // Nobody whose key is known waits for a place that did not answer the last time.
    if (!wasFailing) await settled;
  }

  /** Fetches the keys, or says at once that they cannot be where that was tried a moment ago. */
  async #fetch(): Promise<void> {
    if (this.#failedAt !== undefined && performance.now() - this.#failedAt < this.times.pause) {
      throw this.#unavailable();
    }
    try {
      await this.#remote.reload();
    } catch (error) {
      this.#failed(error);
      throw this.#unavailable();
    }
    this.#known = { keys: createLocalJWKSet(this.#remote.jwks()!), at: performance.now() };
    if (this.#failedAt === undefined) return;
    this.#failedAt = undefined;
    this.log.info("the keys for tokens can be fetched again", { url: this.url });
  }

  /** The log is told when it begins, not at every try. */
  #failed(error: unknown): void {
    const isNew = this.#failedAt === undefined;
    this.#failedAt = performance.now();
    if (!isNew) return;
    this.log.error(
      "The keys for tokens cannot be fetched, so only tokens of keys fetched before get in. " +
        "Check --jwks-url and whether this machine reaches it.",
      { url: this.url, reason: error instanceof Error ? error.message : String(error) },
    );
  }

  #unavailable(): Refusal {
    return new Refusal(
      "unavailable",
      "The server cannot check tokens just now. Please try again in a moment.",
      this.times.pause,
    );
  }
}

/** The library looks only at answers that are one, and leaves others open. */
const fetchKeys: FetchImplementation = async (url, options) => {
  const response = await fetch(url, options);
  if (response.status !== 200) await response.body?.cancel();
  return response;
};
