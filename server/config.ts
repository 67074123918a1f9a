/** Command line and environment → one frozen configuration. Every setting and its default is here. */

import { parseArgs } from "node:util";
import { UsageError } from "./errors.ts";

export const VERSION = "0.1.0";

export interface Config {
  /** The address to listen on. */
  host: string;
  /** 0 lets the system choose a free one. */
  port: number;
  /** The folder of the history, or `:memory:` for none. */
  data: string;
  /** The origin that browsers see where a proxy stands in front, for example `https://chat.example`. */
  publicUrl: string | undefined;
  /** Further origins whose pages may connect as guests or with a token. */
  allowOrigins: readonly string[];
  /** The files of the certificate; without them, plain HTTP. */
  tls: TlsFiles | undefined;
  /** At which memory of the process it stops in order and exits 75; undefined: never. */
  memoryLimit: MemoryLimit | undefined;
}

/** PEM files: the certificate with those between it and the root, and its private key. */
export interface TlsFiles {
  certificate: string;
  key: string;
}

/** Resident bytes, or a share (0 to 1) of what the machine or the container has. */
export type MemoryLimit = { bytes: number } | { share: number };

/** What the command line asks for. */
export type Invocation =
  | { action: "serve"; config: Config }
  | { action: "help"; text: string }
  | { action: "version"; text: string };

interface Setting {
  flag: string;
  variable: string;
  /** What stands for the value in the help text. */
  value: string;
  help: string;
  default?: string;
  repeatable?: true;
}

const SETTINGS = [
  {
    flag: "port",
    variable: "PORT",
    value: "NUMBER",
    default: "8000",
    help: "port to listen on; 0 picks a free one",
  },
  {
    flag: "host",
    variable: "HOST",
    value: "ADDRESS",
    default: "localhost",
    help: "address to listen on; 0.0.0.0 for all of this machine",
  },
  {
    flag: "data",
    variable: "PARLOR_DATA",
    value: "FOLDER",
    help: "where history is kept; :memory: keeps none",
  },
  {
    flag: "public-url",
    variable: "PARLOR_PUBLIC_URL",
    value: "URL",
    help: "the address that browsers see behind a proxy, as https://chat.example",
  },
  {
    flag: "allow-origin",
    variable: "PARLOR_ALLOW_ORIGIN",
    value: "ORIGIN",
    repeatable: true,
    help: "a further site whose pages may connect; may be given several times",
  },
  {
    flag: "tls-cert",
    variable: "PARLOR_TLS_CERT",
    value: "FILE",
    help: "serve https with this certificate chain in PEM; needs --tls-key",
  },
  {
    flag: "tls-key",
    variable: "PARLOR_TLS_KEY",
    value: "FILE",
    help: "the private key of the certificate in PEM",
  },
  {
    flag: "memory-limit",
    variable: "PARLOR_MEMORY_LIMIT",
    value: "BYTES",
    default: "75%",
    help: "memory of the process at which it stops in order with exit code 75, for a supervisor " +
      "to start it again: as 512M, a share of the machine's or container's memory as 75%, or off",
  },
] as const satisfies readonly Setting[];

type Environment = { get(name: string): string | undefined };

/** Reads flags, then environment variables, then defaults. Throws `UsageError` with one sentence. */
export function readConfig(args: readonly string[], environment: Environment): Invocation {
  const options: Record<
    string,
    { type: "string" | "boolean"; multiple?: boolean; short?: string }
  > = {
    help: { type: "boolean", short: "h" },
    version: { type: "boolean", short: "v" },
  };
  for (const setting of SETTINGS) {
    options[setting.flag] = { type: "string", multiple: "repeatable" in setting };
  }
  let values: Record<string, string | boolean | (string | boolean)[] | undefined>;
  try {
    values = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    // The parser's own sentence, without its advice about positional arguments.
    const sentence = (error instanceof Error ? error.message : String(error)).split(". ")[0];
    throw new UsageError(`${sentence}. See parlor --help.`);
  }
  if (values.help) return { action: "help", text: helpText(environment) };
  if (values.version) return { action: "version", text: `parlor ${VERSION}` };

  const text = (flag: string): string | undefined => {
    const setting = SETTINGS.find((one) => one.flag === flag)!;
    const given = values[flag] as string | undefined;
    return given ?? (environment.get(setting.variable) || undefined) ??
      ("default" in setting ? setting.default : undefined);
  };
  const list = (flag: string, variable: string): string[] =>
    (values[flag] as string[] | undefined) ??
      (environment.get(variable) ?? "").split(/[\s,]+/).filter(Boolean);

  const publicUrl = text("public-url");
  const config: Config = {
    host: parseHost(text("host")!),
    port: parsePort(text("port")!),
    data: text("data") ?? defaultDataFolder(environment),
    publicUrl: publicUrl === undefined ? undefined : parseOrigin("--public-url", publicUrl),
    allowOrigins: list("allow-origin", "PARLOR_ALLOW_ORIGIN")
      .map((origin) => parseOrigin("--allow-origin", origin)),
    tls: pairOf(text("tls-cert"), text("tls-key")),
    memoryLimit: parseMemoryLimit(text("memory-limit")!),
  };
  return { action: "serve", config: Object.freeze(config) };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`The port must be a number from 0 to 65535, not “${text}”.`);
}

function parseHost(text: string): string {
  const host = text.replace(/^\[(.*)\]$/, "$1");
  if (/^[A-Za-z0-9.:_-]+$/.test(host)) return host;
  throw new UsageError(`The host must be a name or an address, not “${text}”.`);
}

function parseOrigin(flag: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.pathname === "/" && !url.search) {
    return url.origin;
  }
  throw new UsageError(`${flag} must be an address like https://chat.example, not “${text}”.`);
}

function pairOf(certificate: string | undefined, key: string | undefined): TlsFiles | undefined {
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  if (certificate === undefined && key === undefined) return undefined;
  throw new UsageError("--tls-cert and --tls-key belong together: give both, or none for http.");
}

const MEMORY_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
};

function parseMemoryLimit(text: string): MemoryLimit | undefined {
  if (text === "off") return undefined;
  const [, digits, unit] = /^([1-9]\d{0,14})([KMG%]?)$/i.exec(text) ?? [];
  const number = Number(digits);
  if (unit === "%" && number <= 100) return { share: number / 100 };
  const factor = MEMORY_UNITS[unit?.toUpperCase() ?? "none"];
  if (factor !== undefined) return { bytes: number * factor };
  throw new UsageError(
    `--memory-limit is a size like 512M, a share like 75%, or off, not “${text}”.`,
  );
}

/** The folder for an application's data by the custom of the platform. */
function defaultDataFolder(environment: Environment): string {
  const home = environment.get("HOME") ?? environment.get("USERPROFILE");
  const from = (base: string | undefined, name: string) => base && `${base}/${name}`;
  const folder = Deno.build.os === "windows"
    ? from(environment.get("LOCALAPPDATA"), "Parlor")
    : Deno.build.os === "darwin"
    ? from(home, "Library/Application Support/Parlor")
    : from(environment.get("XDG_DATA_HOME"), "parlor") ?? from(home, ".local/share/parlor");
  if (folder) return folder;
  throw new UsageError("There is no home folder to keep history in. Name a folder with --data.");
}

function helpText(environment: Environment): string {
  const rows = SETTINGS.map((setting) => {
    const standard = "default" in setting
      ? setting.default
      : setting.flag === "data"
      ? defaultDataFolder(environment)
      : undefined;
    return [
      `--${setting.flag} ${setting.value}`,
      `${setting.help} (${setting.variable}${standard ? `, default ${standard}` : ""})`,
    ];
  });
  rows.push(["--version", "print the version"], ["--help", "print this"]);
  const width = Math.max(...rows.map(([flag]) => flag!.length));
  return [
    "Parlor: real-time chat in one process.",
    "",
    "Usage: parlor [options]",
    "",
    ...rows.map(([flag, help]) => `  ${flag!.padEnd(width)}  ${help}`),
    "",
    "A flag wins over its environment variable (in brackets).",
  ].join("\n");
}
