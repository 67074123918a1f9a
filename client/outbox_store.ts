/** What was not sent yet, kept by the browser until it is acknowledged. */

import type {
  ChatCommand,
  DeleteCommand,
  EditCommand,
  PinCommand,
  ReactCommand,
} from "../server/protocol.ts";
import { namesUnder, read, write } from "./storage.ts";

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

/** Done when it returns: what was written is kept, however soon the page goes away. */
export interface OutboxStore {
  /** What a user has not sent yet, in the order of writing. */
  all(userId: string): Outgoing[];
  put(userId: string, outgoing: Outgoing): void;
  remove(userId: string, id: string): void;
}

/**
 * Keeps each in this browser's storage under a name of its own, so that tabs do not disturb each other.
 * Where that is blocked or full, they last for as long as the page.
 */
export const browserOutboxStore: OutboxStore = {
  all(userId) {
    return namesUnder(nameOf(userId)).flatMap((name) => parse(read(name)))
      .sort((one, other) => one.at - other.at);
  },
  put(userId, outgoing) {
    write(nameOf(userId) + outgoing.id, JSON.stringify(outgoing));
  },
  remove(userId, id) {
    write(nameOf(userId) + id, null);
  },
};

/** What the names of a user's messages begin with: quoted, so that nobody's begins like another's. */
function nameOf(userId: string): string {
  return `unsent.${JSON.stringify(userId)}.`;
}

function parse(text: string | null): Outgoing[] {
  try {
    const outgoing: Outgoing = JSON.parse(text ?? "");
    return typeof outgoing.id === "string" && typeof outgoing.room === "string" ? [outgoing] : [];
  } catch {
    return [];
  }
}
