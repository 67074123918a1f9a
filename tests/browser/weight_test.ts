/** What the browser client weighs on the wire. */

import { assert, assertLess } from "@std/assert";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { startServer } from "../support/server.ts";

/** Bytes of compressed script until the first message was sent and received. */
const SCRIPT_BUDGET = 30 * 1024;

browserTest(
  "the first message is sent and received with at most 30 KB of script",
  async (visit) => {
    await using server = await startServer();
    const page = await visit.open("about:blank");
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Network.enable");
    const scripts = new Set<string>();
    let bytes = 0;
    devtools.on("Network.responseReceived", ({ requestId, type, response }) => {
      if (type === "Script" || response.mimeType.includes("javascript")) scripts.add(requestId);
    });
    devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      if (scripts.has(requestId)) bytes += encodedDataLength;
    });

    await page.goto(server.url);
    const chat = new ChatPage(page);
    await chat.chooseName("Ann");
    await chat.say("hello");
    await chat.sees("hello");
    assert(scripts.size > 0 && bytes > 0, "no script was seen on the wire");
    console.log(`${bytes} bytes of script in ${scripts.size} files, headers included`);
    assertLess(bytes, SCRIPT_BUDGET);
  },
);
