/**
 * The tables of the SQLite store, how older ones are brought up to date, and what is checked before
 * a file is trusted. Only the writer calls this.
 */

import type { DatabaseSync } from "node:sqlite";
import { newEpoch } from "./store_rules.ts";
import { DatabaseProblem } from "./store_sqlite_problems.ts";

/** "Parl": tells our files from those of other programs that use SQLite. */
const APPLICATION_ID = 0x5061726c;

/** Files up to this size are read whole at every start, which takes well below a second. */
const CHECKED_WHOLE_BYTES = 128 * 1024 * 1024;

/** How many rooms, the most recent first, are checked in a larger file. */
const CHECKED_ROOMS = 100;

/**
 * Migration `n`, counted from one, leads from `user_version` n - 1 to n. A released one is never
 * changed; another is added.
 *
 * Rows stand in the order in which they were written and are found by index: measured against
 * `WITHOUT ROWID`, messages of 1,000 bytes were written 2.6 times as fast into a third of the space.
 */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE meta (
      name TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT`,
    // head: the last position of the log; timestamp: when it was written, in milliseconds.
    `CREATE TABLE rooms (
      key INTEGER PRIMARY KEY,
      room TEXT NOT NULL UNIQUE,
      public INTEGER NOT NULL CHECK (public IN (0, 1)),
      head INTEGER NOT NULL,
      timestamp INTEGER NOT NULL
    ) STRICT`,
    `CREATE INDEX rooms_recent ON rooms (timestamp DESC, room) WHERE public = 1`,
    // What happened. The payload is JSON (`store_sqlite_rows.ts`).
    `CREATE TABLE events (
      room_key INTEGER NOT NULL REFERENCES rooms (key),
      seq INTEGER NOT NULL,
      timestamp INTEGER NOT NULL,
      type TEXT NOT NULL,
      user_id TEXT NOT NULL,
      id TEXT NOT NULL,
      version INTEGER NOT NULL,
      payload TEXT NOT NULL,
      PRIMARY KEY (room_key, seq),
      UNIQUE (user_id, id)
    ) STRICT`,
    // How the messages stand, each at the position of the event that began it.
    `CREATE TABLE messages (
      room_key INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      timestamp INTEGER NOT NULL,
      id TEXT NOT NULL,
      version INTEGER NOT NULL,
      payload TEXT NOT NULL,
      PRIMARY KEY (room_key, seq),
      FOREIGN KEY (room_key, seq) REFERENCES events (room_key, seq)
    ) STRICT`,
  ],
  [
    // Sessions and their names (`names_sqlite.ts`); expires: in milliseconds.
    `CREATE TABLE holders (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      expires INTEGER NOT NULL
    ) STRICT`,
    `CREATE INDEX holders_expiry ON holders (expires)`,
    // What the names look like.
    `CREATE TABLE names (
      key TEXT NOT NULL,
      holder_id TEXT NOT NULL REFERENCES holders (id) ON DELETE CASCADE,
      PRIMARY KEY (key, holder_id)
    ) STRICT`,
    `CREATE INDEX names_holder ON names (holder_id)`,
  ],
  [
    // settings: JSON; title: in lower case, to be searched; conversation: whose it is (`conversationKey`).
    `ALTER TABLE rooms ADD COLUMN kind TEXT NOT NULL DEFAULT 'public'`,
    `ALTER TABLE rooms ADD COLUMN settings TEXT NOT NULL DEFAULT '{}'`,
    `ALTER TABLE rooms ADD COLUMN title TEXT NOT NULL DEFAULT ''`,
    `ALTER TABLE rooms ADD COLUMN conversation TEXT`,
    `UPDATE rooms SET kind = 'private' WHERE public = 0`,
    `CREATE UNIQUE INDEX rooms_conversation ON rooms (conversation) WHERE conversation IS NOT NULL`,
    // pinned: the position of the event that pinned it; reactions: JSON of `StandingReaction[]`.
    `ALTER TABLE messages ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0`,
    `ALTER TABLE messages ADD COLUMN pinned INTEGER`,
    `ALTER TABLE messages ADD COLUMN reactions TEXT`,
    `CREATE INDEX messages_pinned ON messages (room_key, pinned) WHERE pinned IS NOT NULL`,
    // Unread messages are counted in it alone: who wrote each that was not deleted. An expression, as a
    // column would have to be filled in for all the messages that are there.
    `CREATE INDEX messages_unread ON messages
      (room_key, seq, iif(deleted, NULL, payload ->> '$.user.id'))`,
    // The events that changed the text of a message, which a delete has to blank.
    `CREATE TABLE edits (
      room_key INTEGER NOT NULL,
      target INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      PRIMARY KEY (room_key, target, seq)
    ) STRICT, WITHOUT ROWID`,
    // Who ever put an emoji on a message, under each of their names. user: JSON.
    `CREATE TABLE reactors (
      key INTEGER PRIMARY KEY,
      user TEXT NOT NULL UNIQUE
    ) STRICT`,
    // In the order in which they were put on.
    `CREATE TABLE reactions (
      key INTEGER PRIMARY KEY,
      room_key INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      emoji TEXT NOT NULL,
      user_id TEXT NOT NULL,
      reactor_key INTEGER NOT NULL REFERENCES reactors (key),
      UNIQUE (room_key, seq, emoji, user_id)
    ) STRICT`,
    // Who is mentioned (or everybody) in the message at a position, and by whom.
    `CREATE TABLE mentions (
      user_id TEXT NOT NULL,
      room_key INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      author_id TEXT NOT NULL,
      PRIMARY KEY (user_id, room_key, seq)
    ) STRICT, WITHOUT ROWID`,
    // In the order of their coming. user: JSON; invite: the token of the link by which they came.
    `CREATE TABLE members (
      key INTEGER PRIMARY KEY,
      room_key INTEGER NOT NULL REFERENCES rooms (key),
      user_id TEXT NOT NULL,
      user TEXT NOT NULL,
      role TEXT NOT NULL,
      since INTEGER NOT NULL,
      invite TEXT,
      UNIQUE (room_key, user_id)
    ) STRICT`,
    `CREATE INDEX members_invite ON members (invite) WHERE invite IS NOT NULL`,
    // By the id of the room, as people may have a place in one where nothing has happened yet.
    `CREATE TABLE places (
      user_id TEXT NOT NULL,
      room TEXT NOT NULL,
      read INTEGER NOT NULL,
      listed INTEGER NOT NULL,
      muted INTEGER NOT NULL,
      removed INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (user_id, room)
    ) STRICT, WITHOUT ROWID`,
    // search: the name in lower case.
    `CREATE TABLE people (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      search TEXT NOT NULL,
      seen INTEGER NOT NULL
    ) STRICT`,
    // author: JSON. revoked: 0, or when it was (1 in those of before).
    `CREATE TABLE invites (
      token TEXT PRIMARY KEY,
      room TEXT NOT NULL,
      role TEXT NOT NULL,
      expires INTEGER,
      author TEXT NOT NULL,
      created INTEGER NOT NULL,
      revoked INTEGER NOT NULL DEFAULT 0
    ) STRICT`,
    `CREATE INDEX invites_room ON invites (room)`,
  ],
  [
    // What happened to the rooms themselves, which pages of messages tell beside them.
    `CREATE INDEX events_notices ON events (room_key, seq) WHERE type IN ('room', 'member')`,
  ],
  [
    // Found by who reacted, for what a page tells its reader, and by message and emoji.
    `ALTER TABLE reactions RENAME TO reactions_before`,
    `CREATE TABLE reactions (
      key INTEGER PRIMARY KEY,
      room_key INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      emoji TEXT NOT NULL,
      user_id TEXT NOT NULL,
      reactor_key INTEGER NOT NULL REFERENCES reactors (key),
      UNIQUE (room_key, user_id, seq, emoji)
    ) STRICT`,
    `INSERT INTO reactions (key, room_key, seq, emoji, user_id, reactor_key)
      SELECT key, room_key, seq, emoji, user_id, reactor_key FROM reactions_before ORDER BY key`,
    `DROP TABLE reactions_before`,
    `CREATE INDEX reactions_message ON reactions (room_key, seq, emoji)`,
    // What stands with a message: each emoji, and how many put it there, or who where they are few. JSON.
    `UPDATE messages SET reactions = (
      SELECT json_group_array(json(part)) FROM (
        SELECT standing.key AS emoji_key, 0 AS place, json_quote(standing.value ->> 0) AS part
        FROM json_each(messages.reactions) AS standing
        UNION ALL
        SELECT standing.key, 1, iif(
          (SELECT sum(value ->> 1) FROM json_each(messages.reactions)) > 5,
          json_quote(standing.value ->> 1),
          (SELECT json_group_array(json(user)) FROM (
            SELECT user FROM reactions JOIN reactors ON reactors.key = reactor_key
            WHERE room_key = messages.room_key AND seq = messages.seq
              AND emoji = standing.value ->> 0
            ORDER BY reactions.key)))
        FROM json_each(messages.reactions) AS standing
        ORDER BY emoji_key, place))
    WHERE reactions IS NOT NULL`,
    // Events say how many people have the emoji on the message from then on.
    `UPDATE events SET payload = json_set(payload, '$.count', counted.count) FROM (
      SELECT room_key, seq,
        sum(change) OVER (PARTITION BY room_key, target, emoji ORDER BY seq) AS count
      FROM (
        SELECT room_key, seq, payload ->> '$.target' AS target, payload ->> '$.emoji' AS emoji,
          (payload ->> '$.on') - lag(payload ->> '$.on', 1, 0) OVER (
            PARTITION BY room_key, payload ->> '$.target', payload ->> '$.emoji', user_id
            ORDER BY seq) AS change
        FROM events WHERE type = 'react')) AS counted
    WHERE events.room_key = counted.room_key AND events.seq = counted.seq`,
    // What is left of a message says who has deleted it, where that was not its author.
    `UPDATE messages SET payload = json_set(payload, '$.deletedBy', json(gone.user)) FROM (
      SELECT room_key, payload ->> '$.target' AS target, user_id, payload -> '$.user' AS user
      FROM events WHERE type = 'delete') AS gone
    WHERE messages.room_key = gone.room_key AND messages.seq = gone.target
      AND messages.payload ->> '$.user.id' <> gone.user_id`,
  ],
  [
    // Messages stand in the rows of the events that began them, written once where nothing was done with
    // them. stands: the payload where it is no longer what was said; the others as in the table of before.
    `ALTER TABLE events ADD COLUMN stands TEXT`,
    `ALTER TABLE events ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0`,
    `ALTER TABLE events ADD COLUMN pinned INTEGER`,
    `ALTER TABLE events ADD COLUMN reactions TEXT`,
    `UPDATE events SET stands = nullif(message.payload, events.payload), deleted = message.deleted,
      pinned = message.pinned, reactions = message.reactions
    FROM messages AS message
    WHERE message.room_key = events.room_key AND message.seq = events.seq
      AND (message.payload <> events.payload OR message.deleted
        OR message.pinned IS NOT NULL OR message.reactions IS NOT NULL)`,
    `DROP TABLE messages`,
    // Pages are cut in it, past whatever else happened between the messages, and unread messages are
    // counted in it alone.
    `CREATE INDEX events_messages ON events (room_key, seq, deleted, user_id) WHERE type = 'chat'`,
    `CREATE INDEX events_pinned ON events (room_key, pinned) WHERE pinned IS NOT NULL`,
  ],
];

/**
 * Makes a database ready for writing: looks whether it is ours and sound, then brings its tables up to
 * date. Throws a `DatabaseProblem`, or what SQLite throws.
 *
 * @param bytes the size of the file, which decides how much of it is checked
 * @returns the epoch of the history in it
 */
export function prepareDatabase(database: DatabaseSync, bytes: number): string {
  const version = Number(value(database, "PRAGMA user_version"));
  const application = value(database, "PRAGMA application_id");
  const empty = value(database, "SELECT count(*) FROM sqlite_schema") === 0;
  const untouched = empty && version === 0 && application === 0;
  if (!untouched && application !== APPLICATION_ID) throw new DatabaseProblem("foreign");
  if (version > MIGRATIONS.length) throw new DatabaseProblem("newer");
  if (!untouched) checkSoundness(database, bytes);

  const mode = value(database, "PRAGMA journal_mode = WAL");
  if (mode !== "wal") {
    throw new DatabaseProblem("unsuitable", "it has no memory shared between processes");
  }
  // Every commit waits for the disk: what was acknowledged survives a loss of power.
  value(database, "PRAGMA synchronous = FULL");
  value(database, "PRAGMA foreign_keys = ON");
  // What is deleted is overwritten in the file, not only let go. In the write-ahead log and in the disk's
  // own copies it stays until they are used again; the log is removed at the end. Writing messages was
  // not measurably slower with it.
  value(database, "PRAGMA secure_delete = ON");
  // In KiB. The index of ids is written all over the place, so more of it than usual stays at hand.
  value(database, "PRAGMA cache_size = -16384");
  // A log that a burst has made longer is cut to this many bytes.
  value(database, "PRAGMA journal_size_limit = 67108864");

  MIGRATIONS.slice(version).forEach((statements, index) => {
    migrate(database, version + index + 1, statements);
  });
  const epoch = value(database, "SELECT value FROM meta WHERE name = 'epoch'");
  if (typeof epoch !== "string") throw new DatabaseProblem("damaged", "its epoch is missing");
  return epoch;
}

function migrate(database: DatabaseSync, version: number, statements: readonly string[]): void {
  value(database, "BEGIN IMMEDIATE");
  try {
    for (const statement of statements) database.prepare(statement).run();
    if (version === 1) {
      value(database, `PRAGMA application_id = ${APPLICATION_ID}`);
      const set = database.prepare("INSERT INTO meta (name, value) VALUES (?, ?)");
      set.run("epoch", newEpoch());
      set.run("created", new Date().toISOString());
    }
    value(database, `PRAGMA user_version = ${version}`);
    value(database, "COMMIT");
  } catch (error) {
    if (database.isTransaction) value(database, "ROLLBACK");
    throw error;
  }
}

/**
 * Reading all of a large file would keep people waiting for minutes after each crash, and a crash does
 * not damage it, as the write-ahead log has checksums. So there only the rooms that are opened first
 * have to be complete at their ends; damage elsewhere shows when it is read.
 */
function checkSoundness(database: DatabaseSync, bytes: number): void {
  if (bytes <= CHECKED_WHOLE_BYTES) {
    const found = value(database, "PRAGMA quick_check(1)");
    if (found !== "ok") throw new DatabaseProblem("damaged", String(found).replaceAll("\n", " "));
    return;
  }
  const torn = value(
    database,
    `SELECT room.room
     FROM (SELECT * FROM rooms ORDER BY timestamp DESC LIMIT ${CHECKED_ROOMS}) AS room
     LEFT JOIN events AS last ON last.room_key = room.key AND last.seq = room.head
     WHERE last.timestamp IS NOT room.timestamp OR length(last.payload) IS NULL
       OR room.head IS NOT (SELECT max(seq) FROM events WHERE room_key = room.key)
     LIMIT 1`,
  );
  if (torn !== undefined) throw new DatabaseProblem("damaged", `the log of ${torn} has a torn end`);
}

/**
 * The first column of the first row, undefined where there is none. Always a prepared statement, as
 * errors of `exec` do not carry the number that tells them apart.
 */
function value(database: DatabaseSync, statement: string): unknown {
  const row = database.prepare(statement).get();
  return row && Object.values(row)[0];
}
