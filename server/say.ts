/** From a parsed command to what is kept: the one way to say something, whatever brought the command. */

import type { Domain } from "./domain.ts";
import type { Identity } from "./identity.ts";
import type { ChatCommand, DirectCommand } from "./protocol.ts";
import type { Appended } from "./store.ts";

/** Says something in a room, or to people in their conversation. */
export function say(
  domain: Pick<Domain, "chat" | "conversations">,
  who: Identity,
  command: ChatCommand | DirectCommand,
): Promise<Appended> {
  return "to" in command ? sayTo(domain, who, command) : domain.chat.post(who, command);
}

async function sayTo(
  { chat, conversations }: Pick<Domain, "chat" | "conversations">,
  who: Identity,
  { to, ...said }: DirectCommand,
): Promise<Appended> {
  const { room } = await conversations.with(who, to);
  return await chat.post(who, { ...said, room });
}
