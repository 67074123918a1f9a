/** What the server asks of the system to send a frame. */

import { assertEquals } from "@std/assert";
import { connect } from "../support/client.ts";
import { startTraced, testTraced } from "../support/strace.ts";

testTraced(
  "a large frame is handed to the system without a copy, a small one in one piece",
  async () => {
    await using server = await startTraced();
    const reader = await connect(server.url);
    const small = "small-needle";
    const large = "large-needle".repeat(200);
    reader.send([
      { type: "join", room: "lobby" },
      { type: "chat", id: "small", room: "lobby", message: small },
    ]);
    await reader.nextOf("chat");
    reader.send({ type: "chat", id: "large", room: "lobby", message: large });
    await reader.nextOf("chat");
    const calls = await server.calls();
    await reader.closed;

    const sent = (message: string) =>
      calls.filter((line) => line.includes("socket:") || line.includes("TCP:"))
        .filter((line) => line.includes(`\\"message\\":\\"${message}\\"`))
        .map((line) => /^\d+ +(\w+)\(/.exec(line)?.[1]);
    assertEquals(sent(small), ["sendto"]);
    assertEquals(sent(large), ["writev"]);
  },
);
