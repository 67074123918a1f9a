/** What the README tells people to run is run. */

import { assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { connect } from "../support/client.ts";
import { within } from "../support/deadline.ts";
import { runToEnd, startServer } from "../support/server.ts";

const README = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
/** Where the README's server listens. */
const ADDRESS = "localhost:8000";

/** The README's code blocks of a language that talk to its server. */
function blocks(language: string): string[] {
  return [...README.matchAll(/^```(\w+)\n(.*?)^```/gms)]
    .filter(([, found, code]) => found === language && code!.includes(ADDRESS))
    .map(([, , code]) => code!);
}

/** Runs a block as a person would, against a server at another port. */
async function run(code: string, port: number): Promise<string> {
  const script = code.replaceAll(ADDRESS, `localhost:${port}`)
    // Streams do not end by themselves.
    .replaceAll(/\bcurl -N\b/g, "timeout 2 curl -N");
  const child = new Deno.Command("sh", {
    args: ["-c", script],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const { stdout, stderr } = await within(
    child.output(),
    () => `A command of the README does not end:\n${script}`,
  );
  const text = new TextDecoder();
  return text.decode(stdout) + text.decode(stderr);
}

Deno.test("every curl command of the README works", async () => {
  await using server = await startServer();
  const scripts = blocks("sh");
  assertGreater(scripts.length, 2);
  for (const script of scripts) {
    const output = await run(script, server.port);
    assertEquals(/"error"|curl: \(/.test(output), false, `${script}\nprinted:\n${output}`);
    assertStringIncludes(output, "lobby", script);
  }
  const response = await fetch(`${server.url}/api/rooms/lobby/messages`);
  const { messages } = await response.json();
  const texts = messages.map(({ message }: { message: string }) => message);
  assertEquals(
    texts.filter((text: string) => text === "Hello from a script").length,
    1,
    "a retry with the same key is the same message",
  );
  assertEquals(texts.includes("Backup finished"), true);
});

Deno.test("the README shows the help text as it is", async () => {
  const { code, stdout } = await runToEnd(["--help"], {
    HOME: "/home/ada",
    XDG_DATA_HOME: "",
  });
  assertEquals(code, 0);
  const [, shown] = /^```text\n\$ parlor --help\n(.*?)^```/ms.exec(README)!;
  assertEquals(shown, stdout);
});

Deno.test("the ten lines of the README sign in, join and say something", async () => {
  await using server = await startServer();
  await using listener = await connect(server.url);
  listener.send({ type: "join", room: "lobby" });
  await listener.nextOf("joined");
  const [code] = blocks("js");
  const script = `${code!.replaceAll(ADDRESS, `localhost:${server.port}`)}
    socket.addEventListener("message", ({ data }) => data.includes("joined") && say("ten lines"));
    socket.addEventListener("message", ({ data }) => data.includes("ten lines") && Deno.exit());`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const event = await listener.nextOf("chat");
  assertEquals([event.user.name, event.message], ["Ada", "ten lines"]);
  const { success, stderr } = await child.output();
  assertEquals(success, true, new TextDecoder().decode(stderr));
});
