/**
 * How messages stand after what was done with them, as the writer keeps it beside the log. Synchronous,
 * within the transaction that writes the event.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  type ChatEvent,
  type DeleteEvent,
  type EditEvent,
  LIMITS,
  type Mention,
  type Message,
  type PinEvent,
} from "./protocol.ts";
import { blanked, deletedBy } from "./store_rules.ts";
import {
  eventOfRow,
  type EventRow,
  MESSAGE_COLUMNS,
  messageOfRow,
  type MessageRow,
  PAYLOAD_VERSION,
  payloadOf,
} from "./store_sqlite_rows.ts";

export class MessageProjection {
  readonly #find: StatementSync;
  readonly #add: StatementSync;
  readonly #setPayload: StatementSync;
  readonly #blank: StatementSync;
  readonly #pin: StatementSync;
  readonly #unpin: StatementSync;
  readonly #addEdit: StatementSync;
  readonly #lastEdit: StatementSync;
  readonly #forgetEdits: StatementSync;
  readonly #event: StatementSync;
  readonly #setEventPayload: StatementSync;
  readonly #addMention: StatementSync;
  readonly #forgetMention: StatementSync;
  readonly #forgetReactions: StatementSync;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare(
      `SELECT ${MESSAGE_COLUMNS} FROM messages WHERE room_key = ? AND seq = ?`,
    );
    this.#add = database.prepare(`
      INSERT INTO messages (room_key, seq, timestamp, id, version, payload)
      VALUES (?, ?, ?, ?, ${PAYLOAD_VERSION}, ?)`);
    this.#setPayload = database.prepare(
      "UPDATE messages SET payload = ? WHERE room_key = ? AND seq = ?",
    );
    this.#blank = database.prepare(`
      UPDATE messages SET payload = ?, deleted = 1, pinned = NULL, reactions = NULL
      WHERE room_key = ? AND seq = ?`);
    this.#pin = database.prepare(
      "UPDATE messages SET pinned = ? WHERE room_key = ? AND seq = ? AND pinned IS NULL",
    );
    this.#unpin = database.prepare(
      "UPDATE messages SET pinned = NULL WHERE room_key = ? AND seq = ?",
    );
    this.#addEdit = database.prepare("INSERT INTO edits (room_key, target, seq) VALUES (?, ?, ?)");
    this.#lastEdit = database.prepare(
      `SELECT 1 FROM edits WHERE room_key = ? AND target = ? LIMIT 1 OFFSET ${
        LIMITS.editsPerMessage - 1
      }`,
    );
    this.#forgetEdits = database.prepare(
      "DELETE FROM edits WHERE room_key = ? AND target = ? RETURNING seq",
    );
    this.#event = database.prepare(`
      SELECT seq, timestamp, type, id, version, payload FROM events
      WHERE room_key = ? AND seq = ?`);
    this.#setEventPayload = database.prepare(
      "UPDATE events SET payload = ? WHERE room_key = ? AND seq = ?",
    );
    this.#addMention = database.prepare(`
      INSERT OR IGNORE INTO mentions (user_id, room_key, seq, author_id) VALUES (?, ?, ?, ?)`);
    this.#forgetMention = database.prepare(
      "DELETE FROM mentions WHERE user_id = ? AND room_key = ? AND seq = ?",
    );
    this.#forgetReactions = database.prepare(
      "DELETE FROM reactions WHERE room_key = ? AND seq = ?",
    );
  }

  /** The message at a position; undefined where there is none. */
  find(key: number, room: string, seq: number): Message | undefined {
    const row = this.#find.get(key, seq) as unknown as MessageRow | undefined;
    return row && messageOfRow(room, row);
  }

  /** @param payload the event's, which is the message's too */
  add(key: number, event: ChatEvent, payload: string): void {
    this.#add.run(key, event.seq, event.timestamp, event.id, payload);
    if (event.mentions) this.#mention(key, event.seq, event.user.id, event.mentions);
  }

  /** Whether a message has been edited as often as it may be. */
  isEditedOut(key: number, seq: number): boolean {
    return this.#lastEdit.get(key, seq) !== undefined;
  }

  edit(key: number, { mentions: before, ...message }: Message, event: EditEvent): void {
    const { message: text, mentions, timestamp: edited } = event;
    const stands = { ...message, message: text, edited, ...(mentions ? { mentions } : {}) };
    this.#setPayload.run(standingPayloadOf(stands), key, message.seq);
    this.#addEdit.run(key, message.seq, event.seq);
    this.#forgetMentions(key, message.seq, before);
    if (mentions) this.#mention(key, message.seq, message.user.id, mentions);
  }

  /** Leaves the text in no row. */
  delete(key: number, message: Message, { room, target, user }: DeleteEvent): void {
    this.#blank.run(payloadOf(deletedBy(user, message)), key, target);
    const edits = this.#forgetEdits.all(key, target) as unknown as { seq: number }[];
    for (const seq of [target, ...edits.map((edit) => edit.seq)]) {
      const event = eventOfRow(room, this.#event.get(key, seq) as unknown as EventRow);
      this.#setEventPayload.run(payloadOf(blanked(event as ChatEvent | EditEvent)), key, seq);
    }
    this.#forgetMentions(key, target, message.mentions);
    this.#forgetReactions.run(key, target);
  }

  pin(key: number, { target, on, seq }: PinEvent): void {
    if (on) this.#pin.run(seq, key, target);
    else this.#unpin.run(key, target);
  }

  #mention(key: number, seq: number, authorId: string, mentions: readonly Mention[]): void {
    for (const { id } of mentions) this.#addMention.run(id, key, seq, authorId);
  }

  #forgetMentions(key: number, seq: number, mentions: readonly Mention[] = []): void {
    for (const { id } of mentions) this.#forgetMention.run(id, key, seq);
  }
}

/** The payload of a message; its pin and reactions have columns of their own. */
function standingPayloadOf({ pinned: _, reactions: _reactions, ...message }: Message): string {
  return payloadOf(message);
}
