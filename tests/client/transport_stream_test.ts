/** The way around blocked WebSockets: a stream of events, and a request for each message. */

import { assert, assertEquals } from "@std/assert";
import type { Transport } from "../../client/transport.ts";
import { streamAt } from "../../client/transport_stream.ts";
import type { JoinCommand, ServerEvent } from "../../server/protocol.ts";
import { settled } from "./support/fake_clock.ts";
import { joined, said } from "./support/chat_trial.ts";
import { ANN } from "./support/fake_network.ts";

const real = { EventSource: globalThis.EventSource, fetch: globalThis.fetch };

interface FakeStream {
  address: URL;
  isClosed: boolean;
  emit(...events: ServerEvent[]): void;
  fail(): void;
}

class Trial implements Disposable {
  readonly streams: FakeStream[] = [];
  readonly posts: { address: string; body: unknown }[] = [];
  /** What the server answers to the next posts. */
  readonly answers: (() => Response)[] = [];
  readonly events: ServerEvent[] = [];
  readonly ends: number[] = [];
  readonly transport: Transport;

  constructor(joins: JoinCommand[]) {
    const { streams } = this;
    class FakeEventSource {
      onmessage: ((event: { data: string }) => void) | undefined;
      onerror: (() => void) | undefined;
      #stream: FakeStream;
      constructor(address: URL) {
        this.#stream = {
          address,
          isClosed: false,
          emit: (...events) => this.onmessage!({ data: JSON.stringify(events) }),
          fail: () => this.onerror!(),
        };
        streams.push(this.#stream);
      }
      close(): void {
        this.#stream.isClosed = true;
      }
    }
    Object.assign(globalThis, {
      EventSource: FakeEventSource,
      fetch: (address: URL, { body }: RequestInit) => {
        this.posts.push({ address: address.pathname, body: JSON.parse(body as string) });
        const answer = this.answers.shift();
        return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError("no network"));
      },
    });
    this.transport = streamAt("https://chat.example")(joins, {
      events: (events) => this.events.push(...events),
      closed: (code) => this.ends.push(code),
    });
  }

  get stream(): FakeStream {
    return this.streams.at(-1)!;
  }

  /** What the open stream was asked for. */
  get asked(): Record<string, string> {
    return Object.fromEntries(this.stream.address.searchParams);
  }

  welcome(epoch: string): void {
    this.stream.emit(
      JSON.parse(JSON.stringify({ type: "welcome", user: ANN, epoch, heartbeat: 25_000 })),
    );
  }

  [Symbol.dispose](): void {
    this.transport.close();
    Object.assign(globalThis, real);
  }
}

const join = (room: string, since?: string): JoinCommand =>
  since === undefined ? { type: "join", room } : { type: "join", room, since };
const post = (id: string) => ({ type: "chat" as const, id, room: "lobby", message: `text ${id}` });

Deno.test("the stream resumes each room, those without a position last", () => {
  using trial = new Trial([join("new"), join("lobby", "e:7"), join("games", "e:3")]);
  assertEquals(trial.stream.address.pathname, "/api/events");
  assertEquals(trial.asked, { rooms: "lobby,games,new", since: "e:7,3" });
});

Deno.test("entering and leaving rooms opens the stream anew, once, where it had got to", async () => {
  using trial = new Trial([join("lobby", "e:1")]);
  trial.welcome("e");
  trial.stream.emit(joined("e:1", { events: [] }), said(2));
  trial.transport.send([join("games"), join("other")]);
  trial.transport.send([{ type: "leave", room: "other" }]);
  await settled();
  assertEquals(trial.streams.map(({ isClosed }) => isClosed), [true, false]);
  assertEquals(trial.asked, { rooms: "lobby,games", since: "e:2" });
});

Deno.test("a room of another history begins afresh instead of at a wrong place", async () => {
  using trial = new Trial([join("lobby", "e:70"), join("games", "e:9")]);
  trial.welcome("f");
  trial.stream.emit(joined("f:2", { messages: [], reset: "epoch" }));
  trial.transport.send([join("other")]);
  await settled();
  assertEquals(trial.asked, { rooms: "lobby,games,other", since: "f:2" });
});

Deno.test("asking again for a room is answered by opening the stream anew", async () => {
  using trial = new Trial([join("lobby", "e:1")]);
  trial.transport.send([join("lobby", "e:1")]);
  await settled();
  assertEquals(trial.streams.length, 2);
});

Deno.test("a long replay goes on by itself", () => {
  using trial = new Trial([join("lobby", "e:1")]);
  trial.stream.emit(joined("e:2", { events: [said(2)], more: true }));
  assert(!("more" in trial.events[0]!));
});

Deno.test("what is said at once goes in one request, and its answers are events", async () => {
  using trial = new Trial([join("lobby", "e:1")]);
  const refused: ServerEvent = {
    type: "error",
    id: "b",
    room: "lobby",
    code: "storage_full",
    message: "The disk is full.",
  };
  trial.answers.push(() => Response.json([said(2, ANN, "a"), refused]));
  trial.transport.send([post("a"), post("b")]);
  await settled();
  assertEquals(trial.posts, [{ address: "/api/commands", body: [post("a"), post("b")] }]);
  assertEquals(trial.events, [refused]);
});

Deno.test("requests follow each other, so that what is said stays in its order", async () => {
  using trial = new Trial([join("lobby", "e:1")]);
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = Response.json([]);
  slow.json = () => promise.then(() => []);
  trial.answers.push(() => slow, () => Response.json([]));
  trial.transport.send([post("a")]);
  trial.transport.send([post("b")]);
  await settled();
  assertEquals(trial.posts.map(({ body }) => body), [[post("a")]]);
  resolve();
  await settled();
  assertEquals(trial.posts.map(({ body }) => body), [[post("a")], [post("b")]]);
});

Deno.test("a refused request refuses all of its commands", async () => {
  using trial = new Trial([join("lobby", "e:1")]);
  const error = { code: "rate_limited" as const, message: "Too fast.", retryAfter: 5_000 };
  trial.answers.push(() => Response.json({ error }, { status: 429 }));
  trial.transport.send([post("a"), post("b")]);
  await settled();
  assertEquals(
    trial.events,
    ["a", "b"].map((id) => ({ type: "error", ...error, id, room: "lobby" })),
  );
});

Deno.test("the stream brings a new message, the answer one that was there before", async () => {
  using trial = new Trial([join("lobby", "e:1")]);
  trial.answers.push(() => Response.json([said(2, ANN, "a"), said(1, ANN, "b")]));
  trial.transport.send([post("a"), post("b")]);
  await settled();
  assertEquals(trial.events, [said(1, ANN, "b")]);
});

Deno.test("a post without an answer, or with one of a proxy, may be tried again", async () => {
  using trial = new Trial([join("lobby", "e:1")]);
  trial.answers.push(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
  for (const id of ["a", "b"]) {
    trial.transport.send([post(id)]);
    await settled();
    const refusal = trial.events.at(-1)!;
    assert(refusal.type === "error");
    assertEquals([refusal.id, refusal.code], [id, "unavailable"]);
  }
});

Deno.test("a broken stream is told once, and nothing after it is closed", async () => {
  using trial = new Trial([join("lobby", "e:1")]);
  const { stream } = trial;
  stream.fail();
  stream.fail();
  assertEquals(trial.ends, [1006]);
  assert(stream.isClosed);
  trial.transport.send([join("games")]);
  await settled();
  assertEquals(trial.streams.length, 1);
});
