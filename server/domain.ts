/** Everything that commands and requests can ask for, put together. */

import { Access } from "./access.ts";
import { Attendance } from "./attendance.ts";
import type { Bus } from "./bus.ts";
import { Chat } from "./chat.ts";
import { Conversations } from "./conversations.ts";
import { Directory } from "./directory.ts";
import { EventLog } from "./event_log.ts";
import { History } from "./history.ts";
import type { Hub } from "./hub.ts";
import { Invitations } from "./invitations.ts";
import type { Limiter } from "./limits.ts";
import { Lists } from "./lists.ts";
import type { Log } from "./log.ts";
import { Mentions } from "./mentions.ts";
import { Messages } from "./messages.ts";
import { People } from "./people_search.ts";
import { Personal } from "./personal.ts";
import type { Presence } from "./presence.ts";
import { RoomIds } from "./room_ids.ts";
import { RoomStates } from "./room_states.ts";
import { Rooms } from "./rooms.ts";
import { Statuses } from "./statuses.ts";
import type { Store } from "./store.ts";

export interface Domain {
  limiter: Limiter;
  access: Access;
  events: EventLog;
  personal: Personal;
  directory: Directory;
  statuses: Statuses;
  attendance: Attendance;
  chat: Chat;
  history: History;
  messages: Messages;
  rooms: Rooms;
  invitations: Invitations;
  conversations: Conversations;
  lists: Lists;
  people: People;
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
  const directory = new Directory(store.people, log);
  const statuses = new Statuses(directory);
  const personal = new Personal(bus, log);
  const lists = new Lists(store, access, personal, limiter);
  const mentions = new Mentions(directory, presence);
  const history = new History(store, access, limiter.sizes);
  const attendance = new Attendance(
    access,
    history,
    hub,
    presence,
    personal,
    statuses,
    limiter,
  );
  const chat = new Chat(store, events, access, lists, mentions, limiter);
  const messages = new Messages(store, events, access, mentions, limiter);
  const ids = new RoomIds(secret);
  const rooms = new Rooms(store, events, access, directory, lists, personal, limiter, ids);
  const invitations = new Invitations(store, events, access, states, rooms, lists, limiter);
  const conversations = new Conversations(store, directory, events, lists, limiter, ids);
  const people = new People(directory, statuses, limiter);
  return {
    limiter,
    access,
    events,
    personal,
    directory,
    statuses,
    attendance,
    chat,
    history,
    messages,
    rooms,
    invitations,
    conversations,
    lists,
    people,
  };
}
