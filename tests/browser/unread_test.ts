/** What is unread, on every device of a person alike. */

import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { startServer } from "../support/server.ts";

/** Waits for the title of the tab. */
async function isTitled(page: Page, title: string): Promise<void> {
  await page.waitForFunction((wanted) => document.title === wanted, title);
}

/** The window loses the focus to another one, or gets it back. */
async function setLooking(page: Page, isLooking: boolean): Promise<void> {
  await page.evaluate((name) => dispatchEvent(new Event(name)), isLooking ? "focus" : "blur");
}

browserTest(
  "unread messages are counted in the list and the tab's title until they are read",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    await ann.createRoom("Games", "public");
    await ann.say("Begin");
    const ben = await ChatPage.enter(visit, `${server.url}/r/games`, "Ben");
    await ann.listed("lobby").click();
    await ann.showsRoom("lobby");
    for (const text of ["one", "two", "three"]) await ben.say(text);
    await ann.listed("Games 3 unread").waitFor();
    await isTitled(ann.page, "(3) #lobby · Parlor");
    // Where one is oneself, nothing is unread, nor what one has said.
    assertEquals(await ben.listed(/unread/).count(), 0);

    await ann.listed("Games 3 unread").click();
    await ann.sees("three");
    await isTitled(ann.page, "#Games · Parlor");
    // What is new is marked where it begins.
    const rows = ann.log.locator(".row");
    await rows.filter({ hasText: "New" }).filter({ hasText: "one" }).waitFor();
    await ann.page.reload();
    await ann.isOnline();
    await ann.sees("three");
    assertEquals(await ann.page.getByRole("separator").filter({ hasText: "New" }).count(), 0);
  },
);

browserTest("two tabs of one person agree on what is read, live", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  await ann.say("Here");
  await ann.createRoom("Games", "public");
  await ann.say("Begin");
  const second = await ann.anotherTab();
  const ben = await ChatPage.enter(visit, `${server.url}/r/games`, "Ben");
  for (const tab of [ann, second]) {
    await tab.listed("lobby").click();
    await tab.showsRoom("lobby");
  }
  await ben.say("Anybody?");
  for (const tab of [ann, second]) await tab.listed("Games 1 unread").waitFor();
  await second.listed(/^Games/).click();
  await second.sees("Anybody?");
  await ann.listed(/unread/).waitFor({ state: "detached" });
  await isTitled(ann.page, "#lobby · Parlor");
});

browserTest("what comes while nobody looks is unread until somebody does", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  await ben.say("one");
  await ann.sees("one");
  await setLooking(ann.page, false);
  await ben.say("two");
  await isTitled(ann.page, "(1) #lobby · Parlor");
  await ann.log.locator(".row").filter({ hasText: "New" }).filter({ hasText: "two" }).waitFor();
  await setLooking(ann.page, true);
  await isTitled(ann.page, "#lobby · Parlor");
});

browserTest("a muted room is quiet", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  await ann.createRoom("Games", "public");
  await ann.say("Begin");
  await ann.chooseFromMenu("Mute");
  const ben = await ChatPage.enter(visit, `${server.url}/r/games`, "Ben");
  await ann.listed("lobby").click();
  await ann.showsRoom("lobby");
  await ben.say("Hello");
  await ben.sees("Hello");
  await ann.page.reload();
  await ann.listed("Games muted").waitFor();
  await isTitled(ann.page, "#lobby · Parlor");
  await ann.listed("Games muted").click();
  await ann.showsRoom("Games");
  await ann.chooseFromMenu("Tell me of new messages");
  await ann.listed(/muted/).waitFor({ state: "detached" });
});

browserTest("a hundred messages and more are told as 99+", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  await ann.createRoom("Games", "public");
  await ann.say("Begin");
  const ben = await ChatPage.enter(visit, `${server.url}/r/games`, "Ben");
  await ann.listed("lobby").click();
  await ann.showsRoom("lobby");
  const posted = await ben.page.evaluate(async () => {
    const commands = Array.from({ length: 100 }, (_, index) => ({
      type: "chat",
      id: `many-${index}`,
      room: "games",
      message: `message ${index}`,
    }));
    const response = await fetch("/api/commands", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(commands),
    });
    return response.ok;
  });
  assert(posted);
  await ann.listed("Games 99+ unread").waitFor();
  await isTitled(ann.page, "(99+) #lobby · Parlor");
  await ann.page.reload();
  await ann.listed("Games 99+ unread").waitFor();
});

browserTest(
  "a message can be marked as unread, and stays so until the room is opened again",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    const ben = await ChatPage.enter(visit, server.url, "Ben");
    for (const text of ["one", "two", "three"]) await ben.say(text);
    await ann.sees("three");
    await ann.message("two").press("Enter");
    await ann.page.getByRole("menuitem", { name: "Mark unread from here" }).click();
    await ann.listed("lobby 2 unread").waitFor();
    await ann.log.locator(".row").filter({ hasText: "New" }).filter({ hasText: "two" }).waitFor();
    const second = await ann.anotherTab(`${server.url}/r/games`);
    await second.listed("lobby 2 unread").click();
    await ann.listed(/unread/).waitFor({ state: "detached" });
  },
);
