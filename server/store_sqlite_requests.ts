/** What the SQLite store and its writer say to each other, between their threads. */

import { DatabaseProblem, type ProblemKind } from "./store_sqlite_problems.ts";

/** The writer answers each request once, in order. */
export type ToWriter =
  | { do: "open"; file: string }
  /** JSON of `Write[]`: one text crosses faster than many objects. */
  | { do: "write"; batch: string }
  | { do: "close" };

export type FromWriter =
  | { did: "open"; epoch: string }
  /** JSON of `Outcome[]`. */
  | { did: "write"; outcomes: string; problem?: ProblemNote }
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
