/** What everybody meets on their first day: a link, an empty room, the panes of a phone, the keys, the settings. */

import { assertEquals, assertMatch } from "@std/assert";
import { SIZES } from "../support/accessibility.ts";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { startServer } from "../support/server.ts";

browserTest(
  "a link to a room needs nothing but a name, and an empty room explains itself",
  async (visit) => {
    await using server = await startServer();
    const ben = new ChatPage(await visit.open(`${server.url}/r/garden`));
    await ben.page.getByText("Pick a name to join #garden.").waitFor();
    assertEquals(await ben.composer.count(), 0);
    await ben.chooseName("Ben");
    await ben.showsRoom("garden");
    await ben.page.getByText("Everybody here can read and write in this room.").waitFor();
    await ben.page.getByText("Nobody has said anything yet. Say hello.").waitFor();
    await ben.say("hello");
    await ben.sees("hello");
    await ben.page.getByText("Nobody has said anything yet.").waitFor({ state: "detached" });

    // Whoever makes a private room is told who sees it, and how others come in.
    await ben.createRoom("Secret plans", "private");
    await ben.page.getByText("Only members can see this room and what is said in it.").waitFor();
    await ben.log.getByRole("button", { name: "Invite people" }).click();
    await ben.dialog.getByRole("heading", { name: /Invite/ }).waitFor();
  },
);

browserTest("on a phone one pane is seen at a time", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann", { viewport: SIZES[0]! });
  const { page } = ann;
  const people = page.getByRole("complementary", { name: "People" });
  /** Which of the panes can be seen. */
  const seen = async () => ({
    rooms: await ann.sidebar.isVisible(),
    conversation: await ann.composer.isVisible(),
    people: await people.isVisible(),
  });
  assertEquals(await seen(), { rooms: false, conversation: true, people: false });
  await page.getByRole("button", { name: /^Rooms/ }).click();
  await ann.sidebar.waitFor();
  assertEquals(await seen(), { rooms: true, conversation: false, people: false });
  await page.getByRole("button", { name: "Back to the conversation" }).click();
  await ann.composer.waitFor();
  await ann.online(1).click();
  await people.waitFor();
  assertEquals(await seen(), { rooms: false, conversation: false, people: true });
  await people.getByRole("button", { name: "Close" }).click();
  await ann.composer.waitFor();
  assertEquals(await seen(), { rooms: false, conversation: true, people: false });
  // On a wide screen they stand side by side.
  await page.setViewportSize({ width: 1280, height: 800 });
  await ann.sidebar.waitFor();
  assertEquals(await seen(), { rooms: true, conversation: true, people: false });
});

browserTest(
  "the question mark lists the keys, and each of them does what it says",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    const { keyboard } = ann.page;
    await ann.say("hello");
    await ann.sees("hello");
    // In the field it is a question mark.
    await ann.composer.press("?");
    await ann.composerHolds("?");
    await ann.composer.fill("");
    await ann.message("hello").focus();
    await keyboard.press("?");
    const list = ann.dialog.locator("dl");
    await list.waitFor();
    const keys = await list.locator("dt").evaluateAll((terms) =>
      terms.map((term) => [...term.querySelectorAll("kbd")].map((key) => key.textContent).join(" "))
    );
    for (const key of ["Ctrl K", "Alt ↑", "Alt Shift ↑", "R", "E", "+", "Esc", "?"]) {
      assertEquals(keys.filter((one) => one === key), [key]);
    }
    await keyboard.press("Escape");
    await ann.dialog.waitFor({ state: "detached" });
    await keyboard.press("Control+k");
    await ann.page.getByRole("combobox", { name: "Switch to" }).waitFor();
    await keyboard.press("Escape");
    await ann.dialog.waitFor({ state: "detached" });
    await keyboard.press("Escape");
    await ann.page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
  },
);

browserTest("times are shown as one likes them, in every tab and after a reload", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann", {
    locale: "en-US",
    timezoneId: "America/New_York",
  });
  await ann.say("hello");
  await ann.sees("hello");
  const second = await ann.anotherTab();
  const time = async (chat: ChatPage, format: RegExp) => {
    const shown = chat.message("hello").locator("time").filter({ hasText: format });
    await shown.first().waitFor({ state: "attached" });
    return await shown.first().textContent() ?? "";
  };
  assertMatch(await time(ann, /[AP]M/), /^\d{1,2}:\d\d\s[AP]M$/);
  await ann.page.getByRole("button", { name: "Settings" }).click();
  await ann.dialog.getByLabel("14:30").check();
  for (const chat of [ann, second]) assertMatch(await time(chat, /^\d\d:\d\d$/), /^\d\d:\d\d$/);
  await second.page.reload();
  await second.isOnline();
  await time(second, /^\d\d:\d\d$/);
  await ann.dialog.getByLabel("2:30 PM").check();
  await time(second, /[AP]M/);
});

browserTest("who is not here was last seen at a time", async (visit) => {
  await using server = await startServer();
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  await ben.say("hello");
  await ann.sees("hello");
  await ann.message("hello").getByRole("button", { name: "Ben" }).click();
  const status = ann.dialog.locator(".person-status");
  await status.filter({ hasText: /online$/ }).waitFor();
  await ben.page.close();
  // Long enough away that it is no reload.
  await status.filter({ hasText: /last seen .*\d:\d\d/ }).waitFor();
});
