/** What people change about themselves and the page, in a real browser. */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { HOST_SECRET, hostToken } from "../support/host_application.ts";
import { startServer } from "../support/server.ts";

async function openSettings({ page }: ChatPage): Promise<void> {
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("dialog", { name: "Settings" }).waitFor();
}

/** The page's ground, and the colour that the browser gives its own bars. */
function colours(page: Page): Promise<{ ground: string; bars: (string | null)[] }> {
  return page.evaluate(() => ({
    ground: getComputedStyle(document.documentElement).colorScheme,
    bars: [...document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')]
      .filter(({ media }) => matchMedia(media).matches)
      .map((bar) => bar.getAttribute("content")),
  }));
}

browserTest(
  "signing out asks for a name again, in every tab, and forgets the rest",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, `${server.url}/r/games`, "Ann");
    await ann.say("hello");
    await ann.sees("hello");
    const second = await ann.anotherTab();
    await ann.composer.fill("a draft");

    await openSettings(ann);
    await ann.page.getByRole("button", { name: "Sign out" }).click();
    for (const { page, nameField, composer } of [ann, second]) {
      await page.getByRole("button", { name: "Join" }).waitFor();
      assertEquals([await nameField.inputValue(), await composer.count()], ["", 0]);
    }
    await ann.page.reload();

    // The next person is another one, and finds nothing of the first but what everybody sees.
    await ann.chooseName("Ben");
    await ann.isOnline();
    await ann.sees("hello");
    await ann.composerHolds("");
    await ann.say("I am Ben");
    await ann.sees("I am Ben");
    const authors = await ann.messages.locator(".name").allInnerTexts();
    assertEquals(authors, ["Ann", "Ben"]);
  },
);

browserTest("signing out without a server says so, and tells of unsent messages", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  // Loaded by itself after a while: without a server there is nowhere to get it from.
  await ann.page.waitForFunction(() =>
    performance.getEntriesByType("resource").some(({ name }) => name.includes("/later-"))
  );
  await server.kill();
  await ann.say("into the void");
  await openSettings(ann);
  await ann.page.getByText("1 message has not been sent yet and will be deleted.").waitFor();
  await ann.page.getByRole("button", { name: "Sign out" }).click();
  await ann.page.getByText("The server cannot be reached. Please try again.").waitFor();
  await ann.page.keyboard.press("Escape");
  await ann.message("into the void").waitFor();
});

browserTest("a taken name comes with a free one, which the keyboard alone takes", async (visit) => {
  await using server = await startServer();
  await ChatPage.enter(visit, server.url, "Ada");
  const second = new ChatPage(await visit.open(server.url));
  const { page } = second;
  await second.chooseName("ADA");
  await page.getByRole("alert").getByText("“ADA” is taken, or looks like a name that is.")
    .waitFor();
  await page.getByRole("button", { name: "Use “ADA 2”" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "INPUT");
  assertEquals(await second.nameField.getAttribute("aria-invalid"), "true");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await second.isOnline();
  await page.getByText("ADA 2", { exact: true }).waitFor();

  // The same where a name is changed; the focus stays in the form.
  await openSettings(second);
  await second.chooseName("Ada");
  await page.getByRole("button", { name: "Use “Ada 2”" }).click();
  await page.getByText("Saved. New messages carry the new name.").waitFor();
  assertEquals(await second.nameField.inputValue(), "Ada 2");
  assertEquals(await page.evaluate(() => document.activeElement?.tagName), "INPUT");
  assertEquals(await page.getByRole("button", { name: /^Use/ }).count(), 0);
});

browserTest("an application's user chooses what becomes of unsent messages", async (visit) => {
  await using server = await startServer({ env: { PARLOR_JWT_SECRET: HOST_SECRET } });
  const link = `${server.url}/#token=${await hostToken()}`;
  const page = await visit.open(link);
  const ada = new ChatPage(page);
  await ada.isOnline();
  // Posts get lost on the way, everything else works.
  let isLosing = true;
  await page.routeWebSocket(/\/ws$/, (socket) => {
    const through = socket.connectToServer();
    socket.onMessage((frame) => {
      if (!isLosing || !String(frame).includes('"chat"')) through.send(frame);
    });
  });
  await page.reload();
  await ada.isOnline();
  for (const isKept of [true, false]) {
    isLosing = true;
    await ada.say(`not sent, kept: ${isKept}`);
    await ada.message(`not sent, kept: ${isKept}`).getByText("Sending…").waitFor();
    await openSettings(ada);
    await page.getByText("1 message has not been sent yet.").waitFor();
    const box = page.getByRole("checkbox", { name: /^Keep what is not sent in this browser/ });
    await box.setChecked(isKept);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Join" }).waitFor();
    isLosing = false;
    await page.goto(link);
    await ada.isOnline();
    if (isKept) await ada.sees("not sent, kept: true");
  }
  await ada.say("the end");
  await ada.sees("the end");
  assertEquals(await ada.texts(), ["not sent, kept: true", "the end"]);
});

browserTest("the reader is first among the people, and says so", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  for (const chat of [ann, ben]) {
    const names = chat === ann ? ["Ann", "Ben"] : ["Ben", "Ann"];
    await chat.online(2).click();
    const people = chat.page.getByRole("complementary", { name: "People" }).getByRole("listitem");
    await people.nth(1).waitFor();
    assertEquals(await people.locator(".person-name").allInnerTexts(), names);
    await people.first().getByText("you", { exact: true }).waitFor();
  }
});

browserTest("the word of a new version can be dismissed", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  // As if the page had come from an older server; this is before its script runs.
  await ann.page.addInitScript(() =>
    document.addEventListener("readystatechange", () => {
      const build = document.querySelector('meta[name="parlor-build"]');
      build!.setAttribute("content", "older");
    }, { once: true })
  );
  await ann.page.reload();
  const news = ann.page.getByRole("status").getByText("A new version is ready.");
  await news.waitFor();
  await ann.page.getByRole("button", { name: "Dismiss" }).click();
  await news.waitFor({ state: "detached" });
  await server.kill();
  await server.restart();
  await ann.isOnline();
  await ann.say("still the older page");
  await ann.sees("still the older page");
  assertEquals(await news.count(), 0);
});

browserTest(
  "a chosen theme holds for the page and the browser's bars, in every tab",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann", { colorScheme: "light" });
    const second = await ann.anotherTab();
    const system = { ground: "light dark", bars: ["#fdfcfa"] };
    const dark = { ground: "dark", bars: ["#1e1d1b"] };
    assertEquals(await colours(ann.page), system);

    await openSettings(ann);
    await ann.page.getByRole("radio", { name: "Dark" }).check();
    await second.page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
    assertEquals([await colours(ann.page), await colours(second.page)], [dark, dark]);
    await ann.page.reload();
    assertEquals(await colours(ann.page), dark);

    await ann.isOnline();
    await openSettings(ann);
    await ann.page.getByRole("radio", { name: "Same as the system" }).check();
    assertEquals(await colours(ann.page), system);
  },
);
