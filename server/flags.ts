/** Settings as tables: read from flags, environment variables and defaults, and shown as help. */

import { parseArgs } from "node:util";
import { UsageError } from "./errors.ts";

export type Environment = { get(name: string): string | undefined };

/** Something that can be set on the command line. */
export interface Setting {
  flag: string;
  /** The environment variable, where there is one. */
  variable?: string;
  /** What stands for the value in the help text. */
  value: string;
  help: string;
  /** Also as what depends on the surroundings. */
  default?: string | ((environment: Environment) => string);
  repeatable?: true;
}

/** The values of settings, by flag. */
export interface Values {
  isAsked(flag: "help" | "version"): boolean;
  text(flag: string): string | undefined;
  list(flag: string): string[];
}

/** Reads flags, then environment variables, then defaults. */
export function readValues(
  settings: readonly Setting[],
  args: readonly string[],
  environment: Environment,
  helpCommand: string,
): Values {
  const options: Record<
    string,
    { type: "string" | "boolean"; multiple?: boolean; short?: string }
  > = {
    help: { type: "boolean", short: "h" },
    version: { type: "boolean", short: "v" },
  };
  for (const setting of settings) {
    options[setting.flag] = { type: "string", multiple: "repeatable" in setting };
  }
  let values: Record<string, string | boolean | (string | boolean)[] | undefined>;
  try {
    values = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    // The parser's own sentence, without its advice about positional arguments.
    const sentence = (error instanceof Error ? error.message : String(error)).split(/\.\s/)[0];
    throw new UsageError(`${sentence}. See ${helpCommand}.`);
  }
  const variable = (flag: string): string | undefined => {
    const { variable } = settings.find((one) => one.flag === flag)!;
    return variable === undefined ? undefined : environment.get(variable) || undefined;
  };
  return {
    isAsked: (flag) => values[flag] === true,
    text(flag) {
      const { default: given } = settings.find((one) => one.flag === flag)!;
      return (values[flag] as string | undefined) ?? variable(flag) ??
        (typeof given === "function" ? given(environment) : given);
    },
    list: (flag) =>
      (values[flag] as string[] | undefined) ??
        (variable(flag) ?? "").split(/[\s,]+/).filter(Boolean),
  };
}

/** A line for each flag, and for `--help`. */
export function helpRows(
  settings: readonly Setting[],
  environment: Environment,
  more: readonly (readonly [string, string])[],
): string[] {
  const rows = settings.map(({ flag, value, help, variable, default: given }) => {
    const standard = typeof given === "function" ? given(environment) : given;
    const notes = [variable, standard && `default ${standard}`].filter(Boolean);
    return [
      `--${flag} ${value}`,
      notes.length > 0 ? `${help} (${notes.join(", ")})` : help,
    ] as const;
  });
  const all = [...rows, ...more, ["--help", "print this"] as const];
  const width = Math.max(...all.map(([flag]) => flag.length));
  return all.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`);
}
