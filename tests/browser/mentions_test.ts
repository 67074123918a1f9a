/** Naming people, and being told, in real browsers. */

import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import type { User } from "../../server/protocol.ts";
import { signIn } from "../support/client.ts";
import { startServer } from "../support/server.ts";

interface Told {
  title: string;
  body: string;
  isClosed: boolean;
}

/** Notes what the page asks the browser to show, in place of the machine's own notifications. */
async function noteNotifications(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const told: (Told & { onclick?: () => void })[] = [];
    class Noted {
      static get permission() {
        return Real.permission;
      }
      static requestPermission() {
        return Real.requestPermission();
      }
      onclick?: () => void;
      readonly isClosed = false;
      constructor(readonly title: string, { body }: { body: string }) {
        told.push(Object.assign(this, { body }));
      }
      close() {
        Object.assign(this, { isClosed: true });
      }
    }
    const Real = Notification;
    Object.assign(globalThis, { Notification: Noted, told });
  });
  await page.reload();
}

/** What the browser was asked to show. */
function toldOn(page: Page): Promise<Told[]> {
  return page.evaluate(() =>
    (globalThis as unknown as { told: Told[] }).told
      .map(({ title, body, isClosed }) => ({ title, body, isClosed }))
  );
}

async function switchOn({ page }: ChatPage): Promise<void> {
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("checkbox", { name: "Private messages and mentions" }).check();
  await page.getByText("You are told while you look elsewhere.").waitFor();
  await page.keyboard.press("Escape");
}

browserTest("people are offered after an @, taken by keyboard, and stand out", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const ben = await ChatPage.enter(visit, server.url, "Ben Okri");
  await ann.online(2).waitFor();
  const list = ann.page.getByRole("listbox", { name: "People" });
  await ann.composer.pressSequentially("hello @be");
  await list.getByRole("option", { name: "Ben Okri", selected: true }).waitFor();
  assert(await ann.composer.getAttribute("aria-activedescendant"));
  await ann.composer.press("Enter");
  await list.waitFor({ state: "detached" });
  await ann.composerHolds("hello @Ben Okri ");
  assertEquals(await ann.composer.getAttribute("aria-activedescendant"), null);

  // Esc closes only the list, and Enter then sends.
  await ann.composer.pressSequentially("and @");
  await list.waitFor();
  await ann.composer.press("Escape");
  await list.waitFor({ state: "detached" });
  await ann.composerHolds("hello @Ben Okri and @");
  await ann.composer.press("Enter");
  await ben.sees("hello @Ben Okri and @");
  await ben.page.locator(".mentions-self .mention.self", { hasText: "@Ben Okri" }).waitFor();
  assertEquals(await ann.page.locator(".mention.self").count(), 0);
  assertEquals(await ann.page.locator(".mention").innerText(), "@Ben Okri");
});

browserTest("who is renamed is named as today, also in a text that is edited", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  await ann.online(2).waitFor();
  await ann.say("ask @Ben");
  await ben.sees("ask @Ben");
  await ben.page.getByRole("button", { name: "Settings" }).click();
  await ben.nameField.fill("Benjamin");
  await ben.nameField.press("Enter");
  await ben.page.keyboard.press("Escape");
  await ann.message("ask @Benjamin").waitFor();
  await ann.act("ask @Benjamin", "Edit");
  await ann.composerHolds("ask @Benjamin");
  await ann.composer.pressSequentially(" again");
  await ann.composer.press("Enter");
  await ben.page.locator(".mention.self", { hasText: "@Benjamin" }).waitFor();
  await ben.message("ask @Benjamin again").waitFor();
});

browserTest(
  "one is told of what is for oneself, where that was asked for, and not while one looks",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, `${server.url}/r/games`, "Ann", {
      permissions: ["notifications"],
    });
    await ann.page.goto(server.url);
    await ann.isOnline();
    await noteNotifications(ann.page);
    await ann.isOnline();
    const ben = await ChatPage.enter(visit, server.url, "Ben");
    await ann.isSettled();
    const icon = () => ann.page.locator('link[rel="icon"]').getAttribute("href");
    const plain = await icon();

    // She looks elsewhere: another room. Nothing is shown that was not asked for, but the icon has a dot.
    await ann.page.getByRole("navigation").getByRole("link", { name: "games" }).click();
    await ann.page.waitForURL("**/r/games");
    await ben.say("@Ann are you there?");
    await ann.page.locator('link[rel="icon"][href^="data:image/png"]').waitFor({
      state: "attached",
    });
    assertEquals(await toldOn(ann.page), []);

    await switchOn(ann);
    await ben.say("not for anybody");
    await ben.say("@Ann hello?");
    await ann.page.waitForFunction(() => (globalThis as unknown as { told: [] }).told.length > 0);
    assertEquals(await toldOn(ann.page), [
      { title: "Ben in #lobby", body: "@Ann hello?", isClosed: false },
    ]);

    // A click leads to the message, and what is seen is not told any more.
    await ann.page.evaluate(() =>
      (globalThis as unknown as { told: { onclick(): void }[] }).told[0]!.onclick()
    );
    await ann.page.waitForURL("**/r/lobby#m3");
    await ann.page.locator("article.target", { hasText: "@Ann hello?" }).waitFor();
    await ann.page.locator(`link[rel="icon"]:not([href^="data:"])`).waitFor({ state: "attached" });
    assertEquals(
      [(await toldOn(ann.page))[0]!.isClosed, new URL((await icon())!, server.url).href],
      [
        true,
        new URL(plain!, server.url).href,
      ],
    );
    await ben.say("@Ann now you look");
    await ann.sees("@Ann now you look");
    await ben.say("the end");
    await ann.sees("the end");
    assertEquals((await toldOn(ann.page)).length, 1);
  },
);

browserTest("who looks at a room in one tab is not told of it by another", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, `${server.url}/r/games`, "Ann", {
    permissions: ["notifications"],
  });
  await noteNotifications(ann.page);
  await ann.isOnline();
  await switchOn(ann);
  await ann.isSettled();
  const second = await ann.anotherTab(server.url);
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  await second.page.bringToFront();
  await ben.say("@Ann you look at this");
  await second.sees("@Ann you look at this");
  // Nor is a private message missed, of a conversation that begins with it.
  const { token } = await signIn(server.url, "Cleo");
  const headers = { authorization: `Bearer ${token}` };
  const inLobby = await fetch(`${server.url}/api/rooms/lobby/people`, { headers });
  const { people } = await inLobby.json() as { people: User[] };
  const body = JSON.stringify({
    to: [people.find(({ name }) => name === "Ann")!.id],
    message: "psst",
    id: "psst",
  });
  const sent = await fetch(`${server.url}/api/messages`, { method: "POST", headers, body });
  assertEquals(sent.status, 201);
  await sent.body?.cancel();
  // By the clock: what lies behind another tab is not drawn.
  await ann.page.waitForFunction(
    () => (globalThis as unknown as { told: [] }).told.length > 0,
    undefined,
    { polling: 50 },
  );
  assertEquals(await toldOn(ann.page), [
    { title: "Cleo", body: "psst", isClosed: false },
  ]);
});

browserTest("a browser that blocks notifications is explained", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  await ann.page.addInitScript(() => {
    Object.defineProperty(Notification, "permission", { get: () => "denied" });
  });
  await ann.page.reload();
  await ann.isOnline();
  await ann.page.getByRole("button", { name: "Settings" }).click();
  await ann.page.getByText("Your browser blocks notifications from this site.").waitFor();
  assert(await ann.page.getByRole("checkbox", { name: /^Private messages/ }).isDisabled());
});
