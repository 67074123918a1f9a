/** Coming back: a join is complete, or says that it is not. */

import { assert, assertEquals, assertExists, assertGreater } from "@std/assert";
import { type JoinedEvent, LIMITS, type LogEvent, parseCursor } from "../../server/protocol.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { type Client, connect } from "../support/client.ts";
import { serveInProcess } from "../support/in_process.ts";
import { logOf } from "../support/room_log.ts";
import { seeded } from "../support/random.ts";
import { temporaryFolder } from "../support/temporary.ts";

/** Says so many things in the lobby and waits until the last one is kept. */
async function say(author: Client, count: number, prefix = ""): Promise<void> {
  const size = LIMITS.commandsPerFrame;
  for (let start = 0; start < count; start += size) {
    const ids = Array.from(
      { length: Math.min(size, count - start) },
      (_, i) => prefix + (start + i),
    );
    author.send(ids.map((id) => ({ type: "chat", id, room: "lobby", message: `says ${id}` })));
    await author.nextOf("chat", ({ id }) => id === ids.at(-1));
  }
}

/** Joins the lobby and catches up part by part; resolves to all that was missed and the last answer. */
async function catchUp(
  client: Client,
  since: string,
): Promise<{ events: LogEvent[]; parts: number; last: JoinedEvent }> {
  const events: LogEvent[] = [];
  for (let parts = 1, cursor = since;; parts++) {
    client.send({ type: "join", room: "lobby", since: cursor });
    const joined = await client.nextOf("joined");
    events.push(...joined.events ?? []);
    if (!joined.more) return { events, parts, last: joined };
    assertEquals(parseCursor(joined.cursor)?.seq, joined.events?.at(-1)?.seq);
    cursor = joined.cursor;
  }
}

const seqs = (events: readonly { seq: number }[]) => events.map(({ seq }) => seq);
const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

Deno.test("a join without a cursor brings the latest messages, oldest first", async () => {
  await using server = await serveInProcess();
  await using author = await connect(server.url);
  await using reader = await connect(server.url);
  reader.send({ type: "join", room: "lobby" });
  const empty = await reader.nextOf("joined");
  assertEquals([empty.messages, empty.older], [[], false]);
  await say(author, 60);
  await using later = await connect(server.url);
  later.send({ type: "join", room: "lobby" });
  const { messages, older, cursor, events, reset } = await later.nextOf("joined");
  assertExists(messages);
  assertEquals([seqs(messages), older], [from(11, 60), true]);
  assertEquals([parseCursor(cursor)?.seq, events, reset], [60, undefined, undefined]);
});

Deno.test("who comes back gets exactly what was missed, the second and third time too", async () => {
  using data = temporaryFolder();
  await using server = await serveInProcess({ data: data.path });
  await using author = await connect(server.url);
  const { epoch } = await author.nextOf("welcome");
  // The first position of a room in which nothing had been said.
  let cursor = `${epoch}:0`;
  let reached = 0;
  for (const count of [3, 5, 7]) {
    await say(author, count, `${count}-`);
    await using reader = await connect(server.url);
    const { events, last } = await catchUp(reader, cursor);
    assertEquals(seqs(events), from(reached + 1, reached + count));
    assertEquals([last.messages, last.reset], [undefined, undefined]);
    ({ cursor } = last);
    reached += count;
    // What is said while it is here comes live, and counts for the next time.
    await say(author, 1, `live-${count}-`);
    const live = await reader.nextOf("chat");
    assertEquals(live.seq, ++reached);
    cursor = `${epoch}:${live.seq}`;
  }
  await using upToDate = await connect(server.url);
  assertEquals((await catchUp(upToDate, cursor)).events, []);
});

Deno.test("who missed much gets it in parts, and is live after the last one", async () => {
  await using server = await serveInProcess();
  await using author = await connect(server.url);
  const { epoch } = await author.nextOf("welcome");
  await say(author, 1_200);
  await using reader = await connect(server.url);
  const { events, parts } = await catchUp(reader, `${epoch}:0`);
  assertGreater(parts, 1);
  await say(author, 1, "live-");
  assertEquals((await reader.nextOf("chat")).seq, 1_201);
  assertEquals(seqs(events), from(1, 1_200));
  assertEquals(logOf(reader.received).faults, []);
});

Deno.test("long messages are caught up in parts that fit into a frame", async () => {
  await using server = await serveInProcess();
  await using author = await connect(server.url);
  const { epoch } = await author.nextOf("welcome");
  const message = "x".repeat(LIMITS.messageBytes);
  for (let index = 0; index < 40; index++) {
    author.send({ type: "chat", id: String(index), room: "lobby", message });
  }
  await author.nextOf("chat", ({ id }) => id === "39");
  await using reader = await connect(server.url);
  let longest = 0;
  reader.socket.addEventListener("message", ({ data }) => longest = Math.max(longest, data.length));
  const { events } = await catchUp(reader, `${epoch}:0`);
  assertEquals(seqs(events), from(1, 40));
  assertGreater(2 * LIMITS.frameBytes, longest);
});

Deno.test("who missed more than the cap gets a fresh page that says so", async () => {
  const store = createMemoryStore();
  const user = { id: "u_ann", name: "Ann" };
  for (let index = 0; index <= LIMITS.replayEvents; index++) {
    await store.append({ type: "chat", room: "lobby", user, id: String(index), message: "said" });
  }
  await using server = await serveInProcess({}, { store });
  await using reader = await connect(server.url);
  reader.send({ type: "join", room: "lobby", since: `${store.epoch}:0` });
  const { reset, messages, older, cursor, events } = await reader.nextOf("joined");
  assertEquals([reset, older, events], ["cap", true, undefined]);
  assertEquals(messages?.at(-1)?.seq, LIMITS.replayEvents + 1);
  assertEquals(cursor, `${store.epoch}:${LIMITS.replayEvents + 1}`);
  // At the cap itself everything comes.
  await using atCap = await connect(server.url);
  const caughtUp = await catchUp(atCap, `${store.epoch}:1`);
  assertEquals(seqs(caughtUp.events), from(2, LIMITS.replayEvents + 1));
});

Deno.test("a cursor of another history, or from beyond the end, brings a fresh page", async () => {
  await using server = await serveInProcess();
  await using author = await connect(server.url);
  const { epoch } = await author.nextOf("welcome");
  await say(author, 3);
  for (const since of ["other:2", `${epoch}:4`]) {
    await using reader = await connect(server.url);
    reader.send({ type: "join", room: "lobby", since });
    const { reset, messages, cursor } = await reader.nextOf("joined");
    assertEquals([since, reset, messages?.length, cursor], [since, "epoch", 3, `${epoch}:3`]);
  }
});

Deno.test("a cursor that is none is refused, and the connection lives", async () => {
  await using server = await serveInProcess();
  await using reader = await connect(server.url);
  for (const since of ["", "5", "x:-1", "x:1.5", "x:01", `${"x".repeat(40)}:1`, 7, {}, "x:1e3"]) {
    reader.sendRaw(JSON.stringify({ type: "join", room: "lobby", since }));
    const { code, room } = await reader.nextOf("error");
    assertEquals([since, code, room], [since, "bad_cursor", "lobby"]);
  }
  reader.send({ type: "join", room: "lobby" });
  await reader.nextOf("joined");
});

Deno.test("what is said right before a join comes with it and not once more", async () => {
  await using server = await serveInProcess();
  await using witness = await connect(server.url);
  witness.send({ type: "join", room: "lobby" });
  await witness.nextOf("joined");
  await using author = await connect(server.url);
  author.send([
    { type: "chat", id: "one", room: "lobby", message: "Knock" },
    { type: "join", room: "lobby" },
    { type: "chat", id: "two", room: "lobby", message: "Here I am" },
  ]);
  const { messages } = await author.nextOf("joined");
  assertEquals(messages?.map(({ id }) => id), ["one"]);
  assertEquals((await author.nextOf("chat")).id, "two");
  assertEquals((await witness.nextOf("chat")).id, "one");
  assertEquals((await witness.nextOf("chat")).id, "two");
});

for (const folder of [undefined, temporaryFolder]) {
  const store = folder ? "the database" : "memory";

  Deno.test(`who joins while messages flow gets each of them once (${store})`, async () => {
    using data = folder?.();
    await using server = await serveInProcess(data && { data: data.path });
    await using stack = new AsyncDisposableStack();
    const random = seeded(7);
    const author = stack.use(await connect(server.url));
    const { epoch } = await author.nextOf("welcome");
    author.send({ type: "join", room: "lobby" });
    const total = 1_500;
    const readers: Client[] = [];
    for (let index = 0; index < 40; index++) readers.push(stack.use(await connect(server.url)));

    // Each reader joins at a moment of its own, some afresh, some from the beginning.
    const joinAt = new Map(readers.map((reader) => [reader, Math.floor(random() * total * 0.9)]));
    for (let index = 0; index < total; index++) {
      author.send({ type: "chat", id: String(index), room: "lobby", message: `${index}` });
      for (const reader of readers) {
        if (joinAt.get(reader) !== index) continue;
        const since = random() < 0.5 ? { since: `${epoch}:0` } : {};
        reader.send({ type: "join", room: "lobby", ...since });
        reader.socket.addEventListener("message", ({ data }) => {
          const joined = JSON.parse(data)[0];
          if (joined.more) reader.send({ type: "join", room: "lobby", since: joined.cursor });
        });
      }
      // Lets the sockets breathe, so that commits and joins interleave.
      if (index % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    for (const reader of [author, ...readers]) {
      const isLast = ({ seq }: { seq: number }) => seq === total;
      await reader.next((event) =>
        event.type === "chat" && isLast(event) ||
        event.type === "joined" && (event.messages ?? event.events ?? []).some(isLast)
      );
      const log = logOf(reader.received);
      assertEquals(log.faults, []);
      assertEquals(seqs(log.events), from(log.events[0]!.seq, total));
    }
    const live = readers.filter((reader) => reader.received.some((event) => event.type === "chat"));
    assert(live.length > 10, `only ${live.length} readers joined while messages flowed`);
  });
}
