/** What can be wrong with a database file, told apart and put into words. */

// Result codes of SQLite (https://sqlite.org/rescode.html); the primary one is in the lowest byte.
const SQLITE = { readOnly: 8, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 };
const VALUE_CODES: ReadonlySet<number> = new Set([
  /* too big */ 18,
  /* constraint */ 19,
  /* type */ 20,
]);
const PRIMARY_CODE = 0xff;

export type ProblemKind =
  | "locked"
  | "denied"
  | "notAFolder"
  | "full"
  | "foreign"
  | "newer"
  | "damaged"
  | "unsuitable"
  | "other";

/** A database that cannot be used as it is. The message is the detail, not yet a sentence for people. */
export class DatabaseProblem extends Error {
  override name = "DatabaseProblem";
  constructor(readonly kind: ProblemKind, detail = "") {
    super(detail);
  }
}

/** The kind and detail of whatever opening a database or working on it has thrown. */
export function problemOf(error: unknown): DatabaseProblem {
  if (error instanceof DatabaseProblem) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new DatabaseProblem(kindOf(error), detail);
}

function kindOf(error: unknown): ProblemKind {
  if (error instanceof Deno.errors.NotCapable) return "denied";
  if (error instanceof Deno.errors.PermissionDenied) return "denied";
  if (error instanceof Deno.errors.AlreadyExists) return "notAFolder";
  if (error instanceof Deno.errors.NotADirectory) return "notAFolder";
  if (!(error instanceof Error)) return "other";
  if ("code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT")) return "full";
  if ("code" in error && error.code === "EROFS") return "denied";
  switch (sqliteCode(error)) {
    case SQLITE.readOnly:
    case SQLITE.cannotOpen:
      return "denied";
    case SQLITE.full:
      return "full";
    case SQLITE.corrupt:
      return "damaged";
    case SQLITE.notADatabase:
      return "foreign";
    default:
      return "other";
  }
}

/** The primary result code of an error of SQLite; undefined for any other error. */
function sqliteCode(error: Error): number | undefined {
  return "errcode" in error && typeof error.errcode === "number"
    ? error.errcode & PRIMARY_CODE
    : undefined;
}

/**
 * Whether a failed statement was the fault of what it should have written: the wrong type, too big,
 * against a constraint. Anything else is the database's own trouble.
 */
export function isValueProblem(error: unknown): boolean {
  const code = error instanceof Error ? sqliteCode(error) : undefined;
  return code === undefined || VALUE_CODES.has(code);
}

const ELSEWHERE = "choose another folder with --data";

/** What is wrong and what to do, for a person at the command line or reading the server's log. */
export function sentenceOf(problem: DatabaseProblem, directory: string, file: string): string {
  switch (problem.kind) {
    case "locked":
      return `Another Parlor is using ${directory}. Stop it first, or ${ELSEWHERE}.`;
    case "denied":
      return `Parlor may not write to ${directory} (${problem.message}). ` +
        `Give this user write access to it, or ${ELSEWHERE}.`;
    case "notAFolder":
      return `${directory} is not a folder. Please ${ELSEWHERE}.`;
    case "full":
      return `The disk that holds ${directory} is full. Free some space on it.`;
    case "foreign":
      return `${file} is not a Parlor database. Move it away, or ${ELSEWHERE}.`;
    case "newer":
      return `${file} was written by a newer Parlor. Update Parlor, or ${ELSEWHERE}.`;
    case "damaged":
      return `The database ${file} is damaged (${problem.message}). ` +
        `Restore it from a backup, or move it away to start with an empty one.`;
    case "unsuitable":
      return `The disk that holds ${directory} cannot keep a database safely ` +
        `(${problem.message}). Please ${ELSEWHERE} on a local disk.`;
    case "other":
      return `Parlor cannot use ${file} (${problem.message}). Put that right, or ${ELSEWHERE}.`;
  }
}
