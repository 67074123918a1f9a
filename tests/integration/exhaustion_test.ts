/** What one can use up from outside without signing in: connections, requests that never end. */

import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { parseLimits } from "../../server/limit_table.ts";
import { CLOSE, LIMITS } from "../../server/protocol.ts";
import { connect } from "../support/client.ts";
import { within } from "../support/deadline.ts";
import { serveInProcess } from "../support/in_process.ts";
import { clientFrame, OPCODE, RawSocket } from "../support/raw_socket.ts";
import { startServer } from "../support/server.ts";

/** Files that the server may have open: what it needs itself, and room for a hundred connections. */
const FILES = 150;

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL("/healthz", url));
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

Deno.test({
  name: "a server out of file descriptors keeps its sockets, and takes new ones when there is room",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using server = await startServer({
      under: ["/bin/sh", "-c", `ulimit -n ${FILES}; exec "$@"`, "sh"],
    });
    await using client = await connect(server.url);
    client.send({ type: "join", room: "lobby" });
    await client.nextOf("joined");
    {
      using connections = new DisposableStack();
      let count = 0;
      try {
        for (; count < 2 * FILES; count++) {
          const { port } = server;
          connections.use(await Deno.connect({ hostname: "127.0.0.1", port }));
        }
      } catch {
        // The system takes no more.
      }
      assertGreater(count, FILES / 3);
      client.send({ type: "chat", id: "one", room: "lobby", message: "still here" });
      assertEquals((await client.nextOf("chat")).message, "still here");
    }
    const recover = async () => {
      while (!await isHealthy(server.url)) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await within(recover(), () => `No connection is taken again:\n${server.output()}`);
    await server.printed("no connection can be taken");
    await server.printed("connections are taken again");
    assertEquals((await server.stop()).code, 0);
  },
});

Deno.test("who was thrown out and stays counts as connected until it leaves", async () => {
  const limits = parseLimits(["all=0", "connections-per-address=5"]);
  await using server = await serveInProcess({ limits });
  const thrownOut = await Promise.all(Array.from({ length: 5 }, async () => {
    const socket = await RawSocket.open(server.port, { protocol: null });
    await socket.write(clientFrame(OPCODE.text, "x".repeat(LIMITS.frameBytes + 1)));
    // Reads the close frame and does not answer it.
    assertEquals((await socket.closed())?.code, CLOSE.tooLong.code);
    return socket;
  }));
  await assertRejects(() => RawSocket.open(server.port), Error, "429");

  for (const socket of thrownOut) socket[Symbol.dispose]();
  const comeBack = async () => {
    while (true) {
      const socket = await RawSocket.open(server.port).catch(() => undefined);
      if (socket) return socket;
    }
  };
  using _socket = await within(comeBack(), () => "Those who have left still count");
});

Deno.test("three hundred requests that are never finished hold nobody up, nor the stop", async () => {
  await using server = await startServer();
  const host = `Host: localhost:${server.port}\r\n`;
  const halves = [
    `GET /api/session HTTP/1.1\r\n${host}`,
    `POST /api/session HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
    "",
  ];
  using connections = new DisposableStack();
  for (let count = 0; count < 300; count++) {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    connections.use(connection);
    await connection.write(new TextEncoder().encode(halves[count % halves.length]));
  }
  await using client = await connect(server.url);
  client.send([
    { type: "join", room: "lobby" },
    { type: "chat", id: "one", room: "lobby", message: "not held up" },
  ]);
  assertEquals((await client.nextOf("chat")).message, "not held up");
  assertEquals(await isHealthy(server.url), true);
  assertEquals((await server.stop()).code, 0);
});
