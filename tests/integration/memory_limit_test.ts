/** The memory limit: a server that is made to fill its memory stops in order, and loses nothing. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ChatEvent } from "../../server/protocol.ts";
import { type Client, connect, signIn } from "../support/client.ts";
import { PATIENCE, within } from "../support/deadline.ts";
import { history } from "../support/http.ts";
import { clientFrame, OPCODE, RawSocket } from "../support/raw_socket.ts";
import { type RunningServer, runToEnd, startServer } from "../support/server.ts";

const CONTINUATION = 0;
/** Posts of the honest author that are under way at a time. */
const OUTSTANDING = 20;

/** Posts as fast as acknowledgements come, until the connection ends. Returns what was acknowledged. */
async function postUntilTheEnd(author: Client): Promise<ChatEvent[]> {
  const acknowledged: ChatEvent[] = [];
  let next = 0;
  const post = () => {
    const id = `m${next++}`;
    author.send({ type: "chat", id, room: "lobby", message: `message ${id}` });
  };
  for (let count = 0; count < OUTSTANDING; count++) post();
  try {
    while (true) {
      acknowledged.push(await author.nextOf("chat"));
      post();
    }
  } catch {
    await author.closed;
    return acknowledged;
  }
}

/** Sends one message that never ends, as fast as the server takes it, until the server is gone. */
async function fragmentWithoutEnd(port: number): Promise<void> {
  using socket = await RawSocket.open(port, { protocol: null });
  const piece = clientFrame(CONTINUATION, new Uint8Array(256 * 1024), { final: false });
  try {
    await socket.write(clientFrame(OPCODE.text, "endless", { final: false }));
    while (true) await socket.write(piece);
  } catch {
    // The server has ended, as it should.
  }
}

/** Every acknowledged message stands in the history, once and in its place. */
async function assertKept(server: RunningServer, acknowledged: readonly ChatEvent[]) {
  const kept = new Map<number, string>();
  let page = await history(server.url, "lobby", "limit=200");
  while (true) {
    for (const { seq, id } of page.messages) kept.set(seq, id);
    if (!page.older) break;
    page = await history(
      server.url,
      "lobby",
      `limit=200&before=${epochOf(page.cursor)}:${page.messages[0]!.seq}`,
    );
  }
  for (const { seq, id } of acknowledged) assertEquals(kept.get(seq), id);
  assertEquals(new Set(kept.values()).size, kept.size);
}

function epochOf(cursor: string): string {
  return cursor.split(":")[0]!;
}

Deno.test("messages of endless pieces make the server stop with 75, and every acknowledged message is there after", async () => {
  await using server = await startServer({ args: ["--memory-limit", "350M"] });
  const { token } = await signIn(server.url, "Ann");
  const author = await connect(server.url, { token });
  author.send([
    { type: "join", room: "lobby" },
    { type: "chat", id: "first", room: "lobby", message: "before the attack" },
  ]);
  const first = await author.nextOf("chat");
  const posting = postUntilTheEnd(author);
  const attacks = [1, 2, 3].map(() => fragmentWithoutEnd(server.port));

  const { code, output } = await within(
    server.ended(),
    () => `The server did not stop by itself:\n${server.output().slice(-2_000)}`,
    3 * PATIENCE,
  );
  assertEquals(code, 75, output.slice(-2_000));
  assertStringIncludes(output, "error the memory has reached");
  assertStringIncludes(output, "info stopped");
  await Promise.all(attacks);
  const acknowledged = await posting;

  await server.restart();
  await assertKept(server, [first, ...acknowledged]);
});

Deno.test("a limit that the server reaches without any client is refused with a sentence", async () => {
  const { code, stderr } = await runToEnd(
    ["--port", "0", "--data", ":memory:", "--memory-limit", "20M"],
  );
  assertEquals(code, 1);
  assertStringIncludes(stderr, "--memory-limit allows 20 MB");
});

Deno.test("memory limits are sizes, shares, or off", async () => {
  for (const wrong of ["", "0", "-1", "12Q", "101%", "half", "1e9"]) {
    const { code, stderr } = await runToEnd(["--memory-limit=" + wrong]);
    assertEquals(code, 2, `${wrong} was taken`);
    assert(stderr.includes("--memory-limit is a size like 512M"), stderr);
  }
});
