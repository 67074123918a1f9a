/** What the reader has written, ready to go. */

import { isLongerThan } from "../server/protocol_parse.ts";
import type { Outgoing } from "./outbox_store.ts";

/** What is said, or done with a message. */
export type Written = Pick<Outgoing, "message" | "replyTo" | "mentions" | "change">;

/** `most` is the longest message in UTF-8 bytes: a longer one need not be sent to be refused. */
export function outgoingOf(room: string, written: Written, most: number): Outgoing {
  const outgoing = { ...written, id: newId(), room, at: Date.now() };
  if (!isLongerThan(written.message, most)) return { ...outgoing, state: "pending" };
  return {
    ...outgoing,
    state: "failed",
    reason: "It is too long. Please shorten it or send it in parts.",
    retryable: false,
  };
}

/** 128 random bits; plain http over a LAN has no `randomUUID`. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
