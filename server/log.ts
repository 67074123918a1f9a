/** The server's log: one line an event, `time level message key=value …`. */

import { standardError } from "./log_output.ts";

export type Fields = Record<string, string | number | boolean | undefined>;

export interface Log {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

/** A log that hands each line to `write`; by default to standard error. */
export function createLog(write?: (line: string) => void): Log {
  const lines = write ? { add: write } : standardError();
  const at = (level: string) => (message: string, fields: Fields = {}) => {
    let line = `${new Date().toISOString()} ${level} ${message}`;
    for (const name in fields) {
      const value = fields[name];
      if (value !== undefined) line += ` ${name}=${quote(value)}`;
    }
    lines.add(line);
  };
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

/** Values that came from outside cannot break a line or pass for another field. */
function quote(value: string | number | boolean): string {
  return typeof value === "string" && !/^[\w.:/~@+-]+$/.test(value)
    ? JSON.stringify(value).replace(
      // What JSON leaves as it is but a terminal acts on.
      /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    )
    : String(value);
}
