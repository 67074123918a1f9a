/** Flags, environment variables and defaults. */

import { assert, assertEquals, assertMatch, assertObjectMatch, assertThrows } from "@std/assert";
import { type Config, readConfig } from "../../server/config.ts";
import { UsageError } from "../../server/errors.ts";

type Variables = Record<string, string>;

const HOME = { HOME: "/home/ann", USERPROFILE: "/home/ann", LOCALAPPDATA: "/home/ann/local" };

function configOf(args: string[], variables: Variables = {}): Config {
  const all: Variables = { ...HOME, ...variables };
  const invocation = readConfig(args, { get: (name) => all[name] });
  assert(invocation.action === "serve");
  return invocation.config;
}

function refusal(args: string[], variables: Variables = {}): string {
  const { message } = assertThrows(() => configOf(args, variables), UsageError);
  assertMatch(message, /^[^\n]+\.$/);
  return message;
}

Deno.test("without anything given it listens on this machine only", () => {
  const config = configOf([]);
  assertObjectMatch(config, { host: "localhost", port: 8000, publicUrl: undefined });
  assertEquals(config.allowOrigins, []);
  assert(config.data.startsWith("/home/ann"));
  assert(Object.isFrozen(config));
});

Deno.test("a flag wins over its variable, and a variable over the default", () => {
  const variables = { PORT: "1", HOST: "0.0.0.0", PARLOR_DATA: "/data" };
  assertObjectMatch(configOf([], variables), { port: 1, host: "0.0.0.0", data: "/data" });
  const flags = ["--port", "2", "--host=::1", "--data", ":memory:"];
  assertObjectMatch(configOf(flags, variables), { port: 2, host: "::1", data: ":memory:" });
  // An empty variable is none.
  assertEquals(configOf([], { PORT: "", HOST: "" }).port, 8000);
});

Deno.test("origins are given one by one, or as a list in the variable", () => {
  const flags = ["--allow-origin", "https://a.example", "--allow-origin", "http://b.example:81/"];
  const origins = ["https://a.example", "http://b.example:81"];
  assertEquals(configOf(flags).allowOrigins, origins);
  assertEquals(
    configOf([], { PARLOR_ALLOW_ORIGIN: "https://a.example, http://b.example:81" }).allowOrigins,
    origins,
  );
  assertEquals(
    configOf(["--public-url", "https://chat.example/"]).publicUrl,
    "https://chat.example",
  );
});

Deno.test("what cannot be is refused in a sentence that shows it", () => {
  for (const port of ["x", "65536", "1.5", " 1", "0x10", "1e3"]) {
    assertMatch(refusal([`--port=${port}`]), new RegExp(`“${port}”`));
  }
  for (const host of ["a b", "a/b", "a ", "ä"]) refusal(["--host", host]);
  for (const url of ["chat.example", "ftp://a", "https://a/b", "https://a?b", "https://"]) {
    refusal(["--public-url", url]);
    refusal(["--allow-origin", url]);
  }
  assertMatch(refusal(["--prot", "1"]), /--prot/);
  assertMatch(refusal([], { PORT: "http" }), /“http”/);
});

Deno.test("without a home there is no place for history, and the sentence names the flag", () => {
  const none = { HOME: "", USERPROFILE: "", LOCALAPPDATA: "", XDG_DATA_HOME: "" };
  const empty = { get: (name: string) => (none as Variables)[name] || undefined };
  assertMatch(assertThrows(() => readConfig([], empty), UsageError).message, /--data/);
});
