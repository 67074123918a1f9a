/** Command line and environment → one frozen configuration. Every setting and its default is here. */

import { parseSecret, readTokenCommand, TOKEN_RULES, tokenRulesOf } from "./config_token.ts";
import { UsageError } from "./errors.ts";
import { type Environment, helpRows, readValues, type Setting } from "./flags.ts";
import { type LimitSettings, listLimits, parseLimits } from "./limit_table.ts";
import { parseProxies, type Proxies } from "./network.ts";
import type { Mode } from "./sessions.ts";
import type { TokenCommand } from "./token_command.ts";
import type { TokenRules } from "./tokens.ts";

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
    data: text("data")!,
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

function parseMode(text: string): Mode {
  if (text === "open" || text === "token") return text;
  throw new UsageError(`--mode must be open or token, not “${text}”.`);
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
