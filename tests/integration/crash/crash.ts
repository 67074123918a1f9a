/** Kills a server again and again under the hands of its writers, and judges what is left. */

import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { type ChatEvent, formatCursor, parseCursor } from "../../../server/protocol.ts";
import { within } from "../../support/deadline.ts";
import { seeded } from "../../support/random.ts";
import { startServer } from "../../support/server.ts";
import { judge, type Ledger, type Verdict } from "./ledger.ts";

const ROOM = "crash";
/** Processes of writers: transport and number of authors. */
const WRITERS = [["socket", 6], ["socket", 6], ["http", 4]] as const;
/** Longest life of a server until it is killed, in milliseconds. */
const LONGEST_LIFE = 600;
/** How many of the kills come while the server is still starting. */
const KILLED_AT_START = 0.2;
/** How long the writers may take to come to an end, in milliseconds. */
const ENDING = 30_000;

export interface CrashPlan {
  kills: number;
  /** The same seed kills after the same times. */
  seed: number;
  /** The script that is run as the server; `main.ts` where absent. */
  entry?: URL;
}

export async function crash({ kills, seed, entry }: CrashPlan): Promise<Verdict> {
  const random = seeded(seed);
  const life = (most: number) => new Promise((resume) => setTimeout(resume, random() * most));
  await using server = await startServer({ port: freePort(random), ...(entry && { entry }) });
  const writers = WRITERS.map(([transport, authors], index) =>
    new WriterProcess([
      server.url,
      ROOM,
      transport,
      `p${index + 1}`,
      `${authors}`,
      `${seed + index}`,
    ])
  );
  try {
    for (const writer of writers) await writer.line("writing");
    for (let killed = 0; killed < kills;) {
      await life(LONGEST_LIFE);
      await server.kill();
      killed++;
      while (killed < kills && random() < KILLED_AT_START) {
        // Ended before it was ready, which rejects.
        const starting = server.restart().catch(() => {});
        await life(LONGEST_LIFE);
        await server.kill();
        await starting;
        killed++;
      }
      await server.restart();
    }
    for (const writer of writers) writer.tell("stop");
    for (const writer of writers) await writer.line("written");
    const log = await readLog(server.url);
    for (const writer of writers) writer.tell(String(log.at(-1)?.seq ?? 0));
    const ledgers: Ledger[] = [];
    for (const writer of writers) ledgers.push(JSON.parse(await writer.line("its ledger")));
    return judge(ledgers, log);
  } finally {
    for (const writer of writers) await writer.end();
  }
}

/** The whole log of the room, page by page. */
async function readLog(url: string): Promise<ChatEvent[]> {
  const log: ChatEvent[] = [];
  const path = `${url}/api/rooms/${ROOM}/messages`;
  const { cursor } = await (await fetch(`${path}?limit=1`)).json();
  const { epoch } = parseCursor(cursor)!;
  for (let newer = true; newer;) {
    const after = formatCursor(epoch, log.at(-1)?.seq ?? 0);
    const page = await (await fetch(`${path}?limit=200&after=${after}`)).json();
    log.push(...page.messages);
    newer = page.newer;
  }
  return log;
}

/** A child process that is asked and answers in lines. */
class WriterProcess {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #lines: AsyncIterator<string>;

  constructor(args: string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--allow-net", "--allow-read", "--allow-env"],
        new URL("writers.ts", import.meta.url).href,
        ...args,
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#lines = createInterface({ input: Readable.fromWeb(this.#child.stdout) })
      [Symbol.asyncIterator]();
  }

  tell(line: string): void {
    // A writer that has ended is noticed by the line that it does not answer.
    this.#input.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
  }

  async line(what: string): Promise<string> {
    const next = this.#lines.next();
    const { value, done } = await within(next, () => `Writers did not say “${what}”`, ENDING);
    if (done) throw new Error(`Writers ended before they said “${what}”.`);
    return value;
  }

  async end(): Promise<void> {
    await this.#input.close().catch(() => {});
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#lines.return?.();
    await this.#child.status;
  }
}

/**
 * A port that nobody uses, below those that the system gives to outgoing connections: a client that tries
 * again while the server is down must not get the server's own port.
 */
function freePort(random: () => number): number {
  for (;;) {
    const port = 20_000 + Math.floor(random() * 10_000);
    try {
      Deno.listen({ hostname: "localhost", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
