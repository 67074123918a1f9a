/** A restart with everybody connected. This is the short run; `deno task storm` makes the long one. */

import { assert, assertEquals } from "@std/assert";
import { parseArgs } from "node:util";
import { signIn } from "../support/client.ts";
import { history, post } from "../support/http.ts";
import { ResumingClient } from "../support/resuming_client.ts";
import { seeded } from "../support/random.ts";
import { startServer } from "../support/server.ts";

const { values } = parseArgs({
  args: Deno.args,
  strict: false,
  options: { clients: { type: "string", default: "200" } },
});
const CLIENTS = parseInt(String(values.clients));
/** How many of them speak while the server is away. */
const SPEAKERS = 20;
const PATIENCE = 60_000;

for (const how of ["stop", "kill"] as const) {
  Deno.test(`${CLIENTS} clients all resume after a ${how} and a start, without a loss or a double`, async () => {
    await using server = await startServer();
    const { token } = await signIn(server.url, "Crowd");
    await using stack = new AsyncDisposableStack();
    const random = seeded(1);
    const clients = Array.from({ length: CLIENTS }, () =>
      stack.use(
        new ResumingClient({
          url: server.url,
          token,
          silence: PATIENCE,
          backoff: () => 200 + random() * 800,
        }),
      ));
    for (const client of clients) await client.until(({ isLive }) => isLive, "Not in", PATIENCE);
    await post(server.url, { message: "before", id: "before", token });
    for (const client of clients) {
      await client.until(({ log }) => log.seq === 1, "Not heard", PATIENCE);
    }

    await server[how]();
    // Said while nobody is there to hear it.
    for (const [index, client] of clients.slice(0, SPEAKERS).entries()) {
      client.say(`away-${index}`, "Is anybody there");
    }
    const started = performance.now();
    await server.restart();
    const ready = performance.now();
    for (const client of clients) {
      await client.until(
        ({ log, resumed, isLive }) => isLive && resumed > 1 && log.seq === 1 + SPEAKERS,
        "Not back",
        PATIENCE,
      );
    }
    const last = Math.max(...clients.map(({ resumedAt }) => resumedAt));
    const { messages } = await history(server.url, "lobby", "limit=200");
    const kept = messages.map(({ id }) => id);
    const lost = clients.filter(({ log }) => kept.some((id) => !log.ids.includes(id))).length;
    const doubled = clients.filter(({ log }) => log.ids.length > new Set(log.ids).size).length;
    console.log(
      `${how}: ${CLIENTS} clients, server ready after ${seconds(ready - started)} s, ` +
        `the last had resumed after ${seconds(last - started)} s; ${lost} lost, ${doubled} doubled`,
    );
    assertEquals([lost, doubled], [0, 0]);
    for (const client of clients) {
      assertEquals(client.log.faults, []);
      assertEquals(client.log.ids, kept);
    }
    assert(kept.length === 1 + SPEAKERS);
  });
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(1);
}
