/** Plain HTML pages with an inline script, as the classic tutorials have them, in a real browser. */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { connect } from "../support/client.ts";
import { browserTest } from "../support/chromium.ts";
import { startServer } from "../support/server.ts";
import { temporaryFolder } from "../support/temporary.ts";

/** A page that shows each frame as an item of a list and sends what is typed. */
function tutorialPage(address: string): string {
  return `<!doctype html>
    <ul id="frames"></ul>
    <input id="text"><button id="send">Send</button>
    <script>
      const socket = new WebSocket("${address}");
      const show = (text) => {
        const item = document.createElement("li");
        item.textContent = text;
        document.getElementById("frames").append(item);
      };
      socket.onopen = () => document.title = "open";
      socket.onclose = () => document.title = "closed";
      socket.onmessage = (event) => show(event.data);
      document.getElementById("send").onclick = () => {
        socket.send(document.getElementById("text").value);
      };
    </script>`;
}

async function send(page: Page, frame: string): Promise<void> {
  await page.locator("#text").fill(frame);
  await page.locator("#send").click();
}

async function frames(page: Page, count: number): Promise<string[]> {
  await page.locator("#frames li").nth(count - 1).waitFor();
  return await page.locator("#frames li").allTextContents();
}

async function opened(page: Page): Promise<void> {
  await page.waitForFunction(() => document.title === "open");
}

browserTest(
  "a page opened from a file and one of another site talk to each other",
  async ({ open }) => {
    await using server = await startServer();
    using folder = temporaryFolder();
    const html = tutorialPage(server.url.replace("http", "ws"));
    await Deno.writeTextFile(`${folder.path}/page.html`, html);
    await using site = Deno.serve(
      { hostname: "localhost", port: 0, onListen: () => {} },
      () => new Response(html, { headers: { "content-type": "text/html" } }),
    );

    const fromFile = await open(`file://${folder.path}/page.html`);
    const fromSite = await open(`http://localhost:${site.addr.port}/`);
    await opened(fromFile);
    await opened(fromSite);
    await send(fromFile, "hello from a file");
    assertEquals(await frames(fromSite, 1), ["hello from a file"]);
    await send(fromSite, "hello from a site");
    assertEquals(await frames(fromFile, 1), ["hello from a site"]);
    // Nobody got back what they sent.
    assertEquals(await frames(fromSite, 1), ["hello from a file"]);
  },
);

browserTest(
  "what a plain page says is a message for parlor.v1, and the other way round",
  async ({ open }) => {
    await using server = await startServer();
    using folder = temporaryFolder();
    const address = `${server.url.replace("http", "ws")}/?room=games&name=Tom`;
    await Deno.writeTextFile(`${folder.path}/page.html`, tutorialPage(address));
    await using client = await connect(server.url);
    const { user: self } = await client.nextOf("welcome");
    client.send({ type: "join", room: "games" });
    await client.nextOf("joined");

    const page = await open(`file://${folder.path}/page.html`);
    await opened(page);
    await send(page, "<b>hello</b>");
    const { message, user } = await client.nextOf("chat");
    assertEquals([message, user.name, user.unverified], ["<b>hello</b>", "Tom", true]);

    client.send({ type: "chat", id: "1", room: "games", message: "hello Tom" });
    assertEquals(await frames(page, 1), [`${self.name}: hello Tom`]);
  },
);
