/** The single executable, and the bundled server that it is made of. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { connect, signIn } from "../support/client.ts";
import { permissionsOf, type RunningServer, startServer } from "../support/server.ts";
import { temporaryFolder } from "../support/temporary.ts";

const ROOT = new URL("../../", import.meta.url);
const PERMISSIONS = permissionsOf("start");

Deno.test("every task that serves gives the same permissions, and none to run programs", () => {
  assertEquals(permissionsOf("dev"), PERMISSIONS);
  assertEquals(permissionsOf("compile"), PERMISSIONS);
  for (const flag of PERMISSIONS) {
    if (flag === "--allow-sys=systemMemoryInfo") continue;
    assert(!/^--allow-(all|run|ffi|sys$|import)/.test(flag), `${flag} is more than serving needs`);
  }
});

Deno.test("the bundled server runs from an empty folder without packages, cache or network", async () => {
  await run("run", "-A", "server/bundle.ts");
  using folder = temporaryFolder();
  for (const file of ["main.js", "store_sqlite_writer.js"]) {
    await Deno.copyFile(new URL(`dist/server/${file}`, ROOT), `${folder.path}/${file}`);
  }
  await using server = await startServer({
    command: {
      program: Deno.execPath(),
      args: ["run", "--cached-only", "--no-remote", "--no-npm", ...PERMISSIONS, "main.js"],
      cwd: folder.path,
    },
    env: { DENO_DIR: `${folder.path}/cache` },
  });
  await assertServesTheClient(server);
  await assertCarriesAMessage(server);
});

Deno.test("the executable holds the server with its client and no packages", async () => {
  const executable = new URL("dist/parlor", ROOT);
  let { success, output } = await attempt(["task", "compile"]);
  const isRuntimeMissing = !success && output.includes("Setting up base binary");
  if (isRuntimeMissing) {
    // Packs the same files behind another binary, which shows what is in it but does not run.
    ({ success, output } = await attempt(["task", "compile"], { DENORT_BIN: Deno.execPath() }));
  }
  assert(success, output);
  try {
    assertEquals(embeddedFiles(output), ["main.js", "store_sqlite_writer.js"]);
    if (isRuntimeMissing) {
      console.log(
        "The runtime for compiled programs could not be downloaded, so dist/parlor was packed and " +
          "its contents checked, but it was not run.",
      );
      return;
    }
    using folder = temporaryFolder();
    await using server = await startServer({
      command: { program: executable.pathname, args: [], cwd: folder.path },
      env: { DENO_DIR: `${folder.path}/cache` },
    });
    await assertServesTheClient(server);
    await assertCarriesAMessage(server);
  } finally {
    if (isRuntimeMissing) await Deno.remove(executable);
  }
});

async function assertServesTheClient(server: RunningServer): Promise<void> {
  const page = await fetch(server.url);
  const html = await page.text();
  assertEquals(page.status, 200);
  const scripts = [...html.matchAll(/src="(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path!);
  assert(scripts.length > 0, `No script in the page:\n${html}`);
  for (const path of scripts) {
    const script = await fetch(new URL(path, server.url));
    assertEquals(script.status, 200);
    assertStringIncludes(script.headers.get("content-type") ?? "", "javascript");
    assert((await script.text()).length > 0);
  }
}

async function assertCarriesAMessage(server: RunningServer): Promise<void> {
  const { token } = await signIn(server.url, "Ann");
  await using author = await connect(server.url, { token });
  await using reader = await connect(server.url);
  for (const client of [author, reader]) {
    client.send({ type: "join", room: "lobby" });
    await client.nextOf("joined");
  }
  author.send({ type: "chat", id: "first", room: "lobby", message: "hello" });
  for (const client of [author, reader]) {
    const event = await client.nextOf("chat");
    assertEquals([event.message, event.seq, event.user.name], ["hello", 1, "Ann"]);
  }
}

/** The names that `deno compile` lists as packed into the executable. */
function embeddedFiles(output: string): string[] {
  return [...output.matchAll(/[├└]─[─┬] (\S+)/g)].map(([, name]) => name!).sort();
}

async function run(...args: string[]): Promise<void> {
  const { success, output } = await attempt(args);
  assert(success, output);
}

async function attempt(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ success: boolean; output: string }> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { success, output: text.decode(stdout) + text.decode(stderr) };
}
