/** What was not sent yet, kept by the browser until it is acknowledged. */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type {
  ChatCommand,
  DeleteCommand,
  EditCommand,
  PinCommand,
  ReactCommand,
} from "../server/protocol.ts";

/** What goes into the log of a room that is known. */
export type RoomCommand = ChatCommand | EditCommand | DeleteCommand | ReactCommand | PinCommand;

/** What is done with a message that stands. */
export type Change =
  | { type: "edit" | "delete"; target: number }
  | { type: "react"; target: number; emoji: string; on: boolean }
  | { type: "pin"; target: number; on: boolean };

/** Something said, or done with a message, that is on its way. */
export interface Outgoing {
  id: string;
  room: string;
  /** What is said, or the new text of an edited message; empty for what has none. */
  message: string;
  /** The message that this one answers. */
  replyTo?: number;
  /** Ids of the people whom the text names. */
  mentions?: string[];
  /** Absent: something is said. */
  change?: Change;
  state: "pending" | "failed";
  /** Why it was refused, for people. */
  reason?: string;
  /** False: the same would be refused again. */
  retryable?: boolean;
  /** When it was written, in milliseconds. */
  at: number;
}

/** The command that carries it out. */
export function commandOf(outgoing: Outgoing): RoomCommand {
  const { id, room, message, replyTo, mentions, change } = outgoing;
  const named = mentions === undefined ? {} : { mentions };
  if (!change) {
    const answer = replyTo === undefined ? {} : { replyTo };
    return { type: "chat", id, room, message, ...answer, ...named };
  }
  const { type, target } = change;
  if (type === "edit") return { type, id, room, target, message, ...named };
  return { ...change, id, room } as DeleteCommand | ReactCommand | PinCommand;
}

interface Kept extends Outgoing {
  userId: string;
}

interface Schema extends DBSchema {
  outbox: { key: [string, string]; value: Kept; indexes: { userId: string } };
}

export interface OutboxStore {
  /** What a user has not sent yet, in the order of writing. */
  all(userId: string): Promise<Outgoing[]>;
  put(userId: string, outgoing: Outgoing): Promise<void>;
  remove(userId: string, id: string): Promise<void>;
}

/**
 * Keeps them in IndexedDB. Where the browser refuses that, as in some private windows, they last for as
 * long as the page.
 */
export function browserOutboxStore(): OutboxStore {
  let opening: Promise<IDBPDatabase<Schema> | undefined> | undefined;
  const database = () => opening ??= openDatabase();
  return {
    async all(userId) {
      const kept = await (await database())?.getAllFromIndex("outbox", "userId", userId) ?? [];
      return kept.map(({ userId: _, ...outgoing }) => outgoing)
        .sort((one, other) => one.at - other.at);
    },
    async put(userId, outgoing) {
      await (await database())?.put("outbox", { ...outgoing, userId });
    },
    async remove(userId, id) {
      await (await database())?.delete("outbox", [userId, id]);
    },
  };
}

/** Undefined where the browser refuses, be it at once or after a while. */
async function openDatabase(): Promise<IDBPDatabase<Schema> | undefined> {
  try {
    return await openDB<Schema>("parlor", 1, {
      upgrade(database) {
        database.createObjectStore("outbox", { keyPath: ["userId", "id"] })
          .createIndex("userId", "userId");
      },
    });
  } catch {
    return undefined;
  }
}
