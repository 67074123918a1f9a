/** Slow readers cost only themselves: bounded, told, and able to catch up. */

import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { CLOSE, type ServerEvent } from "../../server/protocol.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { Person } from "../support/api.ts";
import { changedPart, changedStore } from "../support/changed_store.ts";
import { type Client, connect } from "../support/client.ts";
import { serveInProcess } from "../support/in_process.ts";
import { OPCODE, RawSocket } from "../support/raw_socket.ts";
import { logOf, RoomLog } from "../support/room_log.ts";
import { startServer } from "../support/server.ts";

const TEXT = "x".repeat(15_000);

/** Somebody in the lobby who reads. */
async function member(url: string): Promise<Client> {
  const client = await connect(url);
  client.send({ type: "join", room: "lobby" });
  await client.nextOf("joined");
  return client;
}

/**
 * Says so many long things, a part at a time: the author is a member, so its own copy of the last one
 * shows that those who read have no backlog.
 */
async function flood(author: Client, count: number, prefix = "f"): Promise<void> {
  for (let index = 0; index < count; index++) {
    const id = `${prefix}${index}`;
    author.send({ type: "chat", id, room: "lobby", message: TEXT });
    if (index % 20 === 19 || index === count - 1) await author.nextOf("chat", (it) => it.id === id);
  }
}

/** A reader by hand that has joined the lobby and reads nothing more until it is asked to. */
async function stalled(port: number): Promise<RawSocket> {
  const socket = await RawSocket.open(port);
  await socket.send({ type: "join", room: "lobby" });
  let joined = false;
  while (!joined) {
    joined = eventsOf(await socket.next()).some(({ type }) => type === "joined");
  }
  return socket;
}

function eventsOf(frame: Awaited<ReturnType<RawSocket["next"]>>): ServerEvent[] {
  if (frame?.opcode !== OPCODE.text) return [];
  return JSON.parse(new TextDecoder().decode(frame.payload));
}

Deno.test("a reader that stalled is told how far it came, pulls the rest, and has the same log", async () => {
  await using server = await serveInProcess();
  await using author = await member(server.url);
  await using witness = await member(server.url);
  using reader = await RawSocket.open(server.port);
  const log = new RoomLog("lobby");
  await reader.send({ type: "join", room: "lobby" });
  while (log.cursor === undefined) eventsOf(await reader.next()).forEach((it) => log.take(it));

  // More than the network between the two can hold.
  const total = 1_200;
  await flood(author, total);
  let behind = 0;
  while (log.seq < total) {
    for (const event of eventsOf(await reader.next())) {
      log.take(event);
      const isBehind = event.type === "behind";
      if (isBehind) behind++;
      if (isBehind || event.type === "joined" && event.more) {
        await reader.send({ type: "join", room: "lobby", since: log.cursor });
      }
    }
  }
  assertGreater(behind, 0);
  // Live again.
  await flood(author, 1, "after");
  while (log.seq < total + 1) eventsOf(await reader.next()).forEach((it) => log.take(it));
  await witness.nextOf("chat", ({ id }) => id === "after0");
  const complete = logOf(witness.received);
  assertEquals([log.faults, complete.faults], [[], []]);
  assertEquals(log.ids, complete.ids);
});

Deno.test("signals are the first that a stalled reader does without", async () => {
  await using server = await serveInProcess({}, {
    // Events pass at any rate, signals only where little waits.
    hub: { heartbeat: 20, bounds: { signals: 64 * 1024, events: 1024 * 1024 * 1024 } },
  });
  await using author = await member(server.url);
  using reader = await stalled(server.port);
  const total = 1_200;
  await flood(author, total);
  // Many heartbeats go by while the backlog stands.
  await using witness = await member(server.url);
  for (let count = 0; count < 10; count++) await witness.nextOf("head");
  const log = new RoomLog("lobby");
  let heads = 0;
  let last = 0;
  while (last < total) {
    for (const event of eventsOf(await reader.next())) {
      if (event.type === "chat") {
        assertEquals(event.seq, last + 1);
        last = event.seq;
      }
      if (event.type === "head") heads++;
    }
  }
  const told = witness.received.filter(({ type }) => type === "head").length;
  assertLess(heads, told);
  assertEquals(log.faults, []);
});

Deno.test("a reader that never reads is cut when its patience is over, and others notice nothing", async () => {
  await using server = await serveInProcess({}, { hub: { patience: 200 } });
  await using author = await member(server.url);
  await using witness = await member(server.url);
  using reader = await stalled(server.port);
  await witness.nextOf("presence", ({ online }) => online === 3);
  const flooding = flood(author, 1_200);
  await server.logged((lines) =>
    lines.some((line) => line.includes("disconnected") && line.includes(`code=${CLOSE.slow.code}`))
  );
  await flooding;
  // Forgotten at once, although it has not answered the close.
  await witness.nextOf("presence", ({ online }) => online === 2);
  await flood(author, 1, "end");
  await witness.nextOf("chat", ({ id }) => id === "end0");
  const { faults, seq } = logOf(witness.received);
  assertEquals([faults, seq], [[], 1_201]);
  // What was sent before the cut is there for who reads after all, the close frame at its end.
  assertEquals((await reader.closed())?.code, CLOSE.slow.code);
});

Deno.test("a plain socket that cannot keep up is cut, as it has no way to catch up", async () => {
  await using server = await serveInProcess();
  await using author = await member(server.url);
  using reader = await RawSocket.open(server.port, { path: "/", protocol: null });
  await flood(author, 1_200);
  assertEquals((await reader.closed())?.code, CLOSE.slow.code);
  await author.nextOf("presence", ({ online }) => online === 1);
});

Deno.test("fifty stalled readers take a bounded amount of the server's memory", async () => {
  await using server = await startServer({ data: ":memory:" });
  await using author = await member(server.url);
  await using witness = await member(server.url);
  using readers = new DisposableStack();
  for (let count = 0; count < 50; count++) readers.use(await stalled(server.port));
  await flood(author, 100, "warm");
  const before = await residentBytes(server.pid);
  const latencies: number[] = [];
  for (let round = 0; round < 20; round++) {
    await flood(author, 40, `r${round}-`);
    const started = performance.now();
    const id = `ping${round}`;
    author.send({ type: "chat", id, room: "lobby", message: "ping" });
    await witness.nextOf("chat", (event) => event.id === id);
    latencies.push(performance.now() - started);
  }
  const grown = await residentBytes(server.pid) - before;
  // 800 messages of 15 kB for each of 50 readers would be 600 MB, and what is kept is 12 MB.
  assertLess(grown, 250 * 1024 * 1024);
  assertEquals(logOf(witness.received).faults, []);
  const slowest = Math.max(...latencies);
  assert(slowest < 2_000, `somebody who reads waited ${slowest} ms`);
});

/** The memory that a process holds, in bytes. */
async function residentBytes(pid: number): Promise<number> {
  if (Deno.build.os === "linux") {
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
  }
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", `${pid}`] })
    .output();
  return Number(new TextDecoder().decode(stdout)) * 1024;
}

Deno.test("who does not read what concerns them is cut, also where no room would: it does not pile up", async () => {
  const inner = createMemoryStore();
  // A room whose place on the list is a megabyte takes as many as tell.
  const topic = "x".repeat(1024 * 1024);
  const places = changedPart(inner.places, {
    list: () => Promise.resolve([]),
    find: async (userId, room) => {
      const place = await inner.places.find(userId, room);
      return place && { ...place, room: { ...place.room, settings: { topic } } };
    },
  });
  const store = changedStore(inner, { places });
  await using server = await serveInProcess({}, { store });
  const ada = await Person.signIn(server.url, "Ada");
  const headers = { authorization: `Bearer ${ada.token}` };
  using _socket = await RawSocket.open(server.port, { path: `/ws?token=${ada.token}` });
  const stream = await fetch(new URL("/api/events?rooms=lobby", server.url), { headers });
  await ada.must("POST", "/api/rooms/lobby/messages", { message: "so that there is a room" });
  const isCut = (line: string) =>
    line.includes("disconnected") && line.includes(`code=${CLOSE.slow.code}`);
  for (let told = 0; told < 60 && server.log.filter(isCut).length < 2; told++) {
    await ada.must("PATCH", "/api/rooms/lobby/mine", { listed: true });
  }
  assertEquals(server.log.filter(isCut).length, 2, "the socket and the stream");
  await stream.body?.cancel();
});
