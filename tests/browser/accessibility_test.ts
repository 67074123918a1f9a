/** The client for everybody: checked by axe, and used with the keyboard alone. */

import { assert, assertEquals } from "@std/assert";
import { assertAccessible, SIZES } from "../support/accessibility.ts";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { startServer } from "../support/server.ts";

for (const viewport of SIZES) {
  browserTest(`axe finds nothing in any view (${viewport.width} pixels wide)`, async (visit) => {
    await using server = await startServer();
    const page = await visit.open(server.url, { viewport });
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

    await ann.openMenu("hello Ann");
    await assertAccessible(page, "menu of a message");
    await page.keyboard.press("Escape");
    await ann.act("hello Ann", "React");
    await ann.emojiField.waitFor();
    await assertAccessible(page, "picker");
    await ann.emojiField.press("Enter");
    await ann.act("hello Ann", "Pin");
    await ann.act("hello Ann", "Reply");
    await ann.composer.pressSequentially("thank you @");
    await page.getByRole("listbox").waitFor();
    await assertAccessible(page, "reply that names somebody");
    await ann.composer.press("Enter");
    await ann.composer.press("Enter");
    await ben.act("hello Ann", "React");
    await ben.emojiField.press("Enter");
    await ann.act("hello", "Edit");
    await assertAccessible(page, "editing");
    await ann.say("hello @Ann");
    await ann.act("hello @Ann", "Delete…");
    await page.getByRole("alertdialog").waitFor();
    await assertAccessible(page, "question before deleting");
    await page.getByRole("button", { name: "Keep" }).click();
    await assertAccessible(page, "conversation with quotes, reactions and mentions");
    await page.getByRole("button", { name: "Pinned messages" }).click();
    await page.getByRole("dialog").getByRole("listitem").waitFor();
    await assertAccessible(page, "pinned messages");
    await page.keyboard.press("Escape");

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
  "everything that is done with messages needs nothing but the keyboard",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    const { page } = ann;
    const { keyboard } = page;
    for (const text of ["one", "two", "three"]) await ann.say(text);
    await ann.sees("three");
    const isOn = (text: string) =>
      page.waitForFunction(
        (text) => document.activeElement?.getAttribute("aria-label")?.endsWith(`: ${text}`),
        text,
      );
    const isWriting = () => page.waitForFunction(() => document.activeElement?.matches("textarea"));
    /** From the composer to a message so many above the last one. */
    const walk = async (up: number, text: string) => {
      await isWriting();
      // Past what can be done with the last message.
      for (let step = 0; step < 8; step++) {
        await keyboard.press("Shift+Tab");
        if (await page.evaluate(() => document.activeElement?.matches("article"))) break;
      }
      for (let step = 0; step < up; step++) await keyboard.press("ArrowUp");
      await isOn(text);
    };

    // What was written last is edited from an empty field.
    await keyboard.press("ArrowUp");
    await ann.composerHolds("three");
    await keyboard.type(" and more");
    await keyboard.press("Enter");
    await ann.message("three and more").getByText("(edited)").waitFor();

    await walk(1, "two");
    await keyboard.press("r");
    await keyboard.type("an answer");
    await keyboard.press("Enter");
    await ann.message("an answer").getByRole("link", { name: "Ann two" }).waitFor();

    await walk(3, "one");
    await keyboard.press("+");
    await ann.emojiField.waitFor();
    await keyboard.type("rocket");
    // The arrow goes to what is drawn.
    await page.getByRole("dialog", { name: "Pick a reaction" }).getByRole("button").nth(1)
      .waitFor({ state: "detached" });
    await keyboard.press("ArrowDown");
    await keyboard.press("Enter");
    await ann.message("one").getByRole("button", { name: "🚀 1 You" }).waitFor();
    // The focus is back where it was.
    await isOn("one");
    await keyboard.press("p");
    await ann.message("one").getByText("Pinned").waitFor();
    await keyboard.press("Enter");
    await page.getByRole("menu").waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("Reply"));
    const isOnEdit = () =>
      page.evaluate(() => document.activeElement?.textContent?.startsWith("Edit"));
    for (let step = 0; step < 8 && !await isOnEdit(); step++) await keyboard.press("ArrowDown");
    await keyboard.press("Enter");
    await ann.composerHolds("one");
    await keyboard.press("Escape");

    await walk(3, "one");
    await keyboard.press("Delete");
    await page.getByRole("alertdialog").waitFor();
    await keyboard.press("Escape");
    await page.getByRole("alertdialog").waitFor({ state: "detached" });
    await isOn("one");
    await keyboard.press("Delete");
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === "Delete");
    await keyboard.press("Enter");
    await ann.message("This message was deleted.").waitFor();
    await isWriting();
  },
);

browserTest("a held finger opens the menu at the bottom of a phone", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann", {
    viewport: SIZES[0]!,
    hasTouch: true,
    isMobile: true,
  });
  const { page } = ann;
  await ann.composer.fill("hold me");
  await page.getByRole("button", { name: "Send" }).tap();
  await ann.sees("hold me");
  const box = (await ann.message("hold me").boundingBox())!;
  const finger = { x: box.x + 100, y: box.y + box.height - 12 };
  const devtools = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints = [finger]) =>
    devtools.send("Input.dispatchTouchEvent", { type, touchPoints });
  const menu = page.getByRole("menu");

  // Scrolling is not holding.
  await touch("touchStart");
  for (let y = 10; y <= 60; y += 10) await touch("touchMove", [{ ...finger, y: finger.y + y }]);
  await touch("touchEnd", []);
  assertEquals(await menu.count(), 0);

  await touch("touchStart");
  await menu.waitFor();
  await touch("touchEnd", []);
  const sheet = (await menu.boundingBox())!;
  assertEquals([sheet.x, sheet.width, sheet.y + sheet.height], [0, 390, 844]);
  await page.getByRole("menuitem", { name: "Reply" }).tap();
  await page.getByText("Reply to Ann: hold me").waitFor();
  await ann.composer.fill("held");
  await page.getByRole("button", { name: "Send" }).tap();
  await ann.message("held").getByRole("link", { name: "Ann hold me" }).waitFor();
  // A touch elsewhere closes it.
  await touch("touchStart");
  await menu.waitFor();
  await touch("touchEnd", []);
  await page.touchscreen.tap(200, 100);
  await menu.waitFor({ state: "detached" });
});

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
