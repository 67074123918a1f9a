/**
 * The whole socket, against random and damaged frames over real connections: nobody else notices more
 * than the messages that were valid, and the process lives and keeps its size. `deno task fuzz` sends more.
 */

import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import * as fc from "fast-check";
import { CLOSE, type ServerEvent, SUBPROTOCOL } from "../../server/protocol.ts";
import { type Client, connect, connectPlain, type PlainClient, signIn } from "../support/client.ts";
import { within } from "../support/deadline.ts";
import { damaged, framesAsked, hostileFrame, seedAsked } from "../support/hostile_frames.ts";
import { seeded } from "../support/random.ts";
import { clientFrame, RawSocket } from "../support/raw_socket.ts";
import { type RunningServer, startServer } from "../support/server.ts";

const FRAMES = framesAsked(10_000);
/** Frames that are sent before the answer to them is awaited. */
const AT_ONCE = 20;
/** The same on plain sockets, which answer so little that every wait takes a delayed TCP acknowledgement. */
const PLAIN_AT_ONCE = 50;
/** Who sends at the same time: most of the time of one is waiting for its answers. */
const ATTACKERS = 8;
/** How connections may end: refused for a reason, left by the client, or broken by its bytes. */
const ENDS: readonly number[] = [
  ...[CLOSE.tooLong, CLOSE.refused, CLOSE.flooding, CLOSE.badBytes, CLOSE.slow].map(({ code }) =>
    code
  ),
  ...[1000, 1002, 1005, 1006],
];
/** Bursts on one connection. */
const BURSTS_OF_ONE = 50;
/** Connections with frames that are none. */
const DAMAGED_SOCKETS = 200;
/** How much the process may grow from the middle of the run to its end: the noise of its heap. */
const GROWTH = 64 * 1024 * 1024;
const EVENT_FIELDS = ["id", "message", "room", "seq", "timestamp", "type", "user"];

/** Bursts of frames; the same seed makes the same ones. */
function* bursts(frames: number, atOnce: number): Generator<string[]> {
  const made = fc.sample(hostileFrame, {
    numRuns: Math.min(frames / atOnce, 2_000),
    seed: seedAsked(),
  });
  for (let sent = 0, round = 0; sent < frames; round++) {
    for (const { frame, seed } of made) {
      if (sent >= frames) return;
      yield damaged(frame, seed + round, atOnce);
      sent += atOnce;
    }
  }
}

/** Resident bytes of a process; undefined where the system does not tell. */
async function residentBytes({ pid }: RunningServer): Promise<number | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}

/** Sends every burst through one of `senders`, and checks that the process has not grown since the middle. */
async function flood(
  server: RunningServer,
  frames: number,
  atOnce: number,
  senders: readonly ((burst: string[]) => Promise<void>)[],
) {
  let sent = 0;
  let middle: Promise<number | undefined> | undefined;
  const all = bursts(frames, atOnce);
  await Promise.all(senders.map(async (send) => {
    for (const burst of all) {
      await send(burst);
      sent += burst.length;
      if (sent >= frames / 2) middle ??= residentBytes(server);
    }
  }));
  const [before, after] = [await middle, await residentBytes(server)];
  if (before !== undefined && after !== undefined) {
    assertLess(after - before, GROWTH, `The server grew from ${before} to ${after} bytes`);
  }
}

async function assertLives(server: RunningServer): Promise<void> {
  const response = await fetch(new URL("/healthz", server.url));
  await response.body?.cancel();
  assertEquals(response.status, 200);
  assert(!server.output().includes("unexpected error"), server.output().slice(-4_000));
  // As the log has them: who floods may see only that the connection broke.
  const codes = new Set(
    [...server.output().matchAll(/ disconnected .*?code=(\d+)/g)].map(([, code]) => Number(code)),
  );
  for (const code of codes) assert(ENDS.includes(code), `A socket was closed with ${code}`);
}

/** The messages for the lobby in a frame, by the server's own rules of what is JSON. */
function messagesIn(frame: string): string[] {
  try {
    // As it arrives: half of a character cannot be sent.
    const values = [JSON.parse(frame.toWellFormed())].flat();
    return values.filter((value) => value?.type === "chat" && value.room === "lobby")
      .map(({ message }) => message).filter((one) => typeof one === "string");
  } catch {
    return [];
  }
}

/** The texts of the last while, as a long run sends more than memory holds. */
class Recent {
  #now = new Set<string>();
  #before = new Set<string>();

  add(text: string): void {
    if (this.#now.size >= 10_000) {
      this.#before = this.#now;
      this.#now = new Set();
    }
    this.#now.add(text);
  }

  has(text: string): boolean {
    return this.#now.has(text) || this.#before.has(text);
  }
}

/** Tells every text frame that comes and keeps none; joins a room where it speaks parlor.v1. */
async function listen(
  server: RunningServer,
  path: string,
  room: string | undefined,
  tell: (data: string) => void,
): Promise<WebSocket & AsyncDisposable> {
  const address = new URL(path, server.url.replace("http", "ws"));
  const socket = new WebSocket(address, room === undefined ? [] : [SUBPROTOCOL]);
  const { promise: closed, resolve: end } = Promise.withResolvers<void>();
  socket.addEventListener("close", () => end());
  const ready = new Promise<void>((resolve) => {
    socket.addEventListener("open", () => {
      if (room === undefined) resolve();
      else socket.send(JSON.stringify({ type: "join", room }));
    });
    socket.addEventListener("message", ({ data }) => {
      if (data.startsWith(`[{"type":"joined"`)) resolve();
      tell(data);
    });
  });
  await within(ready, () => `Nobody listens at ${address}`);
  return Object.assign(socket, {
    async [Symbol.asyncDispose]() {
      socket.close();
      await within(closed, () => "A listener did not close");
    },
  });
}

/** A connection for a number of bursts; a fresh one where it was closed, by a code of ours. */
class Attacker<Connection extends Client | PlainClient> {
  sockets = 0;
  #bursts = 0;
  #connection: Connection | undefined;

  constructor(private readonly open: () => Promise<Connection>) {}

  async connection(): Promise<Connection> {
    const isOpen = this.#connection?.socket.readyState === WebSocket.OPEN;
    if (!isOpen || this.#bursts++ % BURSTS_OF_ONE === 0) {
      await this.end();
      this.#connection = await this.open();
      this.sockets++;
    }
    return this.#connection!;
  }

  /** Settles when the server has carried out everything, or has closed the connection. */
  async answered(answer: Promise<unknown>): Promise<void> {
    const { closed } = this.#connection!;
    await answer.catch(async (error) => await within(closed, () => String(error)));
  }

  async end(): Promise<void> {
    await this.#connection?.close();
  }
}

function manyAttackers<Connection extends Client | PlainClient>(
  open: () => Promise<Connection>,
): Attacker<Connection>[] {
  return Array.from({ length: ATTACKERS }, () => new Attacker(open));
}

function socketsOf(attackers: readonly { sockets: number }[]): number {
  return attackers.reduce((sum, { sockets }) => sum + sockets, 0);
}

Deno.test(`${FRAMES} hostile frames on parlor.v1 sockets show others nothing but valid messages`, async () => {
  await using server = await startServer();
  const { token, user } = await signIn(server.url, "Mallory");

  const sent = new Recent();
  const leaks: unknown[] = [];
  let seen = 0;
  await using observer = await listen(server, "/ws", "lobby", (data) => {
    for (const event of JSON.parse(data) as ServerEvent[]) {
      if (event.type !== "chat") continue;
      seen++;
      const isRight = Object.keys(event).sort().join() === EVENT_FIELDS.join() &&
        event.room === "lobby" && event.user.id === user.id && event.user.name === user.name &&
        sent.has(event.message);
      if (!isRight) leaks.push(event);
    }
  });
  await using _bystander = await listen(server, "/ws", "quiet", (data) => {
    for (const event of JSON.parse(data) as ServerEvent[]) {
      if (!["welcome", "joined", "head", "presence"].includes(event.type)) leaks.push(event);
    }
  });

  let barrier = 0;
  const attackers = manyAttackers(() => connect(server.url, { token }));
  await flood(
    server,
    FRAMES,
    AT_ONCE,
    attackers.map((mallory) => async (burst) => {
      const connection = await mallory.connection();
      for (const frame of burst) {
        for (const message of messagesIn(frame)) sent.add(message);
        connection.sendRaw(frame);
      }
      const id = `barrier-${barrier++}`;
      connection.sendRaw(JSON.stringify({ type: "barrier", id }));
      await mallory.answered(connection.nextOf("error", (event) => event.id === id));
    }),
  );
  await Promise.all(attackers.map((mallory) => mallory.end()));

  await assertLives(server);
  assertEquals(observer.readyState, WebSocket.OPEN);
  assertEquals(leaks, []);
  assertGreater(seen, 0);
  assertGreater(barrier, socketsOf(attackers));
  console.log(
    `seed ${seedAsked()}: ${socketsOf(attackers)} sockets, ${seen} messages seen by others`,
  );
});

Deno.test(`${FRAMES} hostile frames on plain sockets reach their own room as they are, and no other`, async () => {
  await using server = await startServer();
  const sent = new Recent();
  const leaks: unknown[] = [];
  let seen = 0;
  await using observer = await listen(server, "/?room=noise", undefined, (data) => {
    if (data.startsWith('{"type":"chat","message":"barrier')) return;
    seen++;
    if (!sent.has(data) && !sent.has(chatMessageOf(data) ?? "")) leaks.push(data);
  });
  await using _bystander = await listen(
    server,
    "/?room=quiet",
    undefined,
    (data) => leaks.push(data),
  );

  let barrier = 0;
  const attackers = manyAttackers(() => connectPlain(new URL("/?room=noise", server.url)));
  await flood(
    server,
    FRAMES,
    PLAIN_AT_ONCE,
    attackers.map((mallory) => async (burst) => {
      const connection = await mallory.connection();
      for (const frame of burst) {
        // As it arrives: half of a character cannot be sent.
        sent.add(frame.toWellFormed());
        const message = chatMessageOf(frame.toWellFormed());
        if (message !== undefined) sent.add(message);
        connection.send(frame);
      }
      const message = `barrier ${barrier++}.`;
      connection.send(JSON.stringify({ type: "chat", message }));
      await mallory.answered(connection.next((data) => String(data).includes(message)));
    }),
  );
  await Promise.all(attackers.map((mallory) => mallory.end()));

  await assertLives(server);
  assertEquals(observer.readyState, WebSocket.OPEN);
  assertEquals(leaks, []);
  assertGreater(seen, 0);
  console.log(
    `seed ${seedAsked()}: ${socketsOf(attackers)} sockets, ${seen} frames seen by others`,
  );
});

Deno.test("sockets whose very bytes are damaged are closed, and nobody else notices", async () => {
  await using server = await startServer();
  await using observer = await connect(server.url);
  observer.send({ type: "join", room: "lobby" });
  await observer.nextOf("joined");
  const random = seeded(seedAsked());
  const below = (bound: number) => Math.floor(random() * bound);

  const damage = async () => {
    using socket = await RawSocket.open(server.port, random() < 0.5 ? { protocol: null } : {});
    const frames = Array.from({ length: 1 + below(4) }, () => {
      const payload = Uint8Array.from({ length: below(300) }, () => below(256));
      const options = { final: random() < 0.7, masked: random() < 0.9 };
      const frame = clientFrame(below(16), payload, options);
      if (random() < 0.3) frame[0]! |= 1 << (4 + below(3));
      if (random() < 0.3) frame[below(frame.length)] = below(256);
      return frame.subarray(0, random() < 0.2 ? below(frame.length) : frame.length);
    });
    for (const frame of frames) await socket.write(frame).catch(() => {});
  };
  for (let round = 0; round < DAMAGED_SOCKETS / 10; round++) {
    await Promise.all(Array.from({ length: 10 }, damage));
  }

  await assertLives(server);
  const { token } = await signIn(server.url, "Ann");
  await using author = await connect(server.url, { token });
  author.send({ type: "chat", id: "after", room: "lobby", message: "still here" });
  const event = await observer.nextOf("chat", ({ user }) => user.name === "Ann");
  assertEquals(event.message, "still here");
});

/** The text of a chat frame of plain sockets. */
function chatMessageOf(frame: string): string | undefined {
  try {
    const value = JSON.parse(frame);
    return value?.type === "chat" && typeof value.message === "string" ? value.message : undefined;
  } catch {
    return undefined;
  }
}
