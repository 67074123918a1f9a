/** Changes of what is kept beside the log, as they go to the writer, and who carries out which. */

import type { DatabaseSync } from "node:sqlite";
import { type InviteChange, InviteWriter } from "./invites_sqlite.ts";
import { type NameChange, NameWriter } from "./names_sqlite.ts";
import { PeopleWriter, type PersonChange } from "./people_sqlite.ts";
import { type PlaceChange, PlaceWriter } from "./places_sqlite.ts";
import type { RoomHeads } from "./store_sqlite_room_heads.ts";

export type Change = InviteChange | NameChange | PersonChange | PlaceChange;

/** What a change says when it is done: whether it was, or a position. Null: it was. */
export type ChangeResult = boolean | number | null;

/** Sends a change to the writer; resolves when it is durable. Rejects with a `Refusal`. */
export type SendChange = (change: Change) => Promise<ChangeResult>;

/** Reads on the reader's connection. What the reading throws comes as a `Refusal`. */
export type ReadAtOnce = <Result>(read: () => Result) => Result;

/** Synchronous, within a transaction of the writer. */
export class ChangeWriter {
  readonly #invites: InviteWriter;
  readonly #names: NameWriter;
  readonly #people: PeopleWriter;
  readonly #places: PlaceWriter;

  constructor(database: DatabaseSync, heads: RoomHeads) {
    this.#invites = new InviteWriter(database);
    this.#names = new NameWriter(database);
    this.#people = new PeopleWriter(database);
    this.#places = new PlaceWriter(database, heads);
  }

  /** Throws what SQLite throws; the transaction is void then. */
  apply(change: Change): ChangeResult {
    switch (change.change) {
      case "claim":
      case "release":
        return this.#names.apply(change);
      case "note":
        return this.#people.apply(change);
      case "read":
      case "listed":
      case "muted":
        return this.#places.apply(change);
      case "invite":
      case "revoke":
        return this.#invites.apply(change);
    }
  }
}
