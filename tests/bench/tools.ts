/** What the bench needs besides Deno: Node, the peers at their exact versions, and the compiled load. */

import { find, howToInstall, type Program } from "../support/programs.ts";

/** Where the peers are, with what they import installed beside them. */
export const PEERS = new URL("peers/", import.meta.url);

/** The newest releases when this was written. */
const PACKAGES = ["ws@8.23.0", "socket.io@4.8.4"];
const BUN = "1.4.5";

/** Something is missing without which the bench cannot begin; the message says what to do. */
export class NotReady extends Error {
  override name = "NotReady";
}

/** Paths of what makes the load. */
export interface LoadTools {
  load: string;
  taskset: string;
}

/** Paths of programs. */
export interface Tools extends LoadTools {
  node: string;
  bun: string;
}

const program = (name: string, command: string, debian: string): Program => ({
  name,
  commands: [command],
  places: [],
  debian,
});
const NODE = program("Node", "node", "nodejs");
const NPM = program("npm", "npm", "npm");
const TAR = program("tar", "tar", "tar");
const COMPILER = program("A C compiler", "cc", "gcc libc6-dev");
const TASKSET = program("taskset", "taskset", "util-linux");

/** Finds, installs and compiles; `folder` takes the compiled load. Throws `NotReady`. */
export async function prepareTools(folder: string): Promise<Tools> {
  return { ...await prepareLoad(folder), node: path(NODE), bun: await installPeers() };
}

/** The part of it that needs no other servers. */
export async function prepareLoad(folder: string): Promise<LoadTools> {
  if (Deno.build.os !== "linux") {
    throw new NotReady("The bench needs Linux: it reads /proc and pins processes to cores.");
  }
  const load = `${folder}/load`;
  await runTool(path(COMPILER), [
    ...["-O3", "-flto", "-o", load],
    ...["main.c", "clients.c", "dialect.c", "websocket.c"],
  ], new URL("load/", import.meta.url));
  return { load, taskset: path(TASKSET) };
}

function path(program: Program): string {
  const found = find(program);
  if (found) return found;
  throw new NotReady(howToInstall(program));
}

/** Installs what is not there yet, and returns the path of Bun. */
async function installPeers(): Promise<string> {
  const wanted = [...PACKAGES, `bun@${BUN}`].join(" ");
  const note = new URL("node_modules/.installed", PEERS);
  const architecture = Deno.build.arch === "aarch64" ? "aarch64" : "x64";
  const bun = new URL(`node_modules/bun-linux-${architecture}/`, PEERS);
  const executable = new URL("package/bin/bun", bun).pathname;
  if (await Deno.readTextFile(note).catch(() => "") === wanted) return executable;
  console.log("Installing the peers …");
  await Deno.remove(new URL("node_modules/", PEERS), { recursive: true }).catch(() => {});
  const quiet = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--prefix", "."];
  await runTool(path(NPM), ["install", ...quiet, ...PACKAGES], PEERS);
  // Some installers leave the folder of this package empty, so it is unpacked here.
  await Deno.mkdir(bun, { recursive: true });
  const name = `@oven/bun-linux-${architecture}`;
  await runTool(path(NPM), ["pack", "--silent", `${name}@${BUN}`], bun);
  await runTool(path(TAR), ["xzf", `oven-bun-linux-${architecture}-${BUN}.tgz`], bun);
  await Deno.writeTextFile(note, wanted);
  return executable;
}

async function runTool(program: string, args: readonly string[], cwd: URL): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args: [...args], cwd }).output();
  if (success) return;
  throw new NotReady(`${program} ${args.join(" ")} failed:\n${new TextDecoder().decode(stderr)}`);
}
