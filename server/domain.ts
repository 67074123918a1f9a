/** Everything that commands and requests can ask for, put together. */

import { Access } from "./access.ts";
import type { Bus } from "./bus.ts";
import { Chat } from "./chat.ts";
import { Conversations } from "./conversations.ts";
import { EventLog } from "./event_log.ts";
import type { Hub } from "./hub.ts";
import type { Limiter } from "./limits.ts";
import { Lists } from "./lists.ts";
import type { Log } from "./log.ts";
import { Mentions } from "./mentions.ts";
import { Messages } from "./messages.ts";
import { Personal } from "./personal.ts";
import type { Presence } from "./presence.ts";
import { RoomIds } from "./room_ids.ts";
import { RoomStates } from "./room_states.ts";
import { Rooms } from "./rooms.ts";
import type { Store } from "./store.ts";

export interface Domain {
  access: Access;
  events: EventLog;
  personal: Personal;
  /** What is said, and who hears it. */
  chat: Chat;
  messages: Messages;
  rooms: Rooms;
  conversations: Conversations;
  lists: Lists;
}

export interface DomainDependencies {
  store: Store;
  bus: Bus;
  hub: Hub;
  presence: Presence;
  limiter: Limiter;
  log: Log;
  /** The server's own. */
  secret: string;
}

export function createDomain(
  { store, bus, hub, presence, limiter, log, secret }: DomainDependencies,
): Domain {
  const states = new RoomStates(store);
  const access = new Access(states);
  const events = new EventLog(store, bus, hub, states, log);
  const personal = new Personal(bus, log, (peer, room) => chat.cut(peer, room));
  const mentions = new Mentions(store.people, presence);
  const chat = new Chat({ store, events, access, hub, presence, personal, mentions, limiter });
  const messages = new Messages(store, events, access, mentions, limiter);
  const lists = new Lists(store, access, personal);
  const ids = new RoomIds(secret);
  const rooms = new Rooms(store, events, access, lists, personal, limiter, ids);
  const conversations = new Conversations(store, events, lists, limiter, ids);
  return { access, events, personal, chat, messages, rooms, conversations, lists };
}
