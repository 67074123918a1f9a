/** Who put what on a message, where a page only tells how many. */

import type { Reactors } from "../server/protocol.ts";
import { askAt } from "./request.ts";

/** Reads who reacted; rejects with a sentence for people. */
export async function readReactors(room: string, seq: number): Promise<Reactors[]> {
  const path = `/api/rooms/${room}/messages/${seq}/reactions`;
  return (await askAt(location.origin)<{ reactions: Reactors[] }>("GET", path)).reactions;
}
