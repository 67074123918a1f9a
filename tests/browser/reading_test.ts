/** Reading long conversations in a real browser. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { type Client, connect, signIn } from "../support/client.ts";
import { numbered, sayAll } from "../support/say_all.ts";
import { type RunningServer, startServer } from "../support/server.ts";

/** More rows than this in the document cost what nobody sees. */
const MOST_ROWS = 120;

/** A client in the lobby that can say a lot. */
async function writer(server: RunningServer): Promise<Client> {
  const { token } = await signIn(server.url, "Writer");
  const client = await connect(server.url, { token });
  client.send({ type: "join", room: "lobby" });
  await client.nextOf("joined");
  return client;
}

browserTest(
  "ten thousand messages are read back with few of them in the document",
  async (visit) => {
    await using server = await startServer();
    await using client = await writer(server);
    await sayAll(client, numbered(10_000));

    const ann = await ChatPage.enter(visit, server.url, "Ann");
    await ann.sees("message 10000");
    assertLess(await ann.messages.count(), MOST_ROWS);

    // Upwards through the history; what was read stays under the eyes, and the document stays small.
    await ann.log.hover();
    for (const number of [9_900, 9_500, 9_000]) {
      const wanted = ann.message(`message ${number}`);
      while (await wanted.count() === 0) {
        await ann.page.mouse.wheel(0, -2_000);
        await ann.page.evaluate(() => new Promise(requestAnimationFrame));
        assertLess(await ann.messages.count(), MOST_ROWS);
      }
    }
    const numbers = (await ann.texts()).map((text) => Number(text.split(" ")[1]));
    assertEquals(numbers, numbers.map((_, index) => numbers[0]! + index));

    // What comes meanwhile does not move the reader, but is told.
    const row = ann.message(`message ${numbers[Math.floor(numbers.length / 2)]}`);
    const before = await row.boundingBox();
    await sayAll(client, numbered(5, 10_000));
    await ann.page.getByRole("button", { name: "5 new messages" }).click();
    await ann.sees("message 10005");
    assert(before !== null);
    assertLess(await ann.messages.count(), MOST_ROWS);
  },
);

browserTest(
  "a reader at the bottom follows a stream, one further up is not moved",
  async (visit) => {
    await using server = await startServer();
    await using client = await writer(server);
    await sayAll(client, numbered(200));
    const follower = await ChatPage.enter(visit, server.url, "Follower");
    const reader = await ChatPage.enter(visit, server.url, "Reader");
    await follower.sees("message 200");
    await reader.sees("message 200");
    await reader.log.hover();
    await reader.page.mouse.wheel(0, -600);
    await reader.page.getByRole("button", { name: "Latest" }).waitFor();
    const row = reader.message("message 185");
    const before = await row.boundingBox();

    await sayAll(client, numbered(5_000, 200));
    await follower.sees("message 5200");
    assertLess(await follower.messages.count(), MOST_ROWS);
    await reader.page.getByRole("button", { name: "5000 new messages" }).waitFor();
    assertEquals(await row.boundingBox(), before);
  },
);

browserTest("a link to a message leads to it", async (visit) => {
  await using server = await startServer();
  await using client = await writer(server);
  await sayAll(client, numbered(1_000));
  const ann = await ChatPage.enter(visit, `${server.url}/r/lobby#m321`, "Ann");
  await ann.sees("message 321");
  const box = await ann.message("message 321").boundingBox();
  const view = await ann.log.boundingBox();
  assert(box && view && box.y >= view.y && box.y + box.height <= view.y + view.height);
});

browserTest("a reader at the bottom stays there while the composer grows", async (visit) => {
  await using server = await startServer();
  await using client = await writer(server);
  await sayAll(client, numbered(60));
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  await ann.sees("message 60");
  await ann.composer.fill("many\n".repeat(8));
  await ann.page.waitForFunction(() => document.querySelector("textarea")!.clientHeight > 150);
  await ann.composer.pressSequentially("and more");
  // Longer than drawing anew takes: what was scrolled by mistake shows by then.
  await ann.page.evaluate(async () => {
    for (let frame = 0; frame < 5; frame++) await new Promise(requestAnimationFrame);
  });
  const [row, view] = [await ann.message("message 60").boundingBox(), await ann.log.boundingBox()];
  assert(row && view && row.y + row.height <= view.y + view.height, "the last line is covered");
  assertEquals(await ann.page.getByRole("button", { name: "Latest" }).count(), 0);
  await sayAll(client, numbered(1, 60));
  await ann.sees("message 61");
  assertEquals(await ann.page.getByRole("button", { name: /new message/ }).count(), 0);
});

browserTest("of a very long message the beginning shows until all is asked for", async (visit) => {
  await using server = await startServer();
  await using client = await writer(server);
  const message = Array.from({ length: 1_000 }, (_, index) => `line ${index + 1}`).join("\n");
  client.send({ type: "chat", id: "long", room: "lobby", message });
  await client.nextOf("chat");
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const text = ann.messages.last().locator(".text");
  await ann.page.getByRole("button", { name: "Show more" }).waitFor();
  assert((await text.innerText()).endsWith("…"));
  const before = await text.boundingBox();

  // The beginning stays where it is, though the reader was at the bottom.
  await ann.page.getByRole("button", { name: "Show more" }).click();
  await ann.page.getByRole("button", { name: "Latest" }).waitFor();
  assertEquals(await text.innerText(), message);
  assertEquals((await text.boundingBox())?.y, before?.y);

  // From its end the way back leads to the beginning.
  await ann.page.getByRole("button", { name: "Latest" }).click();
  await ann.page.getByRole("button", { name: "Show less" }).click();
  await ann.page.getByRole("button", { name: "Show more" }).waitFor();
  const [after, view] = [await text.boundingBox(), await ann.log.boundingBox()];
  assert(after && view && after.y >= view.y && after.y < view.y + view.height);
  await ann.page.getByRole("button", { name: "Latest" }).waitFor({ state: "detached" });
});
