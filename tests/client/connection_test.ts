/** One connection that is noticed dead, comes back and goes round what blocks it. */

import { assert, assertEquals } from "@std/assert";
import { Connection } from "../../client/connection.ts";
import { CLOSE, type JoinCommand, type ServerEvent } from "../../server/protocol.ts";
import { FakeClock } from "./support/fake_clock.ts";
import { FakeNetwork, HEARTBEAT } from "./support/fake_network.ts";

class Trial implements Disposable {
  readonly clock = new FakeClock();
  readonly network = new FakeNetwork();
  joins: JoinCommand[] = [{ type: "join", room: "lobby" }];
  readonly events: ServerEvent[] = [];
  readonly told: string[] = [];
  unopened = 0;
  readonly connection = new Connection({
    joins: () => this.joins,
    opened: () => this.told.push("opened"),
    events: (events) => this.events.push(...events),
    closed: () => this.told.push("closed"),
    unopened: () => this.unopened++,
    ended: (code) => this.told.push(`ended with ${code}`),
  }, this.network);

  constructor() {
    this.connection.reconnectNow();
  }

  get status(): string {
    return this.connection.status.value;
  }

  [Symbol.dispose](): void {
    this.connection.close();
    const { waiting } = this.clock;
    this.clock[Symbol.dispose]();
    assertEquals(waiting, 0, "No timer is left behind");
  }
}

const head = (seq: number): ServerEvent => ({ type: "head", room: "lobby", cursor: `e:${seq}` });

Deno.test("a connection is online when it has been welcomed", () => {
  using trial = new Trial();
  assertEquals(trial.status, "connecting");
  assertEquals(trial.network.socket.joins, [{ type: "join", room: "lobby" }]);
  trial.network.socket.welcome();
  assertEquals(trial.status, "online");
  assertEquals(trial.told, ["opened"]);
});

Deno.test("a room entered while the connection is being opened is joined when it stands", () => {
  using trial = new Trial();
  trial.joins = [...trial.joins, { type: "join", room: "games" }];
  trial.network.socket.welcome();
  assertEquals(trial.network.socket.taken(), [{ type: "join", room: "games" }]);
});

Deno.test("a broken connection comes back after a wait that grows with every failure", async () => {
  using trial = new Trial();
  trial.network.reachable = false;
  for (const wait of [500, 1_000, 2_000, 4_000]) {
    const { length } = trial.network.sockets;
    trial.network.socket.end();
    assertEquals(trial.status, "reconnecting");
    await trial.clock.advance(wait - 1);
    assertEquals(trial.network.sockets.length, length);
    await trial.clock.advance(1);
    assertEquals(trial.network.sockets.length, length + 1);
  }
});

Deno.test("the wait is short again after a connection that held, not after one that did not", async () => {
  using trial = new Trial();
  trial.network.socket.end();
  await trial.clock.advance(500);
  trial.network.socket.welcome();
  await trial.clock.advance(1_000);
  trial.network.socket.end();
  await trial.clock.advance(999);
  assertEquals(trial.network.sockets.length, 2);
  await trial.clock.advance(1);
  assertEquals(trial.network.sockets.length, 3);

  trial.network.socket.welcome();
  await trial.clock.advance(6_000);
  trial.network.socket.end();
  await trial.clock.advance(500);
  assertEquals(trial.network.sockets.length, 4);
});

Deno.test("a server that says goodbye is come back to when it said", async () => {
  using trial = new Trial();
  trial.network.socket.welcome();
  trial.network.socket.emit({ type: "bye", code: 1001, retryAfter: 7_000 });
  trial.network.socket.end(1001);
  await trial.clock.advance(6_999);
  assertEquals(trial.network.sockets.length, 1);
  await trial.clock.advance(1);
  assertEquals(trial.network.sockets.length, 2);
});

Deno.test("after a close that forbids it the client does not come back by itself", async () => {
  using trial = new Trial();
  trial.network.socket.welcome();
  const { code, reason } = CLOSE.refused;
  trial.network.socket.end(code, reason);
  assertEquals(trial.status, "ended");
  assertEquals(trial.connection.detail.value, "The server ended the connection: not allowed.");
  await trial.clock.advance(120_000);
  trial.connection.wake();
  assertEquals(trial.network.sockets.length, 1);
});

Deno.test("a connection silent for more than two heartbeats is given up", async () => {
  using trial = new Trial();
  trial.network.socket.welcome();
  await trial.clock.advance(HEARTBEAT);
  trial.network.socket.emit(head(0));
  await trial.clock.advance(2 * HEARTBEAT);
  assertEquals(trial.status, "online");
  await trial.clock.advance(1_000);
  assertEquals(trial.status, "reconnecting");
  assert(trial.network.socket.isClosed);
});

Deno.test("a connection without a room has no heartbeats and is not given up", async () => {
  using trial = new Trial();
  trial.joins = [];
  trial.network.socket.welcome();
  await trial.clock.advance(10 * HEARTBEAT);
  assertEquals(trial.status, "online");
});

Deno.test("a socket that neither opens nor fails is given up", async () => {
  using trial = new Trial();
  await trial.clock.advance(11_600);
  assert(trial.network.sockets[0]!.isClosed);
  assertEquals(trial.network.sockets.length, 2);
});

Deno.test("a tab that wakes while waiting comes back at once", async () => {
  using trial = new Trial();
  trial.network.socket.welcome();
  trial.network.socket.emit({ type: "bye", code: 1001, retryAfter: 60_000 });
  trial.network.socket.end(1001);
  await trial.clock.advance(100);
  trial.connection.wake();
  assertEquals(trial.network.sockets.length, 2);
  // Several signs of waking come together.
  trial.connection.wake();
  trial.connection.wake();
  assertEquals(trial.network.sockets.length, 2);
});

Deno.test("a tab that wakes keeps a connection that answers", async () => {
  using trial = new Trial();
  trial.network.socket.welcome();
  await trial.clock.advance(10_000);
  trial.connection.wake();
  assertEquals(trial.network.socket.taken(), [{ type: "join", room: "lobby" }]);
  trial.network.socket.emit(head(0));
  await trial.clock.advance(5_000);
  assertEquals(trial.network.sockets.length, 1);
});

Deno.test("a tab that wakes leaves a connection that does not answer", async () => {
  using trial = new Trial();
  trial.network.socket.welcome();
  trial.clock.sleep(10_000);
  trial.connection.wake();
  await trial.clock.advance(3_000);
  assertEquals(trial.network.sockets.length, 2);
  assert(trial.network.sockets[0]!.isClosed);
});

Deno.test("what an old connection still says is not heard", async () => {
  using trial = new Trial();
  const old = trial.network.socket;
  old.welcome();
  trial.connection.reconnectNow();
  trial.network.socket.welcome();
  const { length } = trial.events;
  old.emit(head(5));
  old.end();
  await trial.clock.advance(0);
  assertEquals(trial.events.length, length);
  assertEquals(trial.network.sockets.length, 2);
});

Deno.test("never are there two sockets at once", async () => {
  using trial = new Trial();
  const open = () => trial.network.sockets.filter(({ isClosed }) => !isClosed).length;
  trial.connection.reconnectNow();
  assertEquals(open(), 1);
  trial.network.socket.welcome();
  trial.connection.reconnectNow();
  trial.connection.reconnectNow();
  trial.connection.wake();
  await trial.clock.advance(60_000);
  assert(open() <= 1);
});

Deno.test("without a network the state is offline, and online again when the network is back", () => {
  using trial = new Trial();
  trial.network.socket.welcome();
  trial.network.online = false;
  trial.network.socket.end();
  assertEquals(trial.status, "offline");
  trial.network.online = true;
  trial.connection.wake();
  assertEquals(trial.status, "reconnecting");
  trial.network.socket.welcome();
  assertEquals(trial.status, "online");
});

Deno.test("a browser that says offline is not believed while the server answers", async () => {
  using trial = new Trial();
  trial.network.socket.welcome();
  trial.network.online = false;
  trial.connection.lost();
  trial.network.socket.emit(head(0));
  await trial.clock.advance(4_000);
  assertEquals(trial.status, "online");
  await trial.clock.advance(10_000);
  trial.connection.lost();
  await trial.clock.advance(3_000);
  assertEquals(trial.status, "offline");
});

async function blockSockets(trial: Trial): Promise<void> {
  for (const wait of [500, 1_000, 0]) {
    trial.network.socket.end();
    await trial.clock.advance(wait);
  }
}

Deno.test("where sockets never open but plain HTTP works, the stream is taken", async () => {
  using trial = new Trial();
  await blockSockets(trial);
  assertEquals(trial.network.streams.length, 1);
  trial.network.stream.welcome();
  assertEquals(trial.status, "online");
  assert(trial.connection.fallback.value);
});

Deno.test("a stream that cannot be loaded is loaded when the socket has failed once more", async () => {
  using trial = new Trial();
  trial.network.isStreamAway = true;
  await blockSockets(trial);
  assertEquals([trial.network.streams.length, trial.connection.fallback.value], [0, false]);
  await trial.clock.advance(5_000);
  trial.network.isStreamAway = false;
  trial.network.socket.end();
  await trial.clock.advance(0);
  assertEquals([trial.network.streams.length, trial.connection.fallback.value], [1, true]);
});

Deno.test("a server that is away is not taken for blocked sockets", async () => {
  using trial = new Trial();
  trial.network.reachable = false;
  for (let attempt = 0; attempt < 10; attempt++) {
    trial.network.socket.end();
    await trial.clock.advance(30_000);
  }
  trial.network.reachable = true;
  trial.network.socket.end();
  await trial.clock.advance(30_000);
  assertEquals(trial.network.streams.length, 0);
});

Deno.test("from the stream the client goes back to the socket when it opens again", async () => {
  using trial = new Trial();
  await blockSockets(trial);
  trial.network.stream.welcome();
  const tried = trial.network.sockets.length;
  // Heartbeats keep the stream alive meanwhile.
  const minutes = async (count: number) => {
    for (let beat = 0; beat < count * 2; beat++) {
      trial.network.stream.emit(head(0));
      await trial.clock.advance(30_000);
    }
  };
  await minutes(1);
  assertEquals(trial.network.sockets.length, tried + 1);
  // One that hangs is given up for the next.
  await minutes(1);
  assert(trial.network.sockets.at(-2)!.isClosed);
  assertEquals(trial.network.sockets.length, tried + 2);
  assertEquals(trial.status, "online");

  trial.network.socket.welcome();
  assert(!trial.connection.fallback.value);
  assert(trial.network.stream.isClosed);
  assertEquals(trial.told, ["opened", "closed", "opened"]);
  await trial.clock.advance(40_000);
  assertEquals(trial.network.sockets.length, tried + 2);
});

Deno.test("a stream that the server ends for good is not got around by a socket", async () => {
  using trial = new Trial();
  await blockSockets(trial);
  trial.network.stream.welcome();
  await trial.clock.advance(60_000);
  const { length } = trial.network.sockets;
  trial.network.stream.end(CLOSE.refused.code, CLOSE.refused.reason);
  assert(trial.network.socket.isClosed);
  await trial.clock.advance(180_000);
  assertEquals(trial.network.sockets.length, length);
  assertEquals(trial.status, "ended");

  trial.connection.reconnectNow();
  trial.network.stream.welcome();
  await trial.clock.advance(60_000);
  assertEquals(trial.network.sockets.length, length + 1);
});

Deno.test("a connection that does not open is told of at every attempt, one that breaks is not", async () => {
  using trial = new Trial();
  trial.network.socket.end();
  await trial.clock.advance(1_000);
  trial.network.socket.end();
  assertEquals(trial.unopened, 2);
  await trial.clock.advance(5_000);
  trial.network.socket.welcome();
  trial.network.socket.end();
  assertEquals(trial.unopened, 2);
});

Deno.test("an end for good is told with its code", () => {
  using trial = new Trial();
  trial.network.socket.welcome();
  trial.network.socket.end(CLOSE.expired.code);
  assertEquals(trial.told, ["opened", "closed", `ended with ${CLOSE.expired.code}`]);
});
