/** Where things are on the page, and that they stay there. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { startServer } from "../support/server.ts";

/** A page whose parts move by less than this in all: a digit more in a number, not a line. */
const UNNOTICED = 0.001;

browserTest(
  "where there is no room for three panes, people take the place of the conversation",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann", {
      viewport: { width: 768, height: 1024 },
    });
    const { page } = ann;
    await ann.online(1).click();
    const people = page.getByRole("complementary", { name: "People" });
    await people.waitFor();
    const box = await people.boundingBox();
    assert(box && box.x === 260 && box.width === 508, JSON.stringify(box));
    assert(await page.getByRole("navigation", { name: "Rooms" }).isVisible());
    // What is covered cannot be reached, and the focus goes back to where it was.
    assertEquals(await ann.composer.count(), 0);
    await people.getByRole("button", { name: "Close" }).press("Escape");
    await ann.composer.waitFor();
    await page.waitForFunction(() => document.activeElement?.matches("[aria-expanded=false]"));

    await page.setViewportSize({ width: 1280, height: 800 });
    await ann.online(1).click();
    await people.waitFor();
    assert(await ann.composer.isVisible());
  },
);

browserTest("nothing moves while a page with a conversation and a draft loads", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  for (let number = 1; number <= 30; number++) {
    await ann.say(`message ${number} ${"and some words more ".repeat(number % 9)}`);
  }
  await ann.page.getByText("message 30").waitFor();
  await ann.composer.fill("a draft\nof\nseveral\nlines");
  for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 844 }]) {
    await ann.page.setViewportSize(viewport);
    await ann.page.reload();
    await ann.page.getByText("message 30").waitFor();
    const moved = await ann.page.evaluate(async () => {
      type Shift = PerformanceEntry & { value: number };
      let sum = 0;
      const observer = new PerformanceObserver((list) => {
        for (const { value } of list.getEntries() as Shift[]) sum += value;
      });
      observer.observe({ type: "layout-shift", buffered: true });
      for (let frame = 0; frame < 10; frame++) await new Promise(requestAnimationFrame);
      return sum;
    });
    assertLess(moved, UNNOTICED);
  }
});

browserTest(
  "a page is asked to reload for a new version only while there is a server",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    // The page of an older build, as a tab that was open for a while has it.
    await ann.page.route(`${server.url}/`, async (route) => {
      const response = await route.fetch();
      const html = await response.text();
      await route.fulfill({
        response,
        body: html.replace('name="parlor-build" content="', "$&old-"),
      });
    });
    await ann.page.goto(server.url);
    const asked = ann.page.getByText("A new version is ready.");
    await asked.waitFor();
    await server.kill();
    await ann.page.getByText("Reconnecting…").waitFor();
    assertEquals(await asked.count(), 0);
    await server.restart();
    await asked.waitFor();
  },
);

browserTest("the room one is in is in view among many others", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  await ann.page.evaluate(async () => {
    const ask = (method: string, path: string, body: unknown) =>
      fetch(path, {
        method,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    const rooms = Array.from({ length: 80 }, (_, index) => `room-${index}`);
    const say = (room: string) => ({ type: "chat", id: `in-${room}`, room, message: "hello" });
    await ask("POST", "/api/commands", rooms.map(say));
    for (const room of rooms) await ask("PATCH", `/api/rooms/${room}/mine`, { listed: true });
  });
  await ann.page.goto(`${server.url}/r/room-70`);
  await ann.isOnline();
  // Only what is near the view is drawn.
  await ann.listed("room-70").waitFor();
  assertEquals(await ann.listed("room-0").count(), 0);
  const box = await ann.listed("room-70").boundingBox();
  const list = await ann.page.getByRole("navigation", { name: "Rooms" }).boundingBox();
  assert(box && list && box.y > list.y && box.y + box.height < list.y + list.height);
});
