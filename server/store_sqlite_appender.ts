/**
 * Writes a draft into its room's log, and what stands after it: the order of the log, retries and what
 * cannot be done. Synchronous, within a transaction of the writer (`store_sqlite_batch.ts`).
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LogEvent, Message } from "./protocol.ts";
import type { Draft, MemberDraft } from "./store.ts";
import { conversationOf, eventOf, isOneTooMany, isRetry } from "./store_rules.ts";
import { MessageProjection } from "./store_sqlite_message_projection.ts";
import { ReactionProjection } from "./store_sqlite_reaction_projection.ts";
import type { RoomHead, RoomHeads } from "./store_sqlite_room_heads.ts";
import { RoomProjection } from "./store_sqlite_room_projection.ts";
import {
  EVENT_COLUMNS,
  FIND_EVENT,
  foundEventOf,
  PAYLOAD_VERSION,
  payloadOf,
} from "./store_sqlite_rows.ts";

/** A draft, and when it came in milliseconds. */
export interface StampedDraft {
  draft: Draft;
  timestamp: number;
}

/** Why a draft has no place in the log, as things stand in it. */
export type LogRefusalCode =
  | "conflict"
  | "not_found"
  | "gone"
  | "too_many_reactions"
  | "too_many_edits"
  | "room_exists";

/** What a draft has brought about beside its place in the log. */
export interface Consequences {
  /** Ids of people on whose list the room is again. */
  relisted?: string[];
  /** How many people have the emoji of a reaction on the message then. */
  count?: number;
}

/** What became of a draft: kept at a place; the event that was there before; or refused. */
export type DraftOutcome =
  | [seq: number, timestamp: number, consequences?: Consequences]
  | LogEvent
  | LogRefusalCode;

export class Appender {
  readonly #findEvent: StatementSync;
  readonly #findConversation: StatementSync;
  readonly #addEvent: StatementSync;
  readonly #messages: MessageProjection;
  readonly #reactions: ReactionProjection;
  readonly #rooms: RoomProjection;

  constructor(database: DatabaseSync, private readonly heads: RoomHeads) {
    this.#findEvent = database.prepare(FIND_EVENT);
    this.#findConversation = database.prepare(`
      SELECT room, ${EVENT_COLUMNS} FROM rooms JOIN events ON events.room_key = rooms.key AND seq = 1
      WHERE conversation = ?`);
    this.#addEvent = database.prepare(`
      INSERT INTO events (room_key, seq, timestamp, type, user_id, id, version, payload)
      VALUES (?, ?, ?, ?, ?, ?, ${PAYLOAD_VERSION}, ?) ON CONFLICT (user_id, id) DO NOTHING`);
    this.#messages = new MessageProjection(database);
    this.#reactions = new ReactionProjection(database);
    this.#rooms = new RoomProjection(database);
  }

  /** A refused draft has written nothing. Throws what SQLite throws; the transaction is void then. */
  append({ draft, timestamp }: StampedDraft): DraftOutcome {
    const begun = this.#conversation(draft);
    if (begun) return begun;
    const found = this.heads.find(draft.room);
    // Nothing but a retry is against a message in a room that is there, and of that the index tells when
    // it is written: most drafts are such, so they are not looked for.
    if (draft.type !== "chat" || !found) {
      const repeated = this.#repeated(draft);
      if (repeated) return repeated;
    }

    const created = draft.type === "room" ? draft.created : undefined;
    if (created !== undefined && found) return "room_exists";
    let message: Message | undefined;
    let count: number | undefined;
    if ("target" in draft) {
      message = found && this.#messages.find(found.key, draft.room, draft.target);
      if (!message) return "not_found";
      if (message.deleted) return "gone";
      if (draft.type === "react") {
        const { reactions = [] } = message;
        if (isOneTooMany(draft, reactions)) return "too_many_reactions";
        count = this.#reactions.countAfter(found!.key, draft, reactions);
      }
      if (draft.type === "edit" && this.#messages.isEditedOut(found!.key, draft.target)) {
        return "too_many_edits";
      }
    }

    const room = found ?? this.heads.add(draft.room, created);
    const event = eventOf(draft, room.head + 1, Math.max(timestamp, room.timestamp), count);
    const payload = payloadOf(event);
    const { seq, type, user, id } = event;
    const at = event.timestamp;
    const { changes } = this.#addEvent.run(room.key, seq, at, type, user.id, id, payload);
    if (changes === 0) return this.#repeated(draft)!;
    this.heads.move(room, seq, at);
    const relisted = this.#project(room, event, draft, message);
    if (count !== undefined) return [seq, at, { count }];
    return relisted.length > 0 ? [seq, at, { relisted }] : [seq, at];
  }

  /** What becomes of a draft whose author has used its id before. */
  #repeated(draft: Draft): LogEvent | LogRefusalCode | undefined {
    const known = foundEventOf(this.#findEvent.get(draft.user.id, draft.id));
    return known && (isRetry(draft, known) ? known : "conflict");
  }

  /** The event with which the conversation that a draft would begin has begun already. */
  #conversation(draft: Draft): LogEvent | undefined {
    if (draft.type !== "room" || draft.created !== "direct") return undefined;
    return foundEventOf(this.#findConversation.get(conversationOf(draft.members ?? [])));
  }

  /**
   * @param message the target of what has one
   * @returns ids of people on whose list the room is again
   */
  #project(
    room: RoomHead,
    event: LogEvent,
    draft: Draft,
    message?: Message,
  ): string[] {
    const { key } = room;
    switch (event.type) {
      case "chat":
        if (event.mentions) this.#messages.mention(key, event, event.mentions);
        return room.kind === "direct" ? this.#rooms.relist(key, event.room, event.seq) : [];
      case "edit":
        this.#messages.edit(key, message!, event);
        return [];
      case "delete":
        this.#messages.delete(key, message!, event);
        return [];
      case "react":
        this.#reactions.react(key, event, message!.reactions);
        return [];
      case "pin":
        this.#messages.pin(key, event);
        return [];
      case "room":
        this.#rooms.set(key, event);
        return [];
      case "member":
        this.#rooms.member(key, event, draft as MemberDraft);
        return [];
    }
  }
}
