/** What people change about themselves and the page, in a real browser. */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
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
  await ann.page.getByText("1 message has not been sent yet.").waitFor();
  await ann.page.getByRole("button", { name: "Sign out" }).click();
  await ann.page.getByText("The server cannot be reached. Please try again.").waitFor();
  await ann.page.keyboard.press("Escape");
  await ann.message("into the void").waitFor();
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
