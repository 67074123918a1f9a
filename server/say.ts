/** From a parsed command to what is kept: the one way to say something, whatever brought the command. */

import type { Domain } from "./domain.ts";
import type { Identity } from "./identity.ts";
import type { ChatCommand, DirectCommand } from "./protocol.ts";
import type { Appended } from "./store.ts";

/** Says something in a room, or to people in their conversation. */
export async function say(
  { chat, conversations }: Pick<Domain, "chat" | "conversations">,
  who: Identity,
  { type: _, ...said }: ChatCommand | DirectCommand,
): Promise<Appended> {
  if (!("to" in said)) return await chat.post(who, said);
  const { to, ...saying } = said;
  const { room } = await conversations.with(who, to);
  return await chat.post(who, { ...saying, room });
}
