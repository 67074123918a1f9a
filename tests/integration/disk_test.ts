/** What the server does to the disk, and what it does when the disk is slow, full or broken. */

import {
  assert,
  assertEquals,
  assertGreater,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import type { ChatEvent } from "../../server/protocol.ts";
import { connect } from "../support/client.ts";
import { type RunningServer, runToEnd, startServer } from "../support/server.ts";
import { startTraced, testTraced } from "../support/strace.ts";
import { temporaryFolder } from "../support/temporary.ts";

/** The calls that wait until the disk has what was written. */
const SYNCS = ["fsync", "fdatasync"];
/** Says something that no other file or socket carries. */
const MESSAGE = "needle-in-the-haystack";

interface Posted {
  status: number;
  body: ChatEvent & { error?: { code: string; message: string } };
}

async function post(server: RunningServer, id: string, message = MESSAGE): Promise<Posted> {
  const response = await fetch(`${server.url}/api/rooms/lobby/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": id },
    body: JSON.stringify({ message }),
  });
  return { status: response.status, body: await response.json() };
}

/** The ids of the lobby's messages from the first position on, which have to be without holes. */
async function kept(server: RunningServer): Promise<string[]> {
  const response = await fetch(`${server.url}/api/rooms/lobby/messages?limit=200`);
  const { messages } = await response.json() as { messages: ChatEvent[] };
  assertEquals(messages.map(({ seq }) => seq), messages.map((_, index) => index + 1));
  return messages.map(({ id }) => id);
}

/**
 * What happened to a message, in order: `write` of it to the log, `sync` of the log ended, `show` of it on
 * a socket began.
 */
function wayOf(message: string, lines: readonly string[]): string[] {
  const way: string[] = [];
  /** Threads whose sync of the log has begun and not yet ended. */
  const syncing = new Set<string>();
  for (const line of lines) {
    const [, thread = "", rest = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const resumed = /^<\.\.\. (\w+) resumed>/.exec(rest)?.[1];
    const call = resumed ?? /^(\w+)\(/.exec(rest)?.[1] ?? "";
    if (SYNCS.includes(call)) {
      const ofLog = resumed ? syncing.delete(thread) : rest.includes("parlor.db-wal>");
      if (ofLog && rest.endsWith("<unfinished ...>")) syncing.add(thread);
      else if (ofLog && rest.endsWith("= 0")) way.push("sync");
    } else if (!resumed && rest.includes(message)) {
      if (rest.includes("parlor.db-wal>")) way.push("write");
      else if (/^\w+\(\d+<(socket|TCP)/.test(rest)) way.push("show");
    }
  }
  return way;
}

/** What a server does with a message that one client posts and another one hears. */
async function observe(entry?: URL): Promise<string[]> {
  await using server = await startTraced(entry ? { entry } : {});
  await using listener = await connect(server.url);
  listener.send({ type: "join", room: "lobby" });
  await listener.nextOf("joined");
  await post(server, "watched");
  await listener.nextOf("chat", ({ id }) => id === "watched");
  return wayOf(MESSAGE, await server.calls());
}

testTraced("a message is on the disk before it is acknowledged or shown", async () => {
  const way = await observe();
  const written = way.indexOf("write");
  const shown = way.indexOf("show");
  assertGreater(written, -1);
  assertGreater(shown, -1);
  assert(way.slice(written, shown).includes("sync"), way.join(", "));
  // To the author over HTTP, and to the listener.
  assertEquals(way.filter((step) => step === "show").length, 2);
});

testTraced("the same look finds out a server that acknowledges before it commits", async () => {
  const way = await observe(new URL("./crash/early_server.ts", import.meta.url));
  const shown = way.indexOf("show");
  assertGreater(shown, -1);
  assertEquals(way.slice(0, shown).includes("write"), false, way.join(", "));
});

testTraced(
  "a full disk refuses messages in a sentence while reading goes on, until there is room",
  async () => {
    using folder = await filledFolder();
    // Of the writer's calls, those from the first to the last number fail. Each refused message is one.
    await using server = await startTraced({
      data: folder.path,
      inject: "pwrite64:error=ENOSPC:when=100..105",
    });
    await using listener = await connect(server.url);
    listener.send({ type: "join", room: "lobby" });
    await listener.nextOf("joined");

    const before = await postUntilRefused(server);
    const refused = before.pop()!;
    assertEquals(refused.status, 507);
    assertEquals(refused.body.error?.code, "storage_full");
    assertStringIncludes(refused.body.error?.message ?? "", "disk is full");
    listener.send({ type: "chat", id: "by-socket", room: "lobby", message: MESSAGE });
    const error = await listener.nextOf("error");
    assertEquals([error.code, error.id], ["storage_full", "by-socket"]);
    assertEquals(await kept(server), [FIRST, ...before.map(({ id }) => id)]);
    await server.printed(`The disk that holds ${folder.path} is full.`);

    const again = await postUntilKept(server, refused.id);
    assertEquals(again.status, 201);
    await server.printed("can be written again");
    await server.kill();
    await server.restart();
    assertEquals(await kept(server), [FIRST, ...before.map(({ id }) => id), refused.id]);
  },
);

testTraced(
  "a server that finds the disk full at its start says so, and starts when there is room",
  async () => {
    using folder = temporaryFolder();
    const start = () => startTraced({ data: folder.path, inject: "pwrite64:error=ENOSPC" });
    const { message } = await assertRejects(start, Error, "ended with code 1");
    assertStringIncludes(
      message,
      `The disk that holds ${folder.path} is full. Free some space on it.`,
    );

    await using later = await startServer({ data: folder.path });
    assertEquals((await post(later, "with-room")).status, 201);
  },
);

Deno.test("a second server on the same data says so and ends, the first goes on", async () => {
  await using first = await startServer();
  const { code, stdout, stderr } = await runToEnd(["--port", "0", "--data", first.data]);
  assertEquals([code, stdout], [1, ""]);
  assertEquals(
    stderr,
    `Another Parlor is using ${first.data}. ` +
      "Stop it first, or choose another folder with --data.\n",
  );
  assertEquals((await post(first, "still")).status, 201);
});

testTraced(
  "a failed sync leaves a message unknown, and the retry makes it one message",
  async () => {
    using folder = await filledFolder();
    await using server = await startTraced({
      data: folder.path,
      inject: "fsync,fdatasync:error=EIO:when=10",
    });
    const before = await postUntilRefused(server);
    const refused = before.pop()!;
    assertEquals(refused.status, 503);
    assertEquals(refused.body.error?.code, "unavailable");
    await postUntilKept(server, refused.id);
    const ids = [FIRST, ...before.map(({ id }) => id), refused.id];
    assertEquals(await kept(server), ids);
    await server.stop();
    await server.restart();
    assertEquals(await kept(server), ids);
  },
);

testTraced(
  "where what is kept cannot be moved out of the write-ahead log, the server says so and goes on",
  async () => {
    using folder = await filledFolder();
    const ids = [FIRST];
    {
      await using server = await startTraced({
        data: folder.path,
        inject: "pwrite64:error=EIO",
        file: `${folder.path}/parlor.db`,
      });
      // Long ones: the log is moved once it has a thousand pages of 4 KiB.
      for (let number = 1; number <= 150; number++) {
        const id = `m${number}`;
        assertEquals((await post(server, id, "x".repeat(16_000))).status, 201);
        ids.push(id);
      }
      await server.printed("disk I/O error");
      assertEquals(await kept(server), ids);
      await server.kill();
    }
    await using later = await startServer({ data: folder.path });
    assertEquals(await kept(later), ids);
  },
);

testTraced("while the disk takes its time, everything but that message goes on", async () => {
  using folder = await filledFolder();
  const slow = 1_000_000;
  await using server = await startTraced({
    data: folder.path,
    inject: `fsync,fdatasync:delay_exit=${slow}`,
  });
  const done: string[] = [];
  const posting = post(server, "slow").then(() => done.push("posted"));
  for (let reading = 0; reading < 10; reading++) {
    assertEquals(await kept(server), [FIRST]);
    done.push("read");
  }
  await posting;
  assertEquals(done, [...Array(10).fill("read"), "posted"]);
});

const FIRST = "first";

/** A data folder in which one message was said, so that opening it writes next to nothing. */
async function filledFolder(): Promise<ReturnType<typeof temporaryFolder>> {
  const folder = temporaryFolder();
  const server = await startServer({ data: folder.path });
  await post(server, FIRST, "so that the tables are there");
  await server.stop();
  return folder;
}

/** Posts one message after the other until one is refused; that one is the last of what is returned. */
async function postUntilRefused(server: RunningServer): Promise<(Posted & { id: string })[]> {
  const posted: (Posted & { id: string })[] = [];
  for (let number = 1; number <= 100; number++) {
    const id = `m${number}`;
    const answer = await post(server, id);
    posted.push({ ...answer, id });
    if (answer.status !== 201) return posted;
  }
  throw new Error("None of a hundred messages was refused.");
}

/** Posts the message again and again until it is kept. */
async function postUntilKept(server: RunningServer, id: string): Promise<Posted> {
  for (let attempt = 1; attempt <= 20; attempt++) {
    const answer = await post(server, id);
    if (answer.status < 300) return answer;
  }
  throw new Error(`${id} was not kept after 20 attempts.`);
}
