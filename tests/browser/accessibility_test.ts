/** The client for everybody: checked by axe, and used with the keyboard alone. */

import { assert, assertEquals } from "@std/assert";
import { assertAccessible, SCHEMES, SIZES } from "../support/accessibility.ts";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { startServer } from "../support/server.ts";

for (const colorScheme of SCHEMES) {
  for (const viewport of SIZES) {
    const where = `${colorScheme}, ${viewport.width} pixels wide`;
    browserTest(`axe finds nothing in any view (${where})`, async (visit) => {
      await using server = await startServer();
      const page = await visit.open(server.url, { colorScheme, viewport });
      const ann = new ChatPage(page);
      const isNarrow = viewport.width < 720;
      await ann.nameField.waitFor();
      await assertAccessible(page, "first visit");
      await ann.nameField.press("Enter");
      await page.getByText("Please enter a name.").waitFor();
      await assertAccessible(page, "first visit with a problem");

      await ann.chooseName("Ann");
      await ann.isOnline();
      await assertAccessible(page, "empty room");
      for (const text of ["hello", "see https://example.com/", "two\nlines"]) await ann.say(text);
      await ann.sees("hello");
      const ben = await ChatPage.enter(visit, server.url, "Ben");
      await ben.say("hello Ann");
      await ann.sees("hello Ann");
      await assertAccessible(page, "conversation");

      await ann.online(2).click();
      await page.getByRole("complementary", { name: "People" }).waitFor();
      await assertAccessible(page, "people");
      await page.keyboard.press("Escape");
      if (isNarrow) {
        await page.getByRole("button", { name: "Rooms" }).click();
        await assertAccessible(page, "rooms");
      }
      await page.getByRole("button", { name: "Settings" }).click();
      await page.getByRole("dialog", { name: "Settings" }).waitFor();
      await assertAccessible(page, "settings");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await ann.chooseFromMenu("Jump to a date");
      await page.getByRole("dialog").waitFor();
      await assertAccessible(page, "jump to a date");
      await page.keyboard.press("Escape");

      await server.kill();
      await ann.say("into the void");
      await page.getByText("Reconnecting…").waitFor();
      await ann.message("into the void").getByText("Waiting for the connection…").waitFor();
      await assertAccessible(page, "reconnecting");

      await server.restart();
      await page.goto(`${server.url}/r/No_Such_Room`);
      await page.getByRole("heading", { name: "No such room" }).waitFor();
      await assertAccessible(page, "not found");
    });
  }
}

browserTest(
  "the first visit to the first message needs nothing but the keyboard",
  async (visit) => {
    await using server = await startServer();
    const page = await visit.open(server.url);
    const ann = new ChatPage(page);
    await ann.nameField.waitFor();
    // The focus is where one types, at each step.
    await page.keyboard.type("Ann");
    await page.keyboard.press("Enter");
    await ann.composer.waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
    await page.keyboard.type("hello");
    await page.keyboard.press("Enter");
    await ann.sees("hello");
    await page.keyboard.type("world");
    await page.keyboard.press("Enter");
    await ann.sees("world");

    // Back into the messages, along them, and back to the composer.
    await page.keyboard.press("Shift+Tab");
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    for (let step = 0; step < 10 && !(await focused())?.endsWith("world"); step++) {
      await page.keyboard.press("Shift+Tab");
    }
    assert((await focused())?.endsWith("world"), `The focus is on ${await focused()}`);
    await page.keyboard.press("ArrowUp");
    await page.waitForFunction(() =>
      document.activeElement?.getAttribute("aria-label")?.endsWith("hello")
    );
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
  },
);

browserTest(
  "a narrow and a wide page neither scroll sideways nor hide the composer",
  async (visit) => {
    await using server = await startServer();
    for (const viewport of SIZES) {
      const ann = await ChatPage.enter(visit, server.url, `Ann ${viewport.width}`, { viewport });
      await ann.say("a".repeat(500));
      await ann.sees("a".repeat(500));
      const sideways = await ann.page.evaluate(() =>
        document.documentElement.scrollWidth - document.documentElement.clientWidth
      );
      assertEquals(sideways, 0);
      const box = await ann.composer.boundingBox();
      assert(box && box.y + box.height <= viewport.height && box.x + box.width <= viewport.width);
    }
  },
);
