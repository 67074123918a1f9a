/** Conversations between people, and how people see whether others are here. */

import { assertEquals } from "@std/assert";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { startServer } from "../support/server.ts";

browserTest(
  "a private message begins from a person's name, and the other can answer",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    const ben = await ChatPage.enter(visit, server.url, "Ben");
    await ann.online(2).click();
    await ann.page.getByRole("complementary", { name: "People" }).getByRole("button", {
      name: "Ben",
    })
      .click();
    await ann.dialog.getByRole("button", { name: "Message" }).click();
    await ann.showsRoom("Ben");
    await ann.say("Just between us");

    await ben.listed(/Ann.*1 unread/).click();
    await ben.showsRoom("Ann");
    await ben.sees("Just between us");
    await ben.composer.pressSequentially("ye");
    await ann.page.getByText("Ben is typing…").waitFor();
    await ben.say("yes");
    await ann.sees("yes");

    // Nobody else sees anything of it, with its address neither.
    const chi = new ChatPage(await visit.open(ann.page.url()));
    await chi.chooseName("Chi");
    await chi.page.getByRole("heading", { name: "You cannot read this room" }).waitFor();
  },
);

browserTest("a private message to somebody offline waits for them", async (visit) => {
  await using server = await startServer();
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  await ben.page.goto("about:blank");
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  await ann.converseWith("Ben");
  await ann.say("For later");
  await ann.sees("For later");
  await ann.page.close();
  await ben.page.goto(server.url);
  await ben.listed(/Ann.*1 unread/).click();
  await ben.sees("For later");
  await ben.listed(/Ann.*unread/).waitFor({ state: "detached" });
});

browserTest("the same people have the same conversation, whoever begins it", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  const chi = await ChatPage.enter(visit, server.url, "Chi");
  await ann.converseWith("Ben", "Chi");
  await ann.page.getByRole("heading", { name: "Ben, Chi", level: 1 }).waitFor();
  await ann.say("All three");
  await chi.converseWith("Ann", "Ben").catch(() => {});
  await chi.sees("All three");
  assertEquals(chi.page.url(), ann.page.url());
  await ben.listed(/Ann, Chi.*unread/).waitFor();
});

browserTest(
  "whether somebody is here shows beside their name, in shape and words",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    const ben = await ChatPage.enter(visit, server.url, "Ben");
    await ann.converseWith("Ben");
    await ann.listed(/^online: Ben/).waitFor();
    // Hidden in every tab: nobody sits there.
    await ben.page.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await ann.listed(/^away: Ben/).waitFor();
    const second = await ben.anotherTab();
    await ann.listed(/^online: Ben/).waitFor();
    await second.page.close();
    await ben.page.close();
    await ann.listed(/^offline: Ben/).waitFor();
  },
);
