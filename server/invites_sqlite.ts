/**
 * Invites in the store's database: what the writer and the reader of `store_sqlite.ts` do for them.
 * Synchronous, each on its own connection.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { forgottenBefore, type Invite, type InviteRegistry, INVITES_LOOKED_AT } from "./invites.ts";
import type { User } from "./protocol.ts";
import type { ReadAtOnce, SendChange } from "./store_sqlite_changes.ts";

/** A change, as it goes to the writer. `now` in milliseconds. */
export type InviteChange =
  | { change: "invite"; invite: Invite; now: number }
  | { change: "revoke"; token: string; now: number };

/** Makes changes, within a transaction of the writer. */
export class InviteWriter {
  readonly #create: StatementSync;
  readonly #revoke: StatementSync;
  readonly #next: StatementSync;
  readonly #forget: StatementSync;
  /** The row up to which invites were looked at, round after round. */
  #lookedAt = 0;

  constructor(database: DatabaseSync) {
    this.#create = database.prepare(`
      INSERT OR REPLACE INTO invites (token, room, role, expires, author, created)
      VALUES (?, ?, ?, ?, ?, ?)`);
    this.#revoke = database.prepare(
      "UPDATE invites SET revoked = ? WHERE token = ? AND revoked = 0",
    );
    this.#next = database.prepare(`
      SELECT count(*) AS count, max(rowid) AS last FROM
        (SELECT rowid FROM invites WHERE rowid > ? ORDER BY rowid LIMIT ${INVITES_LOOKED_AT})`);
    this.#forget = database.prepare(`
      DELETE FROM invites WHERE rowid > :from AND rowid <= :to
        AND iif(revoked = 0, expires <= :expired, revoked <= :revoked)`);
  }

  /** Throws what SQLite throws. */
  apply(change: InviteChange): null {
    const { now } = change;
    if (change.change === "revoke") {
      this.#revoke.run(now, change.token);
      return null;
    }
    const { token, room, role, expires, by, created } = change.invite;
    this.#create.run(token, room, role, expires ?? null, JSON.stringify(by), created);
    this.#forgetSome(now);
    return null;
  }

  /** Whoever waits for this commit waits for it too, so it is a little each time. */
  #forgetSome(now: number): void {
    const { count, last } = this.#next.get(this.#lookedAt) as {
      count: number;
      last: number | null;
    };
    this.#forget.run({ from: this.#lookedAt, to: last ?? 0, ...forgottenBefore(now) });
    this.#lookedAt = count < INVITES_LOOKED_AT ? 0 : last!;
  }
}

/** The invites in a store's database. */
export function createSqliteInvites(
  database: DatabaseSync,
  read: ReadAtOnce,
  send: SendChange,
  now: () => number,
): InviteRegistry {
  const reader = new InviteReader(database);
  return {
    create: async (invite) => {
      await send({ change: "invite", invite: structuredClone(invite), now: now() });
    },
    // deno-lint-ignore require-await
    find: async (token) => read(() => reader.find(token)),
    // deno-lint-ignore require-await
    list: async (room) => read(() => reader.list(room)),
    revoke: async (token) => {
      await send({ change: "revoke", token, now: now() });
    },
    // deno-lint-ignore require-await
    guests: async (token) => read(() => reader.guests(token)),
  };
}

interface InviteRow {
  token: string;
  room: string;
  role: Invite["role"];
  expires: number | null;
  author: string;
  created: number;
}

/** Looks things up. */
class InviteReader {
  readonly #find: StatementSync;
  readonly #list: StatementSync;
  readonly #guests: StatementSync;

  constructor(database: DatabaseSync) {
    const columns = "token, room, role, expires, author, created";
    this.#find = database.prepare(
      `SELECT ${columns} FROM invites WHERE token = ? AND revoked = 0`,
    );
    this.#list = database.prepare(`
      SELECT ${columns} FROM invites WHERE room = ? AND revoked = 0 ORDER BY created DESC, rowid`);
    this.#guests = database.prepare(`
      SELECT user FROM invites JOIN rooms USING (room)
      JOIN members ON members.invite = invites.token AND members.room_key = rooms.key
      WHERE token = ? ORDER BY members.key`);
  }

  find(token: string): Invite | undefined {
    const row = this.#find.get(token) as unknown as InviteRow | undefined;
    return row && inviteOf(row);
  }

  list(room: string): Invite[] {
    return (this.#list.all(room) as unknown as InviteRow[]).map(inviteOf);
  }

  guests(token: string): User[] {
    const rows = this.#guests.all(token) as unknown as { user: string }[];
    return rows.map(({ user }) => JSON.parse(user) as User);
  }
}

function inviteOf({ token, room, role, expires, author, created }: InviteRow): Invite {
  const by = JSON.parse(author) as User;
  return { token, room, role, ...(expires === null ? {} : { expires }), by, created };
}
