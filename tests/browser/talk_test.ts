/** People talking in real browser tabs. */

import { assertEquals } from "@std/assert";
import { ChatPage, showTheSame } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { connectPlain } from "../support/client.ts";
import { startServer } from "../support/server.ts";
import { temporaryFolder } from "../support/temporary.ts";

browserTest("three people in three tabs see the same conversation", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  const cleo = await ChatPage.enter(visit, `${server.url}/r/lobby`, "Cleo");
  await ann.say("hello everybody");
  await ben.sees("hello everybody");
  await ben.say("hello Ann");
  await cleo.sees("hello Ann");
  await cleo.say("hello both");
  await ann.sees("hello both");
  await showTheSame([ann, ben, cleo], ["hello everybody", "hello Ann", "hello both"]);
  await ben.messages.first().getByText("Ann", { exact: true }).waitFor();
});

browserTest("a plain page next to two tabs of the client is one conversation", async (visit) => {
  await using server = await startServer();
  using folder = temporaryFolder();
  await Deno.writeTextFile(
    `${folder.path}/page.html`,
    `<!doctype html><ul></ul><script>
      const socket = new WebSocket("${server.url.replace("http", "ws")}/?name=Tom");
      socket.onopen = () => socket.send("hello from a plain page");
      socket.onmessage = ({ data }) => {
        const item = document.createElement("li");
        item.textContent = data;
        document.querySelector("ul").append(item);
      };
    </script>`,
  );
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  const plain = await visit.open(`file://${folder.path}/page.html`);
  await ann.sees("hello from a plain page");
  await ann.messages.first().getByText("Tom", { exact: true }).waitFor();
  await ann.say("hello Tom");
  await plain.locator("li").first().waitFor();
  await ben.say("hello too");
  await plain.locator("li").nth(1).waitFor();
  assertEquals(await plain.locator("li").allTextContents(), ["Ann: hello Tom", "Ben: hello too"]);
  await showTheSame([ann, ben], ["hello from a plain page", "hello Tom", "hello too"]);
});

browserTest("a room has its own address and its own conversation", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const ben = await ChatPage.enter(visit, `${server.url}/r/games`, "Ben");
  await ben.say("only in games");
  await ben.sees("only in games");
  await ann.say("only in the lobby");
  await ann.sees("only in the lobby");
  assertEquals(await ann.texts(), ["only in the lobby"]);
  assertEquals(await ben.texts(), ["only in games"]);
});

browserTest("who is typing shows to the others, and ends when the message comes", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  await ann.composer.pressSequentially("hel");
  await ben.page.getByText(/Ann is typing/).waitFor();
  assertEquals(await ann.page.getByText(/is typing/).count(), 0);
  await ann.say("hello");
  await ben.sees("hello");
  await ben.page.getByText(/Ann is typing/).waitFor({ state: "hidden" });
});

browserTest("who is in the room follows people as they come and go", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  await ann.online(1).waitFor();
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  await ann.online(2).waitFor();
  // A second tab is not a second person.
  const second = await ben.anotherTab();
  await second.say("from my other tab");
  await ann.sees("from my other tab");
  await ann.online(2).waitFor();
  await ben.page.context().close();
  await ann.online(1).waitFor();
});

browserTest("a name is remembered, and a second visit needs none", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  await ann.say("first");
  await ann.sees("first");
  await ann.page.reload();
  await ann.isOnline();
  await ann.sees("first");
  assertEquals(await ann.nameField.count(), 0);
});

browserTest("everything typed is shown as text and nothing of it runs", async (visit) => {
  await using server = await startServer();
  const texts = [
    `<script>document.title = "hacked"</script>`,
    `<img src=x onerror="document.title='hacked'">`,
    `<a href="javascript:document.title='hacked'">click</a>`,
    `javascript:document.title='hacked'`,
    `"><svg onload=document.title='hacked'>`,
    "&lt;b&gt;not bold&lt;/b&gt;",
    "**[x](javascript:alert(1))**",
    "{{constructor.constructor('return 1')()}}",
  ];
  const ann = await ChatPage.enter(visit, server.url, `<b onclick="x()">Ann</b>`);
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  for (const text of texts) {
    await ann.say(text);
    await ben.sees(text);
  }
  await using plain = await connectPlain(
    `${server.url}/?name=${encodeURIComponent("<i>Tom</i>")}`,
  );
  plain.send("<u>from a plain socket</u>");
  await ben.sees("<u>from a plain socket</u>");
  assertEquals(await ben.texts(), [...texts, "<u>from a plain socket</u>"]);
  for (const { page } of [ann, ben]) {
    assertEquals(await page.locator("script:not([src]), img, [onerror], [onload]").count(), 0);
    assertEquals(await page.locator("a[href^='javascript']").count(), 0);
    const title = await page.title();
    assertEquals(title.includes("hacked"), false, title);
  }
});

browserTest(
  "a link in a message can be followed and tells the other site nothing",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    await ann.say("see https://example.com/a?b=1#c.");
    const link = ann.page.getByRole("link", { name: "https://example.com/a?b=1#c" });
    await link.waitFor();
    assertEquals(await link.getAttribute("href"), "https://example.com/a?b=1#c");
    const relations = (await link.getAttribute("rel"))?.split(" ") ?? [];
    for (const relation of ["noopener", "noreferrer"]) {
      assertEquals(relations.includes(relation), true, relations.join(" "));
    }
  },
);
