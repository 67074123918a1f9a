/** The part of the configuration that is about tokens, and the command line of `parlor token`. */

import type { Invocation } from "./config.ts";
import { UsageError } from "./errors.ts";
import { type Environment, helpRows, readValues, type Setting, type Values } from "./flags.ts";
import { isLoopback } from "./origin.ts";
import { isPattern, isRole } from "./permissions.ts";
import { Refusal } from "./protocol.ts";
import { parseName } from "./protocol_parse.ts";
import { SECRET_LENGTH } from "./secret.ts";
import type { TokenCommand } from "./token_command.ts";
import type { TokenRequest, TokenRules } from "./tokens.ts";

/** What the server and `parlor token` both read: where the secrets are. */
export const TOKEN_RULES = [
  {
    flag: "data",
    variable: "PARLOR_DATA",
    value: "FOLDER",
    default: defaultDataFolder,
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

/** `parlor token`: the flags behind the word. Throws `UsageError`. */
export function readTokenCommand(args: readonly string[], environment: Environment): Invocation {
  const settings: Setting[] = [...TOKEN_SETTINGS, ...TOKEN_RULES];
  const { isAsked, text, list } = readValues(settings, args, environment, "parlor token --help");
  if (isAsked("help")) return { action: "help", text: tokenHelpText(settings, environment) };
  const given = text("name");
  if (given === undefined) throw new UsageError("A token needs a --name to show.");
  const command: TokenCommand = {
    request: tokenRequestOf(given, text, list("room")),
    rules: tokenRulesOf(text),
    secret: parseSecret("PARLOR_SECRET", text("secret")),
    data: text("data")!,
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

/** How tokens are signed. */
export function tokenRulesOf(text: Values["text"]): TokenRules {
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

/** Never shown: neither in a sentence nor in the log. */
export function parseSecret(variable: string, text: string | undefined): string | undefined {
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

/** The folder for an application's data by the custom of the platform. */
function defaultDataFolder(environment: Environment): string {
  const home = environment.get("HOME") ?? environment.get("USERPROFILE");
  const from = (base: string | undefined, name: string) => base && `${base}/${name}`;
  const folder = Deno.build.os === "windows"
    ? from(environment.get("LOCALAPPDATA"), "Parlor")
    : Deno.build.os === "darwin"
    ? from(home, "Library/Application Support/Parlor")
    // Empty is the same as not set, by that custom.
    : from(environment.get("XDG_DATA_HOME"), "parlor") || from(home, ".local/share/parlor");
  if (folder) return folder;
  throw new UsageError("There is no home folder to keep history in. Name a folder with --data.");
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
