/** What the configuration says about who gets in. */

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { type Config, readConfig } from "../../server/config.ts";
import { UsageError } from "../../server/errors.ts";

const SECRET = "a secret of more than thirty-two characters";

function invocation(args: string[], variables: Record<string, string> = {}) {
  const all: Record<string, string> = {
    HOME: "/home/ann",
    LOCALAPPDATA: "/home/ann",
    ...variables,
  };
  return readConfig(args, { get: (name) => all[name] });
}

function configOf(args: string[], variables?: Record<string, string>): Config {
  const read = invocation(args, variables);
  assert(read.action === "serve");
  return read.config;
}

function refusal(args: string[], variables?: Record<string, string>): string {
  const { message } = assertThrows(() => invocation(args, variables), UsageError);
  assertMatch(message, /^[^\n]+\.$/);
  return message;
}

Deno.test("without anything given guests are welcome, and no proxy is believed", () => {
  const { mode, secret, tokens, proxies } = configOf([]);
  assertEquals([mode, secret, tokens.secret, tokens.keysUrl], [
    "open",
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(proxies("127.0.0.1"), false);
});

Deno.test("secrets come from the environment or a flag", () => {
  const variables = {
    PARLOR_SECRET: SECRET,
    PARLOR_JWT_SECRET: `${SECRET}!`,
    PARLOR_MODE: "token",
  };
  const config = configOf([], variables);
  assertEquals([config.secret, config.tokens.secret, config.mode], [SECRET, `${SECRET}!`, "token"]);
  assertEquals(configOf(["--jwt-secret", SECRET], variables).tokens.secret, SECRET);
});

Deno.test("a secret that could be guessed is refused, and never shown", () => {
  for (
    const message of [
      refusal(["--secret", "hunter2"]),
      refusal([], { PARLOR_JWT_SECRET: "hunter2" }),
    ]
  ) {
    assert(!message.includes("hunter2"));
    assertMatch(message, /32 characters/);
  }
});

Deno.test("keys come from an address that nobody on the way can change", () => {
  const url = "https://host.example/keys";
  assertEquals(configOf(["--jwks-url", url]).tokens.keysUrl, url);
  configOf(["--jwks-url", "http://localhost:8080/keys"]);
  for (
    const wrong of ["http://host.example/keys", "host.example", "file:///keys", "javascript:1"]
  ) {
    assertMatch(refusal(["--jwks-url", wrong]), /https:\/\//);
  }
  assertMatch(refusal(["--jwks-url", url, "--jwt-secret", SECRET]), /either/);
});

Deno.test("modes, limits and proxies that cannot be are refused", () => {
  assertMatch(refusal(["--mode", "closed"]), /“closed”/);
  assertMatch(refusal(["--limit", "speed=1"]), /“speed=1”/);
  assertMatch(refusal([], { PARLOR_LIMITS: "messages-per-second=1, nothing" }), /“nothing”/);
  assertMatch(refusal(["--trust-proxy", "nginx"]), /“nginx”/);
  const { proxies } = configOf([], { PARLOR_TRUST_PROXY: "10.0.0.0/8 fd00::/8" });
  assertEquals([proxies("10.1.1.1"), proxies("fd00::1"), proxies("11.0.0.1")], [true, true, false]);
});

Deno.test("the help names every limit, and advises against secrets in flags", () => {
  const help = invocation(["--help"]);
  assert(help.action === "help");
  assertMatch(help.text, /messages-per-second=\d+/);
  assertMatch(help.text, /--jwt-secret[^\n]+list of processes/);
  const token = invocation(["token", "--help"]);
  assert(token.action === "help");
  assertMatch(token.text, /--expires/);
});

Deno.test("parlor token asks for a member of every public room for an hour, where nothing else is said", () => {
  const read = invocation(["token", "--name", " Ada   Lovelace "]);
  assert(read.action === "token");
  assertEquals(read.command.request, {
    sub: "ada-lovelace",
    name: "Ada Lovelace",
    rooms: [],
    role: "member",
    lasts: 3_600,
  });
  const given = invocation(
    [
      "token",
      "--name=Žofie",
      "--sub=7",
      "--room=a",
      "--room=b-*",
      "--role=reader",
      "--expires=7d",
    ],
  );
  assert(given.action === "token");
  assertEquals(given.command.request, {
    sub: "7",
    name: "Žofie",
    rooms: ["a", "b-*"],
    role: "reader",
    lasts: 7 * 86_400,
  });
  for (const time of ["0s", "1", "h", "-1h", "1w", "1.5h", "1234567d"]) {
    refusal(["token", "--name", "ada", "--expires", time]);
  }
});
