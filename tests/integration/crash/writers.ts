/**
 * A process of writers: some authors that post without pause, over sockets or HTTP, try again whenever the
 * server goes away, and note what was acknowledged and shown. Run by `crash_test.ts` as
 *
 *     writers.ts URL ROOM socket|http NAME AUTHORS SEED
 *
 * Prints a line when they have begun. After a first line on standard input it finishes what is begun and
 * prints another. A second line tells the last position of the room: when those who listen have been shown
 * everything up to there, it prints its `Ledger` as JSON and ends.
 */

import { stdin } from "node:process";
import { createInterface } from "node:readline";
import {
  type ChatEvent,
  formatCursor,
  type ServerEvent,
  SUBPROTOCOL,
} from "../../../server/protocol.ts";
import { signIn } from "../../support/client.ts";
import { seeded } from "../../support/random.ts";
import { type Ledger, textOf } from "./ledger.ts";

/** Messages that a socket sends before the first of them is acknowledged. */
const WINDOW = 8;
/** Longest pause between two messages of an author, in milliseconds. */
const PAUSE = 10;

const [url = "", room = "", transport, name = "", authorCount, seed] = Deno.args;
const random = seeded(Number(seed));
const ledger: Ledger = { acknowledged: [], shown: [], retries: 0, surprises: [] };
let stopping = false;
/** The last position of the room; known once nobody writes any more. */
let lastPosition = Infinity;

const pause = (most: number) => new Promise((resume) => setTimeout(resume, random() * most));

/** A message that its author has written and nobody has acknowledged yet. */
interface Unsent {
  number: number;
  id: string;
  text: string;
}

class Author {
  #number = 0;
  constructor(readonly name: string, readonly token: string) {}

  write(): Unsent {
    const number = ++this.#number;
    return { number, id: `${this.name}-${number}`, text: textOf(this.name, number) };
  }

  acknowledge({ number, id }: Unsent, seq: number): void {
    ledger.acknowledged.push({ author: this.name, number, id, seq });
  }
}

/** Posts one message after the other, each until it is acknowledged. */
async function postByHttp(author: Author): Promise<void> {
  while (!stopping) {
    const message = author.write();
    for (let attempt = 1;; attempt++) {
      const event = await post(author, message);
      if (event) {
        author.acknowledge(message, event.seq);
        break;
      }
      if (attempt === 1) ledger.retries++;
      await pause(100);
    }
    await pause(PAUSE);
  }
}

/** The kept event, or undefined where the server went away or cannot answer now. */
async function post(author: Author, { id, text }: Unsent): Promise<ChatEvent | undefined> {
  try {
    const response = await fetch(`${url}/api/rooms/${room}/messages`, {
      method: "POST",
      headers: {
        "authorization": `Bearer ${author.token}`,
        "content-type": "application/json",
        "idempotency-key": id,
      },
      body: JSON.stringify({ message: text }),
    });
    const body = await response.json();
    if (response.ok) return body;
    if (response.status < 500) ledger.surprises.push(`${id}: ${JSON.stringify(body)}`);
  } catch (error) {
    // The connection broke, or the answer ended in the middle.
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
  }
}

/** Posts over sockets; listens to the whole room, or is only told of its own messages. */
class SocketAuthor {
  readonly #author: Author;
  #listens: boolean;
  /** In the order of writing; the first `#sent` of them are on their way on this connection. */
  readonly #waiting: Unsent[] = [];
  #sent = 0;
  /** What was shown, the id at each position. */
  readonly #shown: string[] = [];
  #socket: WebSocket | undefined;
  #epoch = "";
  #isFinished = false;
  readonly #written = Promise.withResolvers<void>();
  /** Resolves when nothing more will be written and all of it is acknowledged. */
  readonly written = this.#written.promise;

  constructor(author: Author, listens: boolean) {
    this.#author = author;
    this.#listens = listens;
  }

  /** Resolves when it has been shown everything, after `finish`. */
  async run(): Promise<void> {
    const writing = this.#write();
    while (!this.#isFinished) {
      await this.#connection();
      await pause(100);
    }
    await writing;
    if (this.#listens) ledger.shown.push(this.#shown);
  }

  /** Looks whether everything is done, now that something has changed. */
  look(): void {
    if (!stopping || this.#waiting.length > 0) return;
    this.#written.resolve();
    if (this.#listens && this.#shown.length < lastPosition) return;
    this.#isFinished = true;
    this.#socket?.close();
  }

  /** Keeps up to a window of messages waiting. */
  async #write(): Promise<void> {
    while (!stopping) {
      if (this.#waiting.length < WINDOW) {
        this.#waiting.push(this.#author.write());
        this.#send();
      }
      await pause(PAUSE);
    }
    this.look();
  }

  /** One connection, from opening to its end. */
  async #connection(): Promise<void> {
    const { promise: closed, resolve: end } = Promise.withResolvers<void>();
    const socket = new WebSocket(
      `${url.replace("http", "ws")}/ws?token=${this.#author.token}`,
      [SUBPROTOCOL],
    );
    this.#socket = socket;
    socket.onclose = () => end();
    socket.onmessage = ({ data }) => {
      for (const event of JSON.parse(data) as ServerEvent[]) this.#take(event);
      this.look();
    };
    socket.onopen = () => {
      ledger.retries += this.#sent;
      this.#sent = 0;
      this.#send();
    };
    await closed;
  }

  #send(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    for (; this.#sent < this.#waiting.length; this.#sent++) {
      const { id, text } = this.#waiting[this.#sent]!;
      this.#socket.send(JSON.stringify({ type: "chat", id, room, message: text }));
    }
  }

  #join(): void {
    const since = formatCursor(this.#epoch, this.#shown.length);
    this.#socket?.send(JSON.stringify({ type: "join", room, since }));
  }

  #take(event: ServerEvent): void {
    switch (event.type) {
      case "welcome":
        this.#epoch ||= event.epoch;
        if (this.#listens) this.#join();
        break;
      case "joined":
        if (event.reset) {
          // A server that takes back what it has shown: nothing that could be compared comes after.
          this.#surprise(`reset because of ${event.reset}`);
          this.#listens = false;
        }
        for (const each of event.events ?? []) if (each.type === "chat") this.#show(each);
        if (event.more) this.#join();
        break;
      case "chat":
        this.#show(event);
        break;
      case "behind":
        this.#join();
        break;
      case "error":
        this.#surprise(`${event.code}: ${event.message}`);
        break;
    }
  }

  /** What is new comes without holes; the answer to a retry may be older, or ahead of a replay. */
  #show(event: ChatEvent): void {
    const before = this.#shown[event.seq - 1];
    if (before === undefined && event.seq === this.#shown.length + 1) this.#shown.push(event.id);
    else if (before !== undefined && before !== event.id) {
      this.#surprise(`position ${event.seq} was shown with two messages`);
    }
    this.#acknowledge(event);
  }

  #acknowledge(event: ChatEvent): void {
    const index = this.#waiting.findIndex(({ id }) => id === event.id);
    if (index < 0) return;
    const [message] = this.#waiting.splice(index, 1);
    if (index < this.#sent) this.#sent--;
    this.#author.acknowledge(message!, event.seq);
  }

  #surprise(what: string): void {
    ledger.surprises.push(`${this.#author.name}: ${what}`);
  }
}

const authors = await Promise.all(
  Array.from({ length: Number(authorCount) }, async (_, index) => {
    const authorName = `${name}-${index + 1}`;
    return new Author(authorName, (await signIn(url, authorName)).token);
  }),
);
const sockets = transport === "socket"
  ? authors.map((author, index) => new SocketAuthor(author, index % 2 === 0))
  : [];
const posting = transport === "http" ? authors.map(postByHttp) : [];
const listening = sockets.map((socket) => socket.run());
console.log("writing");

const lines = createInterface({ input: stdin })[Symbol.asyncIterator]();
await lines.next();
stopping = true;
for (const socket of sockets) socket.look();
await Promise.all([...posting, ...sockets.map((socket) => socket.written)]);
console.log("written");

lastPosition = Number((await lines.next()).value);
for (const socket of sockets) socket.look();
await Promise.all(listening);
console.log(JSON.stringify(ledger));
// Connections that are kept alive would otherwise hold the process.
Deno.exit();
