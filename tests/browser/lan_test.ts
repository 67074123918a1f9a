/** Over plain http from another machine: browsers then offer no clipboard, no UUIDs, no notifications. */

import { assertEquals } from "@std/assert";
import { ChatPage, showTheSame } from "../support/chat_page.ts";
import { browserTest, LAN_HOST } from "../support/chromium.ts";
import { startServer } from "../support/server.ts";

browserTest("two people talk over plain http in a local network", async (visit) => {
  await using server = await startServer({ args: ["--host", "0.0.0.0"] });
  const address = `http://${LAN_HOST}:${server.port}`;
  const ann = await ChatPage.enter(visit, address, "Ann");
  const ben = await ChatPage.enter(visit, address, "Ben");
  assertEquals(await ann.page.evaluate(() => isSecureContext), false);
  await ann.say("hello from the kitchen");
  await ben.sees("hello from the kitchen");
  await ben.say("hello from the garden");
  await ann.sees("hello from the garden");
  await ann.page.reload();
  await ann.isOnline();
  await showTheSame([ann, ben], ["hello from the kitchen", "hello from the garden"]);
});

browserTest("a link to a message can be copied over plain http", async (visit) => {
  await using server = await startServer({ args: ["--host", "0.0.0.0"] });
  const address = `http://${LAN_HOST}:${server.port}`;
  const ann = await ChatPage.enter(visit, address, "Ann");
  await ann.say("remember this");
  await ann.sees("remember this");
  await ann.act("remember this", "Copy link");
  await ann.page.getByRole("status").filter({ hasText: "Copied" }).waitFor();
  await ann.composer.press("Control+V");
  assertEquals(await ann.composer.inputValue(), `${address}/r/lobby#m1`);
});
