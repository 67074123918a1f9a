/** Ids of private rooms and conversations: nobody can guess one, and a retry gets the same. */

export class RoomIds {
  readonly #key: Promise<CryptoKey>;

  /** `secret` is the server's own. */
  constructor(secret: string) {
    const bytes = new TextEncoder().encode(`parlor room ${secret}`);
    this.#key = crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [
      "sign",
    ]);
  }

  /** The room that somebody begins with a command of this id. */
  async privateRoom(userId: string, commandId: string): Promise<string> {
    const text = new TextEncoder().encode(`${userId} ${commandId}`);
    const digest = new Uint8Array(await crypto.subtle.sign("HMAC", await this.#key, text));
    // 128 bits.
    return `~${digest.subarray(0, 16).toBase64({ alphabet: "base64url", omitPadding: true })}`;
  }
}
