/**
 * What it costs to tell who is here: the share of presence and status in all that a room of many people
 * receives, while people talk, come, go and turn to other things. Fails where it is a tenth or more.
 *
 *     deno task bench:presence [--people=1000] [--seconds=60] [--messages=10] [--changes=5] [--watched=30]
 */

import { parseArgs } from "node:util";
import { type Command, SUBPROTOCOL } from "../../server/protocol.ts";
import { signIn } from "../support/client.ts";
import { startServer } from "../support/server.ts";

const SHARE_MOST = 0.1;
/** Milliseconds that somebody who leaves stays away: longer than the grace for a reload. */
const AWAY = 10_000;
/** Milliseconds of the same before it is counted: what all their coming has caused is over by then. */
const SETTLING = 60_000;
/** Messages said before anybody comes, so that whoever comes back gets a page, as they would. */
const SAID_BEFORE = 50;
const ROOM = "lobby";

const { values } = parseArgs({
  options: {
    /** People in the room, each with one connection. */
    people: { type: "string", default: "1000" },
    seconds: { type: "string", default: "60" },
    /** Messages a second in the room. */
    messages: { type: "string", default: "10" },
    /** People a second who leave, and as many who change between being there and away. */
    changes: { type: "string", default: "5" },
    /** People whom each has on screen. */
    watched: { type: "string", default: "30" },
  },
});
const [PEOPLE, SECONDS, MESSAGES, CHANGES, WATCHED] = [
  values.people,
  values.seconds,
  values.messages,
  values.changes,
  values.watched,
].map(Number) as [number, number, number, number, number];

/** Bytes and frames received, by the type of their first event. */
const received = new Map<string, { bytes: number; frames: number }>();
let isCounting = false;

const utf8 = new TextEncoder();

/** Somebody in the room. */
class Visitor {
  #socket: WebSocket | undefined;
  #isAway = false;

  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly watched: readonly string[],
  ) {}

  /** Connects, enters the room and watches who is on screen. */
  async come(): Promise<void> {
    const address = new URL(`/ws?token=${this.token}`, this.url.replace("http", "ws"));
    const socket = new WebSocket(address, SUBPROTOCOL);
    this.#socket = socket;
    this.#isAway = false;
    const { promise: entered, resolve, reject } = Promise.withResolvers<void>();
    socket.onerror = () => {
      // Unless it was closed on the way.
      if (this.#socket !== socket) return resolve();
      reject(new Error("The server does not take so many connections."));
    };
    socket.onmessage = ({ data }) => {
      count(data);
      if (data.startsWith('[{"type":"status"')) resolve();
    };
    socket.onopen = () =>
      this.send([{ type: "join", room: ROOM }, { type: "watch", people: [...this.watched] }]);
    await entered;
  }

  go(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  turn(): void {
    this.#isAway = !this.#isAway;
    this.send([{ type: "away", away: this.#isAway }]);
  }

  send(commands: Command[]): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(commands));
  }
}

function messageAt(index: number): Command {
  const message = `Message ${index} `.padEnd(64, ".");
  return { type: "chat", id: `m-${index}`, room: ROOM, message };
}

function count(frame: string): void {
  if (!isCounting) return;
  const type = /^\[\{"type":"(\w+)"/.exec(frame)?.[1] ?? "other";
  const sum = received.get(type) ?? { bytes: 0, frames: 0 };
  // What is only of ASCII, nearly all, has as many bytes as characters.
  sum.bytes += frame.length < 1_000 ? utf8.encode(frame).byteLength : frame.length;
  sum.frames++;
  received.set(type, sum);
}

/** Calls something so many times a second until it is over. */
function often(perSecond: number, call: (index: number) => void): () => void {
  let calls = 0;
  const started = performance.now();
  const timer = setInterval(() => {
    const due = (performance.now() - started) / 1_000 * perSecond;
    while (calls < due) call(calls++);
  }, 10);
  return () => clearInterval(timer);
}

await using server = await startServer({ data: ":memory:" });
const sessions: Awaited<ReturnType<typeof signIn>>[] = [];
for (let index = 0; index < PEOPLE; index++) {
  sessions.push(await signIn(server.url, `Person ${index}`));
}
const ids = sessions.map(({ user }) => user.id);
const visitors = sessions.map(({ token }, index) => {
  // Everybody has others on screen, spread over all.
  const step = Math.max(1, Math.floor(PEOPLE / WATCHED));
  const watched = Array.from(
    { length: Math.min(WATCHED, PEOPLE) },
    (_, place) => ids[(index + 1 + place * step) % PEOPLE]!,
  );
  return new Visitor(server.url, token, [...new Set(watched)]);
});
await visitors[0]!.come();
visitors[0]!.send(Array.from({ length: SAID_BEFORE }, (_, index) => messageAt(-1 - index)));
visitors[0]!.go();
for (let start = 0; start < PEOPLE; start += 50) {
  await Promise.all(visitors.slice(start, start + 50).map((visitor) => visitor.come()));
}

const returns: ReturnType<typeof setTimeout>[] = [];
const stops = [
  often(MESSAGES, (index) => visitors[index % 10]!.send([messageAt(index)])),
  // The first ten talk and stay; those who go and those who turn away are of two halves.
  often(CHANGES, (index) => {
    const half = Math.floor((PEOPLE - 10) / 2);
    const visitor = visitors[10 + index % half]!;
    visitor.go();
    returns.push(setTimeout(() => visitor.come(), AWAY));
    visitors[10 + half + index % half]!.turn();
  }),
];
await new Promise((resolve) => setTimeout(resolve, SETTLING));
isCounting = true;
await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
isCounting = false;
for (const stop of stops) stop();
for (const timer of returns) clearTimeout(timer);
for (const visitor of visitors) visitor.go();

const total = [...received.values()].reduce((sum, { bytes }) => sum + bytes, 0);
const ofPeople = ["presence", "status"].map((type) => received.get(type)?.bytes ?? 0)
  .reduce((sum, bytes) => sum + bytes, 0);
console.log(
  `${PEOPLE} people, ${WATCHED} on each screen; a second: ${MESSAGES} messages, ` +
    `${CHANGES} leave for ${AWAY / 1_000} s, ${CHANGES} turn away or back; ${SECONDS} s`,
);
for (const [type, { bytes, frames }] of [...received].sort(([, a], [, b]) => b.bytes - a.bytes)) {
  const perPerson = Math.round(bytes / PEOPLE / SECONDS);
  console.log(
    `${type.padEnd(10)} ${(bytes / total * 100).toFixed(1).padStart(5)} %  ` +
      `${String(perPerson).padStart(6)} B/s a person  ${frames} frames`,
  );
}
const share = ofPeople / total;
console.log(`presence and status: ${(share * 100).toFixed(1)} % of what is received`);
if (!(share < SHARE_MOST) || ofPeople === 0) {
  console.error(`It has to be told, in less than ${SHARE_MOST * 100} %.`);
  Deno.exitCode = 1;
}
