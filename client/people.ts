/** Who is in a large room, where events tell only how many. */

import type { User } from "../server/protocol.ts";
import { answerOf } from "./session.ts";

/** The first people of a room, in the order of arrival. Rejects with a sentence for people. */
export async function readPeople(origin: string, room: string): Promise<User[]> {
  const response = await fetch(new URL(`/api/rooms/${room}/people`, origin));
  return (await answerOf<{ people: User[] }>(response)).people;
}
