/** Bad networks: whatever they do, everybody ends with the identical log. */

import { assert, assertEquals, assertGreater } from "@std/assert";
import { signIn } from "../support/client.ts";
import { history } from "../support/http.ts";
import { serveInProcess } from "../support/in_process.ts";
import { type Fault, startProxy } from "../support/proxy.ts";
import { seeded } from "../support/random.ts";
import { ResumingClient } from "../support/resuming_client.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CLIENTS = 6;
const MESSAGES = 30;
const FAULTS: readonly Fault[] = ["cut", "stall", "half-close"];

for (const seed of [1, 2]) {
  Deno.test(`clients behind a network that cuts, stalls and half-closes have the same log (seed ${seed})`, async () => {
    using data = temporaryFolder();
    const heartbeat = 100;
    await using server = await serveInProcess({ data: data.path }, { hub: { heartbeat } });
    // Disposed of after the proxy: a stalled connection ends only when it is cut.
    await using stack = new AsyncDisposableStack();
    await using proxy = startProxy(server.port);
    const random = seeded(seed);
    const clients: ResumingClient[] = [];
    for (let index = 0; index < CLIENTS; index++) {
      const { token } = await signIn(server.url, `Client ${index}`);
      clients.push(stack.use(
        new ResumingClient({
          url: `http://localhost:${proxy.port}`,
          token,
          silence: 4 * heartbeat,
          backoff: () => 10 + random() * 40,
        }),
      ));
    }

    const done: Record<Fault, number> = { "cut": 0, "stall": 0, "half-close": 0 };
    for (let round = 0; round < MESSAGES; round++) {
      for (const [index, client] of clients.entries()) {
        client.say(`${index}-${round}`, `Message ${round} of client ${index}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20 + random() * 40));
      const fault = FAULTS[Math.floor(random() * FAULTS.length)]!;
      if (proxy.harm(fault, Math.floor(random() * 1_000))) done[fault]++;
    }

    const total = CLIENTS * MESSAGES;
    for (const client of clients) {
      await client.until(
        ({ log, unsent }) => log.seq >= total && unsent === 0,
        "Not all came",
        20_000,
      );
    }
    const { messages } = await history(server.url, "lobby", "limit=200");
    const kept = messages.map(({ id }) => id);
    assertEquals([kept.length, new Set(kept).size], [total, total]);
    for (const client of clients) {
      assertEquals(client.log.faults, []);
      assertEquals(client.log.ids, kept);
    }
    // What each has said stands in the order in which it was said.
    for (let index = 0; index < CLIENTS; index++) {
      const own = kept.filter((id) => id.startsWith(`${index}-`)).map((id) =>
        Number(id.split("-")[1])
      );
      assertEquals(own, own.toSorted((one, other) => one - other));
    }
    for (const fault of FAULTS) assertGreater(done[fault], 0);
    assert(clients.some(({ resumed }) => resumed > 2), "nobody had to resume");
  });
}
