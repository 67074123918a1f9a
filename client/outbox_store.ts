/** What was not sent yet, kept by the browser until it is acknowledged. */

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
  let opening: Promise<IDBDatabase | undefined> | undefined;
  /** Carries one request out; undefined where nothing can be kept. */
  const inStore = async <T>(
    mode: IDBTransactionMode,
    ask: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T | undefined> => {
    const database = await (opening ??= openDatabase());
    if (!database) return undefined;
    const transaction = database.transaction(STORE, mode);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const request = ask(transaction.objectStore(STORE));
    // Done when it is kept, not when it was only taken.
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
    return promise;
  };
  return {
    async all(userId) {
      const kept = await inStore<Kept[]>(
        "readonly",
        (store) => store.index("userId").getAll(userId),
      ) ?? [];
      return kept.map(({ userId: _, ...outgoing }) => outgoing)
        .sort((one, other) => one.at - other.at);
    },
    async put(userId, outgoing) {
      await inStore("readwrite", (store) => store.put({ ...outgoing, userId }));
    },
    async remove(userId, id) {
      await inStore("readwrite", (store) => store.delete([userId, id]));
    },
  };
}

const STORE = "outbox";

/** Undefined where the browser refuses, be it at once or after a while. */
function openDatabase(): Promise<IDBDatabase | undefined> {
  return new Promise((resolve) => {
    const refused = () => resolve(undefined);
    try {
      const request = indexedDB.open("parlor", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(STORE, { keyPath: ["userId", "id"] })
          .createIndex("userId", "userId");
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = refused;
    } catch {
      refused();
    }
  });
}
