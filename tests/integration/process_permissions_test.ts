/** What the process may do: everything that the start needs, and once it serves next to nothing. */

import { assertEquals, assertMatch } from "@std/assert";
import { connect, signIn } from "../support/client.ts";
import { startPermissions, startServer } from "../support/server.ts";

const ROOT = new URL("../../", import.meta.url);
const PROBE = new URL("../support/permission_probe.ts", import.meta.url);

Deno.test("a server that runs can read no file, write none, and start no program", async () => {
  await using server = await startServer({
    command: {
      program: Deno.execPath(),
      args: ["run", ...startPermissions(), "--preload", PROBE.pathname, "main.ts"],
      cwd: ROOT.pathname,
    },
  });
  assertMatch(server.output(), /^probe before: read write environment system$/m);

  const { token } = await signIn(server.url, "Ann");
  const client = await connect(server.url, { token });
  client.send([
    { type: "join", room: "lobby" },
    { type: "chat", id: "one", room: "lobby", message: "kept without permissions" },
  ]);
  assertEquals((await client.nextOf("chat")).seq, 1);

  const { code, output } = await server.stop();
  assertEquals(code, 0, output);
  assertMatch(output, /^probe after: $/m);
  await client.closed;
});

Deno.test("a server in a folder that may not be read by others keeps its files to itself", async () => {
  await using server = await startServer();
  for (const file of ["parlor.db", "parlor.lock", "secret"]) {
    const { mode } = await Deno.stat(`${server.data}/${file}`);
    assertEquals((mode ?? 0) & 0o077, 0, `Others may use ${file}`);
  }
});
