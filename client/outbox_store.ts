/** Unsent messages, kept by the browser until they are acknowledged. */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";

/** A message on its way. */
export interface Outgoing {
  id: string;
  room: string;
  message: string;
  state: "pending" | "failed";
  /** Why it was refused, for people. */
  reason?: string;
  /** False: the same text would be refused again. */
  retryable?: boolean;
  /** When it was written, in milliseconds. */
  at: number;
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
