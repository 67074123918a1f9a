/** Listening without a WebSocket: server-sent events and long-polls, on the same log. */

import { assert, assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import { type ChatEvent, parseCursor, type ServerEvent } from "../../server/protocol.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { changedStore } from "../support/changed_store.ts";
import { connect, connectPlain } from "../support/client.ts";
import { EventSourceReader } from "../support/event_source.ts";
import { history, post } from "../support/http.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";
import { RoomLog } from "../support/room_log.ts";
import { temporaryFolder } from "../support/temporary.ts";

/** Says things over HTTP, one after the other. */
async function say(server: InProcessServer, room: string, ...messages: string[]): Promise<void> {
  for (const message of messages) await post(server.url, { room, message });
}

async function epochOf(server: InProcessServer): Promise<string> {
  return parseCursor((await history(server.url)).cursor)!.epoch;
}

function said(events: readonly { type: string }[]): string[] {
  return events.filter((event): event is ChatEvent => event.type === "chat")
    .map(({ room, message }) => `${room}: ${message}`);
}

Deno.test("a stream brings the welcome, a page of each room, and then what is said in any of them", async () => {
  await using server = await serveInProcess();
  await say(server, "lobby", "before");
  await using reader = await EventSourceReader.open(server.url, "lobby,garden", {
    query: "name=Ann",
  });
  const welcome = await reader.next();
  assertEquals(welcome?.events.map(({ type }) => type), ["welcome"]);
  // Before every room has a position there is nothing to resume from.
  assertEquals(welcome?.id, undefined);
  await reader.until((event) => event.type === "joined" && event.room === "garden");
  const joined = reader.received.filter((event) => event.type === "joined");
  assertEquals(joined.map(({ room, messages }) => [room, messages?.length]), [
    ["lobby", 1],
    ["garden", 0],
  ]);
  await say(server, "garden", "a");
  await say(server, "lobby", "b");
  await reader.until((event) => event.type === "chat" && event.message === "b");
  assertEquals(said(reader.received), ["garden: a", "lobby: b"]);
  assertEquals(reader.lastEventId, `${await epochOf(server)}:2,1`);
});

Deno.test("a reader that comes back with the last id gets what it missed in each room, and no more", async () => {
  using data = temporaryFolder();
  await using server = await serveInProcess({ data: data.path });
  let lastEventId: string | undefined;
  {
    await using reader = await EventSourceReader.open(server.url, "lobby,garden");
    await reader.until((event) => event.type === "joined" && event.room === "garden");
    await say(server, "garden", "heard");
    await reader.until((event) => event.type === "chat");
    ({ lastEventId } = reader);
  }
  for (const round of [1, 2]) {
    await say(server, "lobby", `missed ${round}`);
    await say(server, "garden", `missed ${round}`, `missed ${round} too`);
    await using reader = await EventSourceReader.open(server.url, "lobby,garden", { lastEventId });
    const welcome = await reader.next();
    assertEquals(welcome?.id, lastEventId);
    await reader.until((event) => event.type === "joined" && event.room === "garden");
    const missed = reader.received.flatMap((event) =>
      event.type === "joined" ? event.events ?? [] : []
    );
    assertEquals(said(missed), [
      `lobby: missed ${round}`,
      `garden: missed ${round}`,
      `garden: missed ${round} too`,
    ]);
    ({ lastEventId } = reader);
  }
  // The same in the address, for who cannot set headers.
  await using reader = await EventSourceReader.open(server.url, "lobby,garden", {
    query: `since=${lastEventId}`,
  });
  await reader.until((event) => event.type === "joined" && event.room === "garden");
  const empty = reader.received.filter((event) => event.type === "joined");
  assertEquals(empty.map(({ events }) => events), [[], []]);
});

Deno.test("an id of another history brings fresh pages, and none of its positions is given out", async () => {
  await using server = await serveInProcess();
  await say(server, "lobby", "here");
  await using reader = await EventSourceReader.open(server.url, "lobby,garden", {
    lastEventId: "other:7,9",
  });
  assertEquals((await reader.next())?.id, undefined);
  const lobby = await reader.next();
  assertEquals(lobby?.events.map((event) => event.type === "joined" && event.reset), ["epoch"]);
  assertEquals(lobby?.id, undefined);
  const garden = await reader.next();
  assertEquals(garden?.id, `${await epochOf(server)}:1,0`);
});

Deno.test("a stream that cannot be is refused with a status", async () => {
  await using server = await serveInProcess();
  for (const rooms of ["No%20Room", "lobby,lobby", "~secret", ""]) {
    const open = () => EventSourceReader.open(server.url, rooms);
    await assertRejects(
      open,
      Error,
      rooms === "~secret" ? "404" : rooms.includes(",") ? "429" : "400",
    );
  }
  for (const lastEventId of ["x", "x:", "x:1,2", "x:1,", "x:-1"]) {
    const open = () => EventSourceReader.open(server.url, "lobby", { lastEventId });
    await assertRejects(open, Error, "bad_cursor");
  }
});

Deno.test("a stream that is not read ends, and its reader resumes without a loss", async () => {
  const bounds = { signals: 8 * 1024, events: 64 * 1024 };
  await using server = await serveInProcess({}, { hub: { bounds } });
  const log = new RoomLog("lobby");
  // More than the network between the two can hold.
  const total = 1_500;
  await using author = await connect(server.url);
  const say = async (from: number, to: number) => {
    for (let index = from; index < to; index++) {
      const message = "x".repeat(15_000);
      author.send({ type: "chat", id: `${index}`, room: "lobby", message });
      if (index % 50 === 49) await author.nextOf("chat", ({ id }) => id === `${index}`);
    }
  };
  {
    await using reader = await EventSourceReader.open(server.url, "lobby");
    await reader.until((event) => event.type === "joined");
    for (const event of reader.received) log.take(event);
    const before = reader.received.length;
    await say(0, total);
    await server.logged((lines) => lines.some((line) => /disconnected .*code=4009/.test(line)));
    await reader.until(() => false);
    for (const event of reader.received.slice(before)) log.take(event);
    assertLess(log.seq, total);
    assertEquals(reader.lastEventId, log.cursor);
  }
  await say(total, total + 50);
  while (log.seq < total + 50) {
    await using reader = await EventSourceReader.open(server.url, "lobby", {
      lastEventId: log.cursor,
    });
    for (let sent = await reader.next(); sent; sent = await reader.next()) {
      for (const event of sent.events) log.take(event);
      if (log.seq === total + 50) break;
    }
  }
  assertEquals(log.faults, []);
  assertEquals([log.resets, log.events.length], [0, total + 50]);
});

Deno.test("of many rooms a reader is sent one after the other, as fast as it reads", async () => {
  const inner = createMemoryStore();
  let pages = 0;
  const store = changedStore(inner, {
    page: (room, place, limit) => {
      pages++;
      return inner.page(room, place, limit);
    },
  });
  // A page of each is 50 MB in all, which no network between the two holds.
  const rooms = Array.from({ length: 80 }, (_, index) => `room-${index}`);
  const user = { id: "ann", name: "Ann" };
  const message = "x".repeat(12_000);
  for (const room of rooms) {
    for (let index = 0; index < 50; index++) {
      await store.append({ type: "chat", room, user, id: `${room} ${index}`, message });
    }
  }
  await using server = await serveInProcess({}, { store });
  await using stalled = await EventSourceReader.open(server.url, rooms.join(","));
  await using reader = await EventSourceReader.open(server.url, rooms.join(","));
  const isLast = (event: ServerEvent) => event.type === "joined" && event.room === rooms.at(-1);
  await reader.until(isLast);
  assertLess(pages, 2 * rooms.length);
  await stalled.until(isLast);
  assertEquals(pages, 2 * rooms.length);
});

async function poll(
  server: InProcessServer,
  query: string,
): Promise<{
  cursor: string;
  events?: ChatEvent[];
  messages?: ChatEvent[];
  reset?: string;
  took: number;
}> {
  const started = performance.now();
  const response = await fetch(new URL(`/api/rooms/lobby/events?${query}`, server.url));
  const body = await response.json();
  assertEquals(response.status, 200, JSON.stringify(body));
  return { ...body, took: performance.now() - started };
}

Deno.test("a long-poll answers at once where there is something, and waits where there is not", async () => {
  await using server = await serveInProcess();
  await say(server, "lobby", "first");
  const fresh = await poll(server, "wait=30");
  assertEquals([fresh.messages?.length, fresh.events], [1, undefined]);
  const epoch = await epochOf(server);
  const known = await poll(server, `after=${epoch}:0&wait=30`);
  assertEquals([known.events?.length, known.cursor], [1, `${epoch}:1`]);

  const waiting = poll(server, `after=${known.cursor}&wait=30`);
  await say(server, "garden", "elsewhere");
  await using plain = await connectPlain(new URL("/", server.url));
  // Blank frames are not kept, so there is nothing to tell.
  plain.send(" ");
  await say(server, "lobby", "second");
  const woken = await waiting;
  assertEquals([said(woken.events ?? []), woken.cursor], [["lobby: second"], `${epoch}:2`]);
  assertLess(woken.took, 10_000);

  const empty = await poll(server, `after=${woken.cursor}&wait=1`);
  assertEquals([empty.events, empty.cursor], [[], woken.cursor]);
  assertGreater(empty.took, 900);
  assertLess((await poll(server, `after=${woken.cursor}`)).took, 900);
});

Deno.test("a long-poll with a cursor of another history brings a fresh page", async () => {
  await using server = await serveInProcess();
  await say(server, "lobby", "here");
  const { reset, messages, events, cursor } = await poll(server, "after=other:5&wait=30");
  assertEquals([reset, messages?.length, events], ["epoch", 1, undefined]);
  assertEquals(parseCursor(cursor)?.seq, 1);
});

Deno.test("many long-polls and streams are all served by one message", async () => {
  await using server = await serveInProcess();
  await using stack = new AsyncDisposableStack();
  const epoch = await epochOf(server);
  const polls = Array.from({ length: 20 }, () => poll(server, `after=${epoch}:0&wait=30`));
  const readers: EventSourceReader[] = [];
  for (let count = 0; count < 20; count++) {
    const reader = stack.use(await EventSourceReader.open(server.url, "lobby"));
    await reader.until((event) => event.type === "joined");
    readers.push(reader);
  }
  await say(server, "lobby", "for all");
  for (const answer of await Promise.all(polls)) {
    assertEquals(said(answer.events ?? []), ["lobby: for all"]);
  }
  for (const reader of readers) assert(await reader.until((event) => event.type === "chat"));
});

Deno.test("a stopping server ends a long-poll at once", async () => {
  await using server = await serveInProcess();
  const epoch = await epochOf(server);
  const waiting = poll(server, `after=${epoch}:0&wait=30`);
  // The request is there once another one that came later was answered.
  await epochOf(server);
  const started = performance.now();
  await server.stop();
  assertEquals((await waiting).events, []);
  assertLess(performance.now() - started, 2_000);
});
