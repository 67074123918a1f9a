/** Saying much, at the pace at which the server keeps it. */

import type { Client } from "./client.ts";

/** Messages that are said before the last of them is waited for. */
const UNDER_WAY = 200;

/** Says all texts in the lobby, in order, and resolves when the last one is kept. */
export async function sayAll(author: Client, texts: readonly string[]): Promise<void> {
  for (let start = 0; start < texts.length; start += UNDER_WAY) {
    let id: string;
    // A frame each, as those of one frame are kept one after the other.
    for (const message of texts.slice(start, start + UNDER_WAY)) {
      id = crypto.randomUUID();
      author.send({ type: "chat", id, room: "lobby", message });
    }
    await author.nextOf("chat", (event) => event.id === id);
  }
}

/** `message 1` … `message COUNT`, after the `before` that were said. */
export function numbered(count: number, before = 0, word = "message"): string[] {
  return Array.from({ length: count }, (_, index) => `${word} ${before + index + 1}`);
}
