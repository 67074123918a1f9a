/** Messages by position, over HTTP. */

import type { Message } from "../server/protocol.ts";
import { answerOf } from "./session.ts";

/** Milliseconds that an answer may take. */
const PATIENCE = 15_000;

/** Reads messages of a room by position, as they stand; those that are none are left out. */
export type ReadMessages = (room: string, seqs: readonly number[]) => Promise<Message[]>;

/** The messages at an origin such as `https://chat.example`. */
export function messagesAt(origin: string): ReadMessages {
  return async (room, seqs) => {
    const address = new URL(`/api/rooms/${room}/messages`, origin);
    address.searchParams.set("seqs", seqs.join(","));
    const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) });
    const { messages } = await answerOf<{ messages: Message[] }>(response);
    return messages;
  };
}
