import { assertEquals } from "@std/assert";
import { Connections } from "../../server/connections.ts";
import { parseLimits } from "../../server/limit_table.ts";
import { Limiter } from "../../server/limits.ts";
import { createLog } from "../../server/log.ts";
import { CLOSE } from "../../server/protocol.ts";
import { acceptSocket, type SocketConnection } from "../../server/socket.ts";
import { connectPlain } from "../support/client.ts";

Deno.test("a socket that is ended between its upgrade and its opening is closed, and told why", async () => {
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line));
  const connections = new Connections(log, new Limiter(parseLimits(["all=0"])));
  const told: string[] = [];
  let ended: SocketConnection | undefined;
  await using server = Deno.serve({ hostname: "localhost", port: 0, onListen() {} }, (request) => {
    const about = { kind: "plain", user: "u_ada", address: "::1", network: "::1" };
    const response = acceptSocket(request, connections, about, (connection) => {
      ended = connection;
      return {
        opened: () => told.push("opened"),
        receive: () => told.push("received"),
        closed: () => told.push("closed"),
      };
    });
    // Nothing has been answered yet, so the socket cannot be open.
    ended!.close(CLOSE.signedOut);
    return response;
  });
  await using client = await connectPlain(`http://localhost:${server.addr.port}/`);
  assertEquals(await client.closed, { code: CLOSE.signedOut.code, reason: "signed out" });
  assertEquals([told, lines, connections.size], [["closed"], [], 0]);
  connections.close();
});
