/** Clients that are gone before they are answered must not count as connected for ever. */

import { parseLimits } from "../../server/limit_table.ts";
import { type Client, connect, signIn } from "../support/client.ts";
import { within } from "../support/deadline.ts";
import { serveInProcess } from "../support/in_process.ts";
import { upgradeRequest } from "../support/raw_socket.ts";

Deno.test({
  name: "clients that leave during the handshake take nobody's place for long",
  // The runtime itself never ends its own wait for such a client.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const PLACES = 100;
    const limits = parseLimits(["all=0", `connections-per-address=${PLACES}`]);
    await using server = await serveInProcess({ limits }, { idleSeconds: 1 });
    const { token } = await signIn(server.url, "Ann");
    const request = new TextEncoder().encode(
      upgradeRequest(server.port, { path: `/ws?token=${token}` }),
    );
    for (let hasty = 0; hasty < PLACES; hasty++) {
      using connection = await Deno.connect({ hostname: "localhost", port: server.port });
      await connection.write(request);
    }
    await using honest = new AsyncDisposableStack();
    const fill = async () => {
      for (let place = 0; place < PLACES;) {
        // Refused for as long as the hasty ones count.
        const client: Client | undefined = await connect(server.url).catch(() => undefined);
        if (!client) continue;
        honest.use(client);
        place++;
      }
    };
    await within(fill(), () => "Places are still taken by clients that have left");
  },
});
