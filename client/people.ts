/** Who is in a large room, where events tell only how many. */

import type { User } from "../server/protocol.ts";
import { answerOf } from "./session.ts";

/** The same people with the reader first, who is in the room also where only others are named. */
export function selfFirst(people: readonly User[], self: User): User[] {
  return [self, ...people.filter(({ id }) => id !== self.id)];
}

/** The first people of a room, in the order of arrival. Rejects with a sentence for people. */
export async function readPeople(origin: string, room: string): Promise<User[]> {
  const response = await fetch(new URL(`/api/rooms/${room}/people`, origin));
  return (await answerOf<{ people: User[] }>(response)).people;
}

/** People of the community whose names a text finds. Rejects with a sentence for people. */
export async function searchPeople(origin: string, text: string, limit: number): Promise<User[]> {
  const address = new URL("/api/people", origin);
  address.searchParams.set("search", text);
  address.searchParams.set("limit", String(limit));
  const people = (await answerOf<{ people: User[] }>(await fetch(address))).people;
  return people.map(({ id, name }) => ({ id, name }));
}
