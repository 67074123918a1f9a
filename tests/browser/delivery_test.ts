/** Nothing that a person wrote is lost: connections that break, servers that restart, drafts. */

import { assert, assertEquals } from "@std/assert";
import { ChatPage, showTheSame } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { startServer } from "../support/server.ts";

browserTest(
  "what is written while the server is away is sent once it is back, once and in order",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    const ben = await ChatPage.enter(visit, server.url, "Ben");
    await ann.say("before");
    await ben.sees("before");

    await server.kill();
    for (const text of ["one", "two", "three"]) await ann.say(text);
    await ann.message("three").getByText("Waiting for the connection…").waitFor();
    await ann.page.getByText("Reconnecting…").waitFor();
    await server.restart();

    await ann.isOnline();
    await ben.isOnline();
    await ben.sees("three");
    await ann.sees("three");
    await showTheSame([ann, ben], ["before", "one", "two", "three"]);
  },
);

browserTest("messages written offline survive closing the tab", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  await ann.say("before");
  await ben.sees("before");
  await server.kill();
  await ann.say("written offline");
  await ann.message("written offline").getByText("Waiting for the connection…").waitFor();
  await ann.page.close();
  await server.restart();

  const again = new ChatPage(await ann.page.context().newPage());
  await again.page.goto(server.url);
  await again.isOnline();
  await again.sees("written offline");
  await ben.sees("written offline");
  await showTheSame([again, ben], ["before", "written offline"]);
});

browserTest(
  "what is written in the first second is there after a reload at once",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    const ben = await ChatPage.enter(visit, server.url, "Ben");
    const { page } = ann;
    // Opens, and nothing ever comes of it.
    await page.routeWebSocket(/\/ws$/, () => {});
    await page.reload();
    await ann.composer.fill("hasty");
    await page.evaluate(() => {
      const composer = document.querySelector<HTMLTextAreaElement>(".composer textarea")!;
      composer.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }),
      );
      // Nothing that the page has begun comes to its end.
      location.reload();
    });
    await ann.message("hasty").getByText("Waiting for the connection…").waitFor();

    const again = await ann.anotherTab();
    await ben.sees("hasty");
    await showTheSame([again, ben], ["hasty"]);
  },
);

browserTest("a page that is open comes back by itself again and again", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  const said: string[] = [];
  for (const round of ["first", "second", "third"]) {
    await (round === "second" ? server.stop() : server.kill());
    await server.restart();
    await ann.say(`after the ${round} restart`);
    said.push(`after the ${round} restart`);
    await ben.sees(said.at(-1)!);
  }
  await showTheSame([ann, ben], said);
});

browserTest("a refused message stays, says why, and can be edited or discarded", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  // Stands between page and server and refuses what has a bad word in it.
  await ann.page.routeWebSocket(/\/ws$/, (socket) => {
    const upstream = socket.connectToServer();
    socket.onMessage((frame) => {
      const commands = [JSON.parse(String(frame))].flat();
      const refused = commands.find(({ message }) => message?.includes("darn"));
      if (!refused) return upstream.send(frame);
      const { id, room } = refused;
      socket.send(JSON.stringify([
        { type: "error", code: "forbidden", message: "Please stay polite.", id, room },
      ]));
    });
  });
  await ann.page.reload();
  await ann.isOnline();

  await ann.say("darn it");
  const refused = ann.message("darn it");
  await refused.getByText("Not sent. Please stay polite.").waitFor();
  await ann.say("something else");
  await ann.sees("something else");
  await refused.getByRole("button", { name: "Edit" }).click();
  await ann.composerHolds("darn it");
  await ann.say("never mind");
  await ann.sees("never mind");
  await refused.waitFor({ state: "detached" });

  await ann.say("darn again");
  await ann.message("darn again").getByRole("button", { name: "Discard" }).click();
  await ann.message("darn again").waitFor({ state: "detached" });
  await showTheSame([ann], ["something else", "never mind"]);
});

browserTest(
  "a message that is too long cannot be sent until it is shorter",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    await ann.composer.fill("é".repeat(9_000));
    await ann.page.getByText(/too long/).waitFor();
    assert(await ann.page.getByRole("button", { name: "Send" }).isDisabled());
    await ann.composer.press("Enter");
    assertEquals(await ann.messages.count(), 0);
    await ann.say("é".repeat(8_000));
    // A very long message shows its beginning, and all of it when asked.
    await ann.page.getByRole("button", { name: "Show more" }).click();
    await ann.sees("é".repeat(8_000));
  },
);

browserTest("a draft survives a reload and belongs to its room", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  await ann.composer.fill("not finished\nyet");
  await ann.page.reload();
  await ann.isOnline();
  await ann.composerHolds("not finished\nyet");
  await ann.page.goto(`${server.url}/r/games`);
  await ann.isOnline();
  await ann.composerHolds("");
  await ann.page.goto(`${server.url}/r/lobby`);
  await ann.isOnline();
  await ann.composer.press("Enter");
  await ann.sees("not finished yet");
  await ann.composerHolds("");
});

browserTest(
  "Enter sends, Shift and Enter break the line, blank messages are not sent",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    await ann.composer.press("Enter");
    await ann.say("   \n ");
    await ann.composer.fill("");
    await ann.composer.pressSequentially("two");
    await ann.composer.press("Shift+Enter");
    await ann.composer.pressSequentially("lines");
    await ann.composer.press("Enter");
    await ann.messages.first().waitFor();
    await showTheSame([ann], ["two\nlines"]);
  },
);

browserTest("Enter while an input method composes belongs to the input method", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  await ann.composer.focus();
  const devtools = await ann.page.context().newCDPSession(ann.page);
  await devtools.send("Input.imeSetComposition", {
    text: "かんじ",
    selectionStart: 3,
    selectionEnd: 3,
  });
  await ann.composerHolds("かんじ");
  // What browsers say for a key that the input method takes: 229, or in some the key itself.
  for (const windowsVirtualKeyCode of [229, 13]) {
    await devtools.send("Input.dispatchKeyEvent", {
      type: "rawKeyDown",
      key: "Enter",
      code: "Enter",
      windowsVirtualKeyCode,
    });
  }
  await devtools.send("Input.insertText", { text: "漢字" });
  await ann.composerHolds("漢字");
  assertEquals(await ann.messages.count(), 0);
  await ann.composer.press("Enter");
  await ann.sees("漢字");
  await showTheSame([ann], ["漢字"]);
});

browserTest(
  "two tabs of one person that were both offline send each message once",
  async (visit) => {
    await using server = await startServer();
    const first = await ChatPage.enter(visit, server.url, "Ann");
    const second = await first.anotherTab();
    const ben = await ChatPage.enter(visit, server.url, "Ben");
    await server.kill();
    await first.say("from the first tab");
    await second.say("from the second tab");
    await server.restart();
    await ben.sees("from the first tab");
    await ben.sees("from the second tab");
    await ben.say("the end");
    for (const chat of [first, second, ben]) {
      await chat.sees("the end");
      const texts = await chat.texts();
      assertEquals(texts.toSorted(), ["from the first tab", "from the second tab", "the end"]);
      assertEquals(texts, await ben.texts());
    }
  },
);
