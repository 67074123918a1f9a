/**
 * How messages stand after what was done with them, as the writer keeps it in the rows of the events that
 * began them. Synchronous, within the transaction that writes the event.
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
  EVENT_COLUMNS,
  eventOfRow,
  type EventRow,
  FIND_MESSAGE,
  messageOfRow,
  type MessageRow,
  payloadOf,
} from "./store_sqlite_rows.ts";

export class MessageProjection {
  readonly #find: StatementSync;
  readonly #setStanding: StatementSync;
  readonly #blank: StatementSync;
  readonly #pin: StatementSync;
  readonly #unpin: StatementSync;
  readonly #addEdit: StatementSync;
  readonly #lastEdit: StatementSync;
  readonly #forgetEdits: StatementSync;
  readonly #findEvent: StatementSync;
  readonly #setPayload: StatementSync;
  readonly #addMention: StatementSync;
  readonly #forgetMention: StatementSync;
  readonly #forgetReactions: StatementSync;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare(FIND_MESSAGE);
    this.#setStanding = database.prepare(
      "UPDATE events SET stands = ? WHERE room_key = ? AND seq = ?",
    );
    this.#blank = database.prepare(`
      UPDATE events SET payload = ?, stands = ?, deleted = 1, pinned = NULL, reactions = NULL
      WHERE room_key = ? AND seq = ?`);
    this.#pin = database.prepare(
      "UPDATE events SET pinned = ? WHERE room_key = ? AND seq = ? AND pinned IS NULL",
    );
    this.#unpin = database.prepare(
      "UPDATE events SET pinned = NULL WHERE room_key = ? AND seq = ?",
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
    this.#findEvent = database.prepare(
      `SELECT ${EVENT_COLUMNS} FROM events WHERE room_key = ? AND seq = ?`,
    );
    this.#setPayload = database.prepare(
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

  /** A message mentions people. */
  mention(key: number, { seq, user }: ChatEvent | Message, mentions: readonly Mention[]): void {
    for (const { id } of mentions) this.#addMention.run(id, key, seq, user.id);
  }

  /** Whether a message has been edited as often as it may be. */
  isEditedOut(key: number, seq: number): boolean {
    return this.#lastEdit.get(key, seq) !== undefined;
  }

  edit(key: number, { mentions: before, ...message }: Message, event: EditEvent): void {
    const { message: text, mentions, timestamp: edited } = event;
    const stands = { ...message, message: text, edited, ...(mentions ? { mentions } : {}) };
    this.#setStanding.run(standingPayloadOf(stands), key, message.seq);
    this.#addEdit.run(key, message.seq, event.seq);
    this.#forgetMentions(key, message.seq, before);
    if (mentions) this.mention(key, stands, mentions);
  }

  /** Leaves the text in no row. */
  delete(key: number, message: Message, { room, target, user }: DeleteEvent): void {
    const said = payloadOf(blanked(message));
    const stands = payloadOf(deletedBy(user, message));
    this.#blank.run(said, stands === said ? null : stands, key, target);
    const edits = this.#forgetEdits.all(key, target) as unknown as { seq: number }[];
    for (const { seq } of edits) {
      const event = eventOfRow(room, this.#findEvent.get(key, seq) as unknown as EventRow);
      this.#setPayload.run(payloadOf(blanked(event as EditEvent)), key, seq);
    }
    this.#forgetMentions(key, target, message.mentions);
    this.#forgetReactions.run(key, target);
  }

  pin(key: number, { target, on, seq }: PinEvent): void {
    if (on) this.#pin.run(seq, key, target);
    else this.#unpin.run(key, target);
  }

  #forgetMentions(key: number, seq: number, mentions: readonly Mention[] = []): void {
    for (const { id } of mentions) this.#forgetMention.run(id, key, seq);
  }
}

/** The payload of a message; its pin and reactions have columns of their own. */
function standingPayloadOf({ pinned: _, reactions: _reactions, ...message }: Message): string {
  return payloadOf(message);
}
