/** What the SQLite store and its writer say to each other, between their threads. */

import type { NameChange } from "./names_sqlite.ts";
import { DatabaseProblem, type ProblemKind } from "./store_sqlite_problems.ts";

/** The writer answers each request once, in order. */
export type ToWriter =
  | { do: "open"; file: string }
  /** JSON of `StampedDraft[]`: one text crosses faster than many objects. */
  | { do: "append"; batch: string }
  | { do: "name"; change: NameChange }
  | { do: "close" };

export type FromWriter =
  | { did: "open"; epoch: string }
  /** JSON of `Outcome[]`. */
  | { did: "append"; outcomes: string; problem?: ProblemNote }
  | { did: "name"; done: boolean }
  | { did: "close" }
  | { did: "fail"; problem: ProblemNote };

/** A `DatabaseProblem` as it crosses: classes do not. */
export interface ProblemNote {
  kind: ProblemKind;
  detail: string;
}

export function noteOf(problem: DatabaseProblem): ProblemNote {
  return { kind: problem.kind, detail: problem.message };
}

export function problemFrom(note: ProblemNote): DatabaseProblem {
  return new DatabaseProblem(note.kind, note.detail);
}
