/** Command line and environment → one frozen configuration. Every setting and its default is here. */

import { parseArgs } from "node:util";
import { UsageError } from "./errors.ts";
import { type LimitSettings, listLimits, parseLimits } from "./limits.ts";
import { isLoopback } from "./origin.ts";
import { parseProxies, type Proxies } from "./network.ts";
import { SECRET_LENGTH } from "./secret.ts";
import { isPattern, isRole } from "./permissions.ts";
import { parseName, Refusal } from "./protocol.ts";
import type { Mode } from "./sessions.ts";
import type { TokenCommand } from "./token_command.ts";
import type { TokenRequest, TokenRules } from "./tokens.ts";

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
  /** Who gets in. */
  mode: Mode;
  /** Signs sessions; without one, the data folder's own. */
  secret: string | undefined;
  /** How the host application signs its tokens. */
  tokens: TokenRules;
  /** Whose word on where a request comes from is taken. */
  proxies: Proxies;
  limits: LimitSettings;
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
  | { action: "token"; command: TokenCommand }
  | { action: "help"; text: string }
  | { action: "version"; text: string };

interface Setting {
  flag: string;
  /** The environment variable, where there is one. */
  variable?: string;
  /** What stands for the value in the help text. */
  value: string;
  help: string;
  default?: string;
  repeatable?: true;
}

/** What `parlor token` reads as well. */
const TOKEN_RULES = [
  {
    flag: "data",
    variable: "PARLOR_DATA",
    value: "FOLDER",
    help: "where history is kept; :memory: keeps none",
  },
  {
    flag: "secret",
    variable: "PARLOR_SECRET",
    value: "TEXT",
    help: "signs sessions; by default one that is made at the first start and kept in the data " +
      "folder. Use the variable: a flag shows in the list of processes",
  },
  {
    flag: "jwt-secret",
    variable: "PARLOR_JWT_SECRET",
    value: "TEXT",
    help: "what your application signs its users' tokens with (HS256); by default the session " +
      "secret. Use the variable: a flag shows in the list of processes",
  },
  {
    flag: "jwks-url",
    variable: "PARLOR_JWKS_URL",
    value: "URL",
    help: "where the public keys for tokens are instead (RS256, ES256, EdDSA)",
  },
  {
    flag: "jwt-audience",
    variable: "PARLOR_JWT_AUDIENCE",
    value: "TEXT",
    help: "only tokens with this “aud” are good",
  },
  {
    flag: "jwt-issuer",
    variable: "PARLOR_JWT_ISSUER",
    value: "TEXT",
    help: "only tokens with this “iss” are good",
  },
] as const satisfies readonly Setting[];

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
  ...TOKEN_RULES,
  {
    flag: "mode",
    variable: "PARLOR_MODE",
    value: "open|token",
    default: "open",
    help: "who gets in: guests too, or only those with a token of your application",
  },
  {
    flag: "trust-proxy",
    variable: "PARLOR_TRUST_PROXY",
    value: "NETWORK",
    repeatable: true,
    help: "a proxy whose X-Forwarded-For is believed, as 127.0.0.1 or 10.0.0.0/8; may be given " +
      "several times",
  },
  {
    flag: "limit",
    variable: "PARLOR_LIMITS",
    value: "NAME=NUMBER",
    repeatable: true,
    help: "changes a limit (below); 0 switches it off; may be given several times",
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

/** What `parlor token` reads. None of it has a variable: it is different each time. */
const TOKEN_SETTINGS = [
  { flag: "name", value: "NAME", help: "the name to show" },
  {
    flag: "sub",
    value: "ID",
    help: "the user's id in your application; by default made from the name",
  },
  {
    flag: "room",
    value: "ROOM",
    repeatable: true,
    help:
      "a room or a pattern like team-*; may be given several times; by default every public room",
  },
  { flag: "role", value: "ROLE", default: "member", help: "reader, member or moderator" },
  { flag: "expires", value: "TIME", default: "1h", help: "how long it is good, as 30m, 12h or 7d" },
] as const satisfies readonly Setting[];

type Environment = { get(name: string): string | undefined };

/** The values of settings, by flag. */
interface Values {
  isAsked(flag: "help" | "version"): boolean;
  text(flag: string): string | undefined;
  list(flag: string): string[];
}

/** Reads flags, then environment variables, then defaults. */
function readValues(
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
    const sentence = (error instanceof Error ? error.message : String(error)).split(". ")[0];
    throw new UsageError(`${sentence}. See ${helpCommand}.`);
  }
  const variable = (flag: string): string | undefined => {
    const { variable } = settings.find((one) => one.flag === flag)!;
    return variable === undefined ? undefined : environment.get(variable) || undefined;
  };
  return {
    isAsked: (flag) => values[flag] === true,
    text: (flag) =>
      (values[flag] as string | undefined) ?? variable(flag) ??
        settings.find((one) => one.flag === flag)!.default,
    list: (flag) =>
      (values[flag] as string[] | undefined) ??
        (variable(flag) ?? "").split(/[\s,]+/).filter(Boolean),
  };
}

/**
 * Reads what to do, `token` or else to serve, with flags, environment variables and defaults. Throws
 * `UsageError` with one sentence.
 */
export function readConfig(args: readonly string[], environment: Environment): Invocation {
  if (args[0] === "token") return readTokenCommand(args.slice(1), environment);
  const { isAsked, text, list } = readValues(SETTINGS, args, environment, "parlor --help");
  if (isAsked("help")) return { action: "help", text: helpText(environment) };
  if (isAsked("version")) return { action: "version", text: `parlor ${VERSION}` };

  const publicUrl = text("public-url");
  const config: Config = {
    host: parseHost(text("host")!),
    port: parsePort(text("port")!),
    data: text("data") ?? defaultDataFolder(environment),
    publicUrl: publicUrl === undefined ? undefined : parseOrigin("--public-url", publicUrl),
    allowOrigins: list("allow-origin")
      .map((origin) => parseOrigin("--allow-origin", origin)),
    mode: parseMode(text("mode")!),
    secret: parseSecret("PARLOR_SECRET", text("secret")),
    tokens: tokenRulesOf(text),
    proxies: parseProxies(list("trust-proxy")),
    limits: parseLimits(list("limit")),
    tls: pairOf(text("tls-cert"), text("tls-key")),
    memoryLimit: parseMemoryLimit(text("memory-limit")!),
  };
  return { action: "serve", config: Object.freeze(config) };
}

function readTokenCommand(args: readonly string[], environment: Environment): Invocation {
  const settings: Setting[] = [...TOKEN_SETTINGS, ...TOKEN_RULES];
  const { isAsked, text, list } = readValues(settings, args, environment, "parlor token --help");
  if (isAsked("help")) return { action: "help", text: tokenHelpText(settings, environment) };
  const given = text("name");
  if (given === undefined) throw new UsageError("A token needs a --name to show.");
  const command: TokenCommand = {
    request: tokenRequestOf(given, text, list("room")),
    rules: tokenRulesOf(text),
    secret: parseSecret("PARLOR_SECRET", text("secret")),
    data: text("data") ?? defaultDataFolder(environment),
  };
  return { action: "token", command };
}

function tokenRequestOf(
  given: string,
  text: Values["text"],
  rooms: readonly string[],
): TokenRequest {
  let name: string;
  try {
    name = parseName(given);
  } catch (error) {
    throw error instanceof Refusal ? new UsageError(error.message) : error;
  }
  const sub = text("sub") ?? name.toLowerCase().replaceAll(" ", "-");
  if (!/^[\x21-\x7e]{1,128}$/.test(sub)) {
    throw new UsageError(
      "Give the user's id with --sub: 1 to 128 printable ASCII characters without spaces.",
    );
  }
  for (const room of rooms) {
    if (!isPattern(room)) {
      throw new UsageError(`--room must be a room or a pattern like team-*, not “${room}”.`);
    }
  }
  const role = text("role");
  if (!isRole(role)) {
    throw new UsageError(`--role must be reader, member or moderator, not “${role}”.`);
  }
  return { sub, name, rooms, role, lasts: parseDuration(text("expires")!) };
}

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** `30m` → seconds. */
function parseDuration(text: string): number {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Number(number) * SECONDS[unit as keyof typeof SECONDS];
  if (seconds > 0) return seconds;
  throw new UsageError(`--expires must be a time like 30m, 12h or 7d, not “${text}”.`);
}

function tokenRulesOf(text: Values["text"]): TokenRules {
  const secret = parseSecret("PARLOR_JWT_SECRET", text("jwt-secret"));
  const keys = text("jwks-url");
  if (secret !== undefined && keys !== undefined) {
    throw new UsageError("Give either --jwt-secret or --jwks-url: tokens are signed in one way.");
  }
  return {
    secret,
    keysUrl: keys === undefined ? undefined : parseKeysUrl(keys),
    audience: text("jwt-audience"),
    issuer: text("jwt-issuer"),
  };
}

function parseMode(text: string): Mode {
  if (text === "open" || text === "token") return text;
  throw new UsageError(`--mode must be open or token, not “${text}”.`);
}

/** Never shown: neither in a sentence nor in the log. */
function parseSecret(variable: string, text: string | undefined): string | undefined {
  if (text === undefined || text.length >= SECRET_LENGTH) return text;
  throw new UsageError(
    `${variable} must have at least ${SECRET_LENGTH} characters, so that nobody can guess it.`,
  );
}

/** Keys that anybody on the way could swap are none, so plain http is for this machine only. */
function parseKeysUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.protocol === "http:" && isLoopback(url.hostname);
  if (url && (url.protocol === "https:" || isLocal)) return url.href;
  throw new UsageError(`--jwks-url must be an address that begins with https://, not “${text}”.`);
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
  return [
    "Parlor: real-time chat in one process.",
    "",
    "Usage: parlor [options]",
    "       parlor token --name NAME [options]   prints a token; see parlor token --help",
    "",
    ...helpRows(SETTINGS, environment, [["--version", "print the version"]]),
    "",
    "A flag wins over its environment variable (in brackets).",
    "",
    "Limits and their defaults (0 is off; all=0 switches off all but the sizes):",
    ...listLimits().map((limit) => `  ${limit}`),
  ].join("\n");
}

function tokenHelpText(settings: readonly Setting[], environment: Environment): string {
  return [
    "Prints a token with which somebody gets in, as your application would sign it.",
    "",
    "Usage: parlor token --name NAME [options]",
    "",
    ...helpRows(settings, environment, []),
    "",
    "A flag wins over its environment variable (in brackets).",
  ].join("\n");
}

/** A line for each flag, and for `--help`. */
function helpRows(
  settings: readonly Setting[],
  environment: Environment,
  more: readonly (readonly [string, string])[],
): string[] {
  const rows = settings.map(({ flag, value, help, variable, default: given }) => {
    const standard = flag === "data" ? defaultDataFolder(environment) : given;
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
